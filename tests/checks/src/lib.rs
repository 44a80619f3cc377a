//! The hidden checks of the exercises: what runs beside a submission in its sandbox.
//!
//! A driver, a few lines per exercise, hands the submission's functions to [`main`] here, behind traits and function pointers: nothing
//! here is compiled anew for a submission. The grader writes to standard input which item to check, and a secret. It believes an answer
//! that repeats the secret, and no other. A submission has neither standard output nor
//! `unsafe`, so it cannot answer itself; and if it ends the process, or never ends, there is no answer.

pub mod allocation;
pub mod model;

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

use serde_json::{Value, json};
use std::any::Any;
use std::io::{self, BufRead as _, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// What was found about one item.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The item holds, as far as it was checked.
    Pass,
    /// It does not, and why.
    Fail(String),
    /// It does not, and this is the schedule that shows it: steps on the submission's lines.
    Loses {
        /// What happens in this schedule.
        message: String,
        /// `labs/witness/1`, without what the parent knows better.
        witness: Value,
    },
    /// A limit was reached before anything was shown.
    Inconclusive(String),
}

impl Finding {
    /// Holds if there is no reason against it.
    pub fn of(reason: Option<String>) -> Self {
        reason.map_or(Self::Pass, Self::Fail)
    }

    fn json(&self) -> Value {
        match self {
            Self::Pass => json!({ "status": "pass" }),
            Self::Fail(message) => json!({ "status": "fail", "message": message }),
            Self::Loses { message, witness } => json!({ "status": "fail", "message": message, "witness": witness }),
            Self::Inconclusive(message) => json!({ "status": "inconclusive", "message": message }),
        }
    }
}

/// Numbers that a submission cannot know beforehand (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts the sequence of this seed.
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

    /// So many integers from -50 to 49.
    pub fn integers(&mut self, count: usize) -> Vec<i64> {
        (0..count).map(|_| (self.draw() % 100) as i64 - 50).collect()
    }
}

/// `main` of every driver: reads `ITEM SEED SECRET`, checks the item, and answers.
pub fn main(check: &dyn Fn(&str, &mut Random) -> Option<Finding>) -> ExitCode {
    let mut line = String::new();
    let _ = io::stdin().lock().read_line(&mut line);
    let [item, seed, secret] = line.split_whitespace().collect::<Vec<_>>()[..] else { return ExitCode::FAILURE };
    let Ok(seed) = seed.parse() else { return ExitCode::FAILURE };
    panic::set_hook(Box::new(|_| {}));
    let finding = match panic::catch_unwind(AssertUnwindSafe(|| check(item, &mut Random::new(seed)))) {
        Ok(Some(finding)) => finding,
        Ok(None) => return ExitCode::FAILURE,
        Err(payload) => Finding::Fail(format!("it panics: {}", said(&*payload))),
    };
    let mut answer = finding.json();
    answer["secret"] = secret.into();
    let _ = writeln!(io::stdout(), "{answer}");
    ExitCode::SUCCESS
}

/// The message of a panic.
pub fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("without a message").to_string()
}
