//! The table of verdicts: every counter of the labs, at sizes that can be explored completely.

use crate::size::Size;
use crate::subjects::{self, Subject};
use crate::verdict::{self, CHECKED_BY, Judgement};
use explorer::{Bounds, Memory};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::{iter, thread};

/// The sizes at which every counter is judged.
pub const SIZES: [Size; 7] = [
    Size::new(2, 1),
    Size::new(2, 2),
    Size::new(2, 3),
    Size::new(3, 1),
    Size::new(4, 1),
    Size::new(3, 2),
    Size::new(3, 3),
];

/// One row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// The counter that was explored.
    pub subject: &'static Subject,
    /// The results for the counter.
    pub judgement: Judgement,
}

/// Pairs of a counter and a size to judge, in the order of the table.
pub type Plan = Vec<(&'static Subject, Size)>;

/// Returns the plan of the table.
pub fn plan() -> Plan {
    subjects::all().iter().flat_map(|subject| SIZES.map(|size| (subject, size))).collect()
}

/// Explores every row of the table.
pub fn all() -> Vec<Row> {
    rows(&plan())
}

/// Judges a plan on all CPUs, and returns the rows in the order of the plan.
pub fn rows(plan: &Plan) -> Vec<Row> {
    let next = AtomicUsize::new(0);
    let judge_some = || {
        let numbers = iter::repeat_with(|| next.fetch_add(1, Relaxed)).take_while(|&number| number < plan.len());
        numbers.map(|number| (number, judge(plan[number].0, plan[number].1, &Bounds::default()))).collect::<Vec<_>>()
    };
    let mut rows: Vec<(usize, Row)> = thread::scope(|scope| {
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        let judges: Vec<_> = (0..cpus).map(|_| scope.spawn(judge_some)).collect();
        judges.into_iter().flat_map(|judge| judge.join().expect("a panic is a finding, and is caught")).collect()
    });
    rows.sort_unstable_by_key(|(number, _)| *number);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Judges a counter at a size.
pub fn judge(subject: &'static Subject, size: Size, bounds: &Bounds) -> Row {
    Row { subject, judgement: verdict::judge(subject, size, bounds) }
}

/// Builds the JSON document of the table.
pub fn document(rows: &[Row]) -> Value {
    json!({
        "schema": "labs/proofs/1",
        "checked_by": CHECKED_BY,
        "rows": rows.iter().map(|row| object(row.subject, &row.judgement)).collect::<Vec<_>>(),
        "cannot_see": verdict::cannot_see(),
    })
}

/// Builds the JSON object of one row.
pub fn object(subject: &Subject, judgement: &Judgement) -> Value {
    let states = Memory::ALL.map(|memory| judgement.under(memory).states);
    json!({
        "lab": subject.lab,
        "variant": subject.variant,
        "threads": judgement.size.threads,
        "increments": judgement.size.increments,
        "expected": judgement.size.expected(),
        "states": { "one_memory": states[0], "x86_tso": states[1], "cpp20": states[2] },
        "executions": judgement.executions(),
        "interleavings": judgement.interleavings().map(|count| u64::try_from(count).unwrap_or(u64::MAX)),
        "finals": judgement.finals,
        "data_race": judgement.verdict == verdict::Verdict::DataRace,
        "verdict": judgement.verdict.to_string(),
        "preemption_bound": null,
        "claim": judgement.claim,
        "seconds": judgement.seconds(),
    })
}
