//! The program that a pass compiles with all mutants in it: it judges one of them, in a process of its own, because a mutant may
//! abort or never end.

use crate::size::Size;
use crate::subjects::{self, Subject};
use crate::sync::{Counter, Counting, program};
use crate::table::SIZES;
use crate::verdict::{Verdict, judge};
use explorer::Bounds;
use serde_json::json;
use std::any::TypeId;
use std::sync::OnceLock;
use std::{env, process};

/// A mutant's number, the counter that it is a mutant of, and how to make one for so many threads.
pub type Entry = (usize, &'static str, fn(usize) -> Box<dyn Counter>);

/// The mutant that this process judges.
static CHOSEN: OnceLock<Entry> = OnceLock::new();

fn chosen(size: Size) -> Counting {
    let (_, _, new) = CHOSEN.get().expect("it is chosen before any run");
    program(move || new(size.threads), size)
}

/// Returns which build of this library a program contains. One folder may hold several, for one source: cargo makes
/// another whenever it gives a dependency other features.
pub fn identity() -> String {
    format!("{:?}", TypeId::of::<Subject>())
}

/// Judges the mutant whose number is the first argument at all [`SIZES`] until something is found, and prints one
/// line of JSON. Without an argument prints the [`identity`].
pub fn main(mutants: &[Entry]) {
    let Some(number) = env::args().nth(1) else {
        println!("{}", identity());
        return;
    };
    let Some(entry) = mutants.iter().find(|(mutant, ..)| mutant.to_string() == number) else {
        eprintln!("there is no mutant {number}");
        process::exit(2);
    };
    let (_, variant, _) = *CHOSEN.get_or_init(|| *entry);
    let subject =
        Subject { program: chosen, ..*subjects::of(variant).expect("a mutant is one of a counter that is judged") };
    let mut judgements = SIZES.into_iter().map(|size| judge(&subject, size, &Bounds::default()));
    let found = judgements.find(|judgement| judgement.verdict != Verdict::LosesNone);
    let found = found.map(|judgement| {
        json!({
            "how": judgement.verdict.name(),
            "threads": judgement.size.threads,
            "increments": judgement.size.increments,
            "claim": judgement.claim,
        })
    });
    println!("{}", json!({ "found": found }));
}
