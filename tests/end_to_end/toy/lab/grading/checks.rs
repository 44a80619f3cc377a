//! `toy`: a tally that loses no vote.

use crate::model::{self, Experiment};
use crate::{Finding, Random};

/// What a submission provides.
pub trait Tally: Send + Sync + 'static {
    /// A tally without votes.
    fn new() -> Self;
    /// Counts one vote.
    fn vote(&self);
    /// Returns the number of votes.
    fn votes(&self) -> u64;
}

/// Judges an item.
pub fn judge<T: Tally>(item: &str, random: &mut Random) -> Option<Finding> {
    Some(match item {
        "alone" => model::once(|_| alone::<T>(), random.clone()),
        "together" => model::judge(
            const {
                &Experiment::<T> {
                    new: T::new,
                    act: |tally, _| {
                        tally.vote();
                        Vec::new()
                    },
                    actions: 1,
                    expected: 2,
                    wrong: |tally, _| {
                        let votes = tally.votes();
                        (votes != 2).then(|| (votes, format!("two clerks counted a vote each, and it says {votes}")))
                    },
                    spins: false,
                }
            },
        ),
        _ => return None,
    })
}

fn alone<T: Tally>() -> Option<String> {
    let tally = T::new();
    (1..=3).find_map(|votes| {
        tally.vote();
        let said = tally.votes();
        (said != votes).then(|| format!("one clerk counted {votes} votes, and it says {said}"))
    })
}
