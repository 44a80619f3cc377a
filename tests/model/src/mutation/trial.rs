//! The program that a pass compiles with all mutants in it: it judges one of them, in a process of its own, because a mutant may
//! abort or never end.

use super::How;
use crate::counting::{Size, execute};
use crate::exploration::Limits;
use crate::subjects::{self, Subject};
use crate::sync::Counter;
use crate::table::SIZES;
use crate::verdict::{Verdict, judge};
use serde_json::json;
use std::any::TypeId;
use std::sync::OnceLock;
use std::time::Duration;
use std::{env, process};

/// A mutant's number, the counter that it is a mutant of, and how to make one for so many threads.
pub type Entry = (usize, &'static str, fn(usize) -> Box<dyn Counter + Send>);

/// The time limit of an exploration: far more than one takes at these sizes, even on a busy machine.
const TIME: Duration = Duration::from_secs(60);

/// The most operations in one execution. A correct counter takes at most 61 at these sizes. A thread that waits without a hint takes more.
/// It is stopped here, because exploring everything that can happen meanwhile would take too long.
const BRANCHES: usize = 100;

/// The mutant that this process judges.
static CHOSEN: OnceLock<Entry> = OnceLock::new();

struct Chosen(Box<dyn Counter + Send>);

impl Counter for Chosen {
    fn increment(&self, thread: usize) {
        self.0.increment(thread);
    }

    fn add_many(&self, thread: usize, increments: u64) {
        self.0.add_many(thread, increments);
    }

    fn value(&self) -> u64 {
        self.0.value()
    }
}

fn run(size: Size) -> u64 {
    let (_, _, new) = CHOSEN.get().expect("it is chosen before any run");
    execute(|threads| Chosen(new(threads)), size)
}

/// Which build of this library a program contains. One folder may hold several, for one source: cargo makes another whenever it
/// gives a dependency other features.
pub fn identity() -> String {
    format!("{:?}", TypeId::of::<Chosen>())
}

/// Judges the mutant whose number is the first argument at as many [`SIZES`] as the second says, until something is found, and prints
/// one line of JSON. Without an argument prints the [`identity`].
pub fn main(mutants: &[Entry]) {
    let Some(number) = env::args().nth(1) else {
        println!("{}", identity());
        return;
    };
    let Some(entry) = mutants.iter().find(|(mutant, ..)| mutant.to_string() == number) else {
        eprintln!("there is no mutant {number}");
        process::exit(2);
    };
    let sizes = env::args().nth(2).and_then(|sizes| sizes.parse().ok()).unwrap_or(SIZES.len());
    let (_, variant, _) = *CHOSEN.get_or_init(|| *entry);
    let subject =
        Subject { execute: run, ..*subjects::of(variant).expect("a mutant is one of a counter that is judged") };
    let limits = Limits { time: TIME, branches: BRANCHES, ..Limits::default() };
    let mut judgements = SIZES.into_iter().take(sizes).map(|size| judge(&subject, size, &limits));
    let found = judgements.find(|judgement| judgement.verdict != Verdict::LosesNone);
    let found = found.map(|judgement| {
        json!({
            "how": How::of(&judgement).name(),
            "threads": judgement.size.threads,
            "increments": judgement.size.increments,
            "claim": judgement.claim,
        })
    });
    println!("{}", json!({ "found": found }));
}
