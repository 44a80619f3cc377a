//! The table of verdicts: every counter of the labs, at sizes that can be explored completely.

use crate::counting::Size;
use crate::exploration::Limits;
use crate::subjects::{self, Subject};
use crate::verdict::{self, CHECKED_BY, Judgement};
use common::format::wrap;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::{iter, thread};

/// The sizes at which every counter is judged.
pub const SIZES: [Size; 4] = [Size::new(2, 1), Size::new(2, 2), Size::new(2, 3), Size::new(3, 1)];

/// Larger sizes, for the counters that can be explored there within seconds.
pub const LARGER: [(&str, Size); 7] = [
    ("std-mutex", Size::new(3, 2)),
    ("parking-lot", Size::new(3, 2)),
    ("fetch-add", Size::new(3, 2)),
    ("padded", Size::new(3, 2)),
    ("adjacent", Size::new(3, 2)),
    ("local-then-add", Size::new(3, 2)),
    ("locked-twice", Size::new(2, 4)),
];

/// The sizes of the longer explorations.
pub const LONGER: [Size; 3] = [Size::new(2, 4), Size::new(3, 2), Size::new(4, 1)];

/// One row of the table.
#[derive(Debug)]
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
    let sizes_of = |subject: &Subject| -> Vec<Size> {
        let larger = LARGER.iter().filter(|(variant, _)| *variant == subject.variant).map(|(_, size)| *size);
        SIZES.into_iter().chain(larger).collect()
    };
    subjects::all().iter().flat_map(|subject| sizes_of(subject).into_iter().map(move |size| (subject, size))).collect()
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
        numbers.map(|number| (number, judge(plan[number].0, plan[number].1, &Limits::default()))).collect::<Vec<_>>()
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
pub fn judge(subject: &'static Subject, size: Size, limits: &Limits) -> Row {
    Row { subject, judgement: verdict::judge(subject, size, limits) }
}

/// Formats the header of the table.
pub fn head() -> String {
    format!(
        "{:<16} {:<4} {:>10} {:>7} {:>6}  {:<7} {}\n",
        "variant", "size", "executions", "interl.", "s", "finals", "verdict"
    )
}

/// Formats a row as one line of at most 80 columns.
pub fn line(row: &Row) -> String {
    let judgement = &row.judgement;
    let interleavings = judgement.interleavings().map_or("-".into(), |count| count.to_string());
    let finals = judgement.finals_in_words();
    format!(
        "{:<16} {:<4} {:>10} {interleavings:>7} {:>6.2}  {finals:<7} {}\n",
        row.subject.variant,
        judgement.size,
        judgement.executions(),
        judgement.seconds(),
        judgement.verdict,
    )
}

/// Formats the text below the table: each counter's verdict in a sentence, the columns, and what no verdict covers.
pub fn explanation(rows: &[Row]) -> String {
    let mut text = String::from("\nThe verdict on each counter, at its largest size:\n\n");
    for (index, row) in rows.iter().enumerate() {
        let is_last = rows.get(index + 1).is_none_or(|next| next.subject.variant != row.subject.variant);
        if is_last {
            let _ = writeln!(text, "{}", wrap(&format!("{}: {}", row.subject.variant, row.judgement.claim), 80, "  "));
        }
    }
    text.push_str("\nexecutions: the number of executions that loom explored, with weak memory.\n");
    text.push_str("interl.: the number of interleavings with one memory, each of which was run.\n");
    text.push_str("finals: the possible final values of the counter.\n");
    let _ = writeln!(text, "\nWhat {CHECKED_BY} cannot see, so no verdict covers it:\n");
    for limit in verdict::cannot_see() {
        let _ = writeln!(text, "{}", wrap(&format!("- {limit}"), 80, "  "));
    }
    text
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
    json!({
        "lab": subject.lab,
        "variant": subject.variant,
        "threads": judgement.size.threads,
        "increments": judgement.size.increments,
        "expected": judgement.size.expected(),
        "executions": judgement.executions(),
        "interleavings": judgement.interleavings(),
        "finals": judgement.finals,
        "data_race": judgement.has_data_race(),
        "verdict": judgement.verdict.to_string(),
        "preemption_bound": judgement.preemption_bound,
        "claim": judgement.claim,
        "seconds": judgement.seconds(),
    })
}
