//! Checks `toy`: the tally loses no vote.

use crate::model::{self, Experiment};
use crate::{Finding, Random};

/// The interface that a submission must provide.
pub trait Tally: Send + Sync {
    /// Counts one more vote.
    fn vote(&self);
    /// Returns the number of votes.
    fn votes(&self) -> u64;
}

/// Creates a tally of the submission, without votes.
pub type New = fn() -> Box<dyn Tally>;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, new: New) -> Option<Finding> {
    Some(match item {
        "alone" => model::once(move |_| alone(new), random.clone()),
        "together" => model::check(Experiment::<Box<dyn Tally>> {
            new: Box::new(new),
            act: |tally, _| {
                tally.vote();
                Vec::new()
            },
            actions: 1,
            expected: 2,
            wrong: |tally, _| {
                let votes = tally.votes();
                (votes != 2).then(|| (votes, format!("2 clerks called vote() once each: votes() returned {votes}, expected 2")))
            },
        }),
        _ => return None,
    })
}

fn alone(new: New) -> Option<String> {
    let tally = new();
    (1..=3).find_map(|votes| {
        tally.vote();
        let said = tally.votes();
        (said != votes).then(|| format!("after call {votes} of vote(): votes() returned {said}, expected {votes}"))
    })
}
