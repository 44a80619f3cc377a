//! The targets: how fast the labs' kernels should be compared with others.

use super::board::{Measured, Ratio};
use super::conditions::{Conditions, WIDEST};
use common::format::percent;

/// How a target chooses a row.
#[derive(Clone, Copy, Debug)]
pub enum Choice {
    /// The row with this id.
    Row(&'static str),
    /// The row with the smallest median among those of this group, peer and number of threads.
    Best(&'static str, &'static str, usize),
}

/// A target: one row must be a number of times as fast as another.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The target in a few words.
    pub claim: &'static str,
    /// The row that must be fast.
    pub fast: Choice,
    /// The row that it is compared with.
    pub than: Choice,
    /// The smallest ratio that reaches the target.
    pub least: f64,
}

/// All targets of the scoreboard.
pub const TARGETS: [Target; 10] = {
    use Choice::{Best, Row};
    [
        target("sum on one core over np.sum", Best("sum", "rust", 1), Row("sum/python/np.sum/1"), 1.35),
        target("sum on two cores over np.sum", Best("sum", "rust", 2), Row("sum/python/np.sum/1"), 1.7),
        target("sum on two cores over plain rayon", Best("sum", "rust", 2), Row("sum/rust/rayon-plain/2"), 1.1),
        target("sum on two cores over the best of C", Best("sum", "rust", 2), Best("sum", "c", 2), 0.97),
        target("heavy sum on one core over numpy", Best("heavy", "rust", 1), Row("heavy/python/numpy/1"), 8.0),
        target("heavy sum on two cores over one", Row("heavy/rust/threads/2"), Row("heavy/rust/sequential/1"), 1.7),
        target(
            "vectorised heavy sum on two over one",
            Row("heavy/rust/vectorized-threads/2"),
            Row("heavy/rust/vectorized/1"),
            1.7,
        ),
        target("padded counters over fetch_add", Row("counters/rust/padded/2"), Row("counters/rust/fetch-add/2"), 6.0),
        target(
            "shared memory, cold, over one core",
            Row("shared-memory/rust/process-shared/2"),
            Row("shared-memory/rust/sequential/1"),
            0.55,
        ),
        target(
            "shared memory, warm, over threads",
            Row("shared-memory/rust/process-shared-warm/2"),
            Row("shared-memory/rust/thread-borrow/2"),
            0.95,
        ),
    ]
};

const fn target(claim: &'static str, fast: Choice, than: Choice, least: f64) -> Target {
    Target { claim, fast, than, least }
}

/// Whether a target was reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The median of the ratios reaches the target.
    Met,
    /// The median of the ratios does not reach the target.
    Missed,
    /// The target could not be measured, and why.
    NotMeasured(String),
}

impl Verdict {
    /// Returns the verdict in one or two words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::NotMeasured(_) => "not measured",
        }
    }
}

/// A target with the measured ratio.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The target that was judged.
    pub target: Target,
    /// The ids of the two rows that were compared, and their ratios; `None` where one of them was not run.
    pub measured: Option<(String, String, Ratio)>,
    /// Whether the target was reached.
    pub verdict: Verdict,
}

/// Judges whether one target was reached.
pub fn judge(target: Target, rows: &[Measured], conditions: &Conditions) -> Judgement {
    let judgement = |measured, verdict| Judgement { target, measured, verdict };
    let (fast, than) = match (find(target.fast, rows), find(target.than, rows)) {
        (Some(fast), Some(than)) => (fast, than),
        (None, _) => return judgement(None, absent(target.fast)),
        (_, None) => return judgement(None, absent(target.than)),
    };
    let ratio = fast.times_as_fast_as(than);
    let objection = conditions.objection(fast.row.threads.max(than.row.threads)).or_else(|| {
        let width =
            || format!("the middle half of the ratios spreads over {} of the median", percent(ratio.middle_half));
        (ratio.middle_half > WIDEST).then(width)
    });
    let verdict = match objection {
        Some(why) => Verdict::NotMeasured(why),
        None if ratio.all.median >= target.least => Verdict::Met,
        None => Verdict::Missed,
    };
    judgement(Some((fast.row.id(), than.row.id(), ratio)), verdict)
}

fn find(choice: Choice, rows: &[Measured]) -> Option<&Measured> {
    match choice {
        Choice::Row(id) => rows.iter().find(|measured| measured.row.id() == id),
        Choice::Best(group, peer, threads) => {
            // Plain rayon counts as a peer, because it is what others would write, although it is Rust.
            let is_ours = |measured: &&Measured| !measured.row.id().contains("rayon-plain");
            let is_meant = |measured: &&Measured| {
                (measured.row.group, measured.row.peer, measured.row.threads) == (group, peer, threads)
                    && is_ours(measured)
            };
            rows.iter().filter(is_meant).min_by(|a, b| a.seconds().median.total_cmp(&b.seconds().median))
        }
    }
}

fn absent(choice: Choice) -> Verdict {
    Verdict::NotMeasured(match choice {
        Choice::Row(id) => format!("{id} was not run"),
        Choice::Best(group, peer, threads) => format!("no {group}/{peer} with {threads} threads was run"),
    })
}
