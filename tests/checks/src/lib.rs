//! The hidden checks of the exercises, which run together with a submission in its sandbox.
//!
//! Each exercise has a driver of a few lines. It passes the submission's functions to [`main`] behind traits and function pointers, so
//! this crate is not compiled again for each submission. The grader writes the item to check and a secret to standard input, and accepts
//! only an answer that repeats the secret. A submission has neither standard output nor `unsafe`, so it cannot write an answer itself. If
//! it ends the process or never ends, there is no answer, and the item fails.

pub mod allocation;
pub mod model;

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

use common::format::integer;
use serde_json::{Value, json};
use std::any::Any;
use std::fmt;
use std::io::{self, BufRead as _, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

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
    /// Returns `Pass` if there is no `reason` to fail, and otherwise `Fail` with that reason.
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

/// A generator of numbers that a submission cannot know beforehand (SplitMix: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
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

    /// Draws `count` integers from -50 to 49.
    pub fn integers(&mut self, count: usize) -> Vec<i64> {
        (0..count).map(|_| (self.draw() % 100) as i64 - 50).collect()
    }
}

/// Formats a number with its noun: `1 thread`, `2,000 numbers`.
pub fn count(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", integer(number), if number == 1 { "" } else { "s" })
}

/// Formats a call with its result, and with the expected result if that differs.
pub fn returned<T: PartialEq + fmt::Debug>(call: &str, got: &T, expected: &T) -> String {
    let expected = if got == expected { String::new() } else { format!(", expected {expected:?}") };
    format!("{call} returned {got:?}{expected}")
}

/// The `main` function of every driver: reads `ITEM SEED SECRET` from standard input, checks the item, and writes the answer.
pub fn main(check: &dyn Fn(&str, &mut Random) -> Option<Finding>) -> ExitCode {
    let mut line = String::new();
    let _ = io::stdin().lock().read_line(&mut line);
    let [item, seed, secret] = line.split_whitespace().collect::<Vec<_>>()[..] else { return ExitCode::FAILURE };
    let Ok(seed) = seed.parse() else { return ExitCode::FAILURE };
    panic::set_hook(Box::new(|_| {}));
    let finding = match panic::catch_unwind(AssertUnwindSafe(|| check(item, &mut Random::new(seed)))) {
        Ok(Some(finding)) => finding,
        Ok(None) => return ExitCode::FAILURE,
        Err(payload) => Finding::Fail(format!("the code panicked: {}", said(&*payload))),
    };
    let mut answer = finding.json();
    answer["secret"] = secret.into();
    let _ = writeln!(io::stdout(), "{answer}");
    ExitCode::SUCCESS
}

/// Returns the message of a panic.
pub fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("(no message)").to_string()
}
