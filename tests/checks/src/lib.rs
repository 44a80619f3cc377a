//! The hidden checks of the exercises.
//!
//! A submission runs in a process of its own, in a sandbox, and answers one question: what does this thread do next, after
//! its operations have returned these answers? The memory, the schedules, the numbers, the costs and the verdict are here
//! ([`explorer::outside`]). So a submission that lies is another program, and is judged as that.
//!
//! [`object`] checks what threads share: a histogram, a lock, tickets. [`sums`] checks parallel sums.

/// Returns the first of several findings that is not a pass, or else a pass. The findings after it are not computed.
macro_rules! first {
    ([$($finding:expr),+ $(,)?]) => {{
        let mut first = $crate::Finding::Pass;
        $(
            if first == $crate::Finding::Pass {
                first = $finding;
            }
        )+
        first
    }};
}

pub mod object;
pub mod sums;
mod witness;

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

use common::format::integer;
use explorer::Bound;
use explorer::outside::{Outside, Silence};
use serde_json::{Value, json};
use std::rc::Rc;

/// The check of an exercise. It gets the id of an item and the submission's program, and returns `None` for an unknown id.
pub type Check = fn(&str, &Rc<Outside>) -> Option<Finding>;

/// The result of checking one item.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The item holds, as far as it was checked.
    Pass,
    /// The item does not hold, for this reason.
    Fail(String),
    /// The item does not hold; a schedule of steps on the submission's lines proves it.
    Loses {
        /// The outcome of this schedule.
        message: String,
        /// The schedule as `labs/witness/1`, without the fields that the grader adds.
        witness: Value,
    },
    /// Not decided, because a limit was reached.
    Inconclusive(String),
}

impl Finding {
    /// Returns `Fail` with the reason, or `Pass` if it is `None`.
    pub fn of(reason: Option<String>) -> Self {
        reason.map_or(Self::Pass, Self::Fail)
    }

    /// Returns the first finding that is not a pass, or else a pass.
    pub fn first(findings: impl IntoIterator<Item = Self>) -> Self {
        findings.into_iter().find(|finding| *finding != Self::Pass).unwrap_or(Self::Pass)
    }

    /// Returns the finding as the grader reads it.
    pub fn json(&self) -> Value {
        match self {
            Self::Pass => json!({ "status": "pass" }),
            Self::Fail(message) => json!({ "status": "fail", "message": message }),
            Self::Loses { message, witness } => json!({ "status": "fail", "message": message, "witness": witness }),
            Self::Inconclusive(message) => json!({ "status": "inconclusive", "message": message }),
        }
    }
}

/// Checks one item and returns the answer for the grader, or `None` for an unknown exercise or item.
pub fn judge(exercise: &str, item: &str, outside: &Rc<Outside>) -> Option<Value> {
    let (_, check) = EXERCISES.iter().find(|(name, _)| *name == exercise)?;
    let finding = check(item, outside)?;
    // If the program stopped answering, the finding says nothing about it.
    let finding = match outside.silence() {
        None => finding,
        Some(Silence::Closed(reason)) => return Some(json!({ "item": item, "closed": reason })),
        Some(Silence::Nonsense(reason)) => Finding::Fail(format!("the program does not answer the grader: {reason}")),
        Some(Silence::NoSuchWork(work)) => Finding::Fail(format!(
            "the program does not answer the grader: it works with elements {} to {}, which do not exist",
            work.from,
            work.to.saturating_sub(1)
        )),
    };
    let mut answer = finding.json();
    answer["item"] = item.into();
    Some(answer)
}

/// A generator of numbers (SplitMix: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). Its seeds
/// belong to the exercises, so that each submission gets the same numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Creates the generator for this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Draws the next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// Formats a number with its noun: `1 thread`, `2,000 numbers`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", integer(number), if number == 1 { "" } else { "s" })
}

/// Returns the message of a panic, after its place in the submission. A program says both as `FILE:LINE:COLUMN: MESSAGE`.
pub fn panicked(said: &str) -> String {
    let said = said.find("exercise.rs:").map_or(said, |start| &said[start..]);
    format!("the code panicked: {said}")
}

/// Says which bound was reached before a check was decided.
pub fn undecided(bound: Bound) -> String {
    match bound {
        Bound::Unsupported(what) => format!("not decided: the grader cannot explore this code: {what}"),
        Bound::NotDeterministic { line, .. } => {
            format!(
                "not decided: line {line} is not reached every time, although all operations returned the same values"
            )
        }
        bound => format!("not decided: {bound}. Fewer operations in a call may help"),
    }
}
