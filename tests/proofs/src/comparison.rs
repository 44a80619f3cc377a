//! Both judges on each counter: where loom differs from the explorer, and why.

use crate::litmus::limitation::Limitation;
use crate::second::{self, End, Found};
use model::size::Size;
use model::subjects::Subject;
use model::table::Row;
use model::verdict::Verdict;

/// The largest number of loom's executions of one counter.
pub const MOST_EXECUTIONS: u64 = 20_000;

/// Returns whether the table asks loom at this size. At larger sizes it mostly comes to no end.
pub fn is_small(size: Size) -> bool {
    size.threads <= 3 && size.expected() <= 6
}

/// What loom says beside the explorer.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What loom found about the counter.
    pub loom: Found<u64>,
    /// How both differ; `None` if they agree.
    pub difference: Option<Difference>,
}

/// How loom differs from the explorer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// loom reached the bound on its executions, so there is nothing to compare.
    Stopped,
    /// loom's verdict is another one.
    Verdict(Verdict),
    /// loom misses these final values.
    Missed(Vec<u64>),
    /// loom ends at these values, and the explorer does not.
    Extra(Vec<u64>),
}

/// Explores a counter with loom and compares.
pub fn compare(row: &Row) -> Option<Comparison> {
    let execute = second::of(row.subject.variant)?;
    let size = row.judgement.size;
    let loom = second::explore(MOST_EXECUTIONS, move || execute(size));
    let difference = difference(row, &loom);
    Some(Comparison { loom, difference })
}

fn difference(row: &Row, loom: &Found<u64>) -> Option<Difference> {
    let (judgement, verdict) = (&row.judgement, loom.verdict(row.judgement.size));
    if matches!(loom.end, End::ManyExecutions | End::ManyOperations) {
        return Some(Difference::Stopped);
    }
    if verdict != judgement.verdict {
        return Some(Difference::Verdict(verdict));
    }
    if verdict == Verdict::DataRace {
        return None; // neither follows an execution beyond a data race
    }
    let extra: Vec<u64> = loom.outcomes.difference(&judgement.finals).copied().collect();
    let missed: Vec<u64> = judgement.finals.difference(&loom.outcomes).copied().collect();
    match (extra.is_empty(), missed.is_empty()) {
        (false, _) => Some(Difference::Extra(extra)),
        (true, false) => Some(Difference::Missed(missed)),
        (true, true) => None,
    }
}

/// Returns why loom differs on a counter of the labs, if that is known.
pub fn limitation(subject: &Subject, difference: &Difference) -> Option<Limitation> {
    let is_known = subject.variant == "load-spin-store" && matches!(difference, Difference::Missed(_));
    is_known.then_some(Limitation::Hints)
}
