//! The program that a pass compiles with all mutants in it: it judges one of them, in a process of its own, because a mutant may
//! abort or never end.

use crate::counting::{Size, execute};
use crate::exploration::{End, Limits};
use crate::subjects::{self, Subject};
use crate::sync::Counter;
use crate::table::SIZES;
use crate::verdict::{Judgement, Verdict, judge};
use serde_json::json;
use std::any::TypeId;
use std::sync::OnceLock;
use std::time::Duration;
use std::{env, process};

/// A mutant's number, the counter that it is a mutant of, and how to make one for so many threads.
pub type Entry = (usize, &'static str, fn(usize) -> Box<dyn Counter + Send>);

/// Far more than any exploration of a counter takes at these sizes, on a busy machine too.
const TIME: Duration = Duration::from_secs(60);

/// The most operations in one execution. A correct counter takes 61 at most at these sizes. A thread that waits and does not say so
/// takes more: it is stopped here, because to try out all that may happen meanwhile has no end that anybody could wait for.
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

/// Judges the mutant whose number is the argument, until something is found or no size is left, and prints one line of JSON.
/// Without an argument prints the [`identity`].
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
        Subject { execute: run, ..*subjects::of(variant).expect("a mutant is one of a counter that is judged") };
    let limits = Limits { time: TIME, branches: BRANCHES, ..Limits::default() };
    let mut judgements = SIZES.into_iter().map(|size| judge(&subject, size, &limits));
    let found = judgements.find(|judgement| judgement.verdict != Verdict::LosesNone);
    let found = found.map(|judgement| {
        json!({
            "how": how(&judgement),
            "size": judgement.size.to_string(),
            "claim": judgement.claim,
        })
    });
    println!("{}", json!({ "found": found }));
}

/// The verdict, and of one that is inconclusive the cause.
fn how(judgement: &Judgement) -> String {
    let mut ends = judgement.explorations.iter().map(|(_, _, exploration)| &exploration.end);
    let cause = ends.find_map(|end| match end {
        End::Unmodelled(_) => Some("no operation"),
        End::Limit(limit) if limit == "the time limit" => Some("out of time"),
        End::Limit(_) => Some("endless wait"),
        _ => None,
    });
    let cause = cause.filter(|_| judgement.verdict == Verdict::Inconclusive);
    cause.map_or(judgement.verdict.to_string(), |cause| format!("{}: {cause}", judgement.verdict))
}
