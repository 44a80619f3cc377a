//! Makes several whole runs, to see how much a ratio changes from one run to the next.

use super::Judgement;
use super::targets::Verdict;
use common::format::{percent, ratio};
use common::timing::Summary;
use serde_json::{Value, json};

/// The results of one target in every run.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// The target in a few words.
    pub claim: &'static str,
    /// The median ratio of each run that had one, in their order.
    pub medians: Vec<f64>,
    /// How often it was met, missed, and not measured.
    pub verdicts: [usize; 3],
}

impl Repeated {
    /// Returns the smallest, the middle and the largest of the medians; `None` if no run had any.
    pub fn summary(&self) -> Option<Summary> {
        Summary::of(self.medians.iter().copied())
    }

    /// Formats the row of a table under [`HEAD`].
    pub fn cells(&self) -> Vec<String> {
        let told = |tell: fn(Summary) -> String| self.summary().map_or("-".into(), tell);
        let [met, missed, not_measured] = self.verdicts;
        vec![
            self.claim.into(),
            told(|all| ratio(all.median)),
            told(|all| format!("{} to {}", ratio(all.min), ratio(all.max))),
            told(|all| percent(all.spread())),
            format!("{met} / {missed} / {not_measured}"),
        ]
    }

    /// Formats the result for the JSON document.
    pub fn to_json(&self) -> Value {
        let [met, missed, not_measured] = self.verdicts;
        json!({
            "claim": self.claim, "medians": self.medians, "moved": self.summary().map(|all| all.spread()),
            "met": met, "missed": missed, "not_measured": not_measured,
        })
    }
}

/// The titles of the columns of [`Repeated::cells`].
pub const HEAD: [&str; 5] = ["target", "median", "least to greatest", "moved", "verdicts"];

/// Collects the judgements of each run, which has the same targets in the same order.
pub fn of(runs: &[Vec<Judgement>]) -> Vec<Repeated> {
    let repeated = |target: usize| {
        let all = || runs.iter().map(move |run| &run[target]);
        let count = |is_meant: fn(&Verdict) -> bool| all().filter(|judgement| is_meant(&judgement.verdict)).count();
        Repeated {
            claim: runs[0][target].target.claim,
            medians: all().filter_map(|judgement| Some(judgement.measured.as_ref()?.2.all.median)).collect(),
            verdicts: [
                count(|verdict| *verdict == Verdict::Met),
                count(|verdict| *verdict == Verdict::Missed),
                count(|verdict| matches!(verdict, Verdict::NotMeasured(_))),
            ],
        }
    };
    (0..runs.first().map_or(0, Vec::len)).map(repeated).collect()
}
