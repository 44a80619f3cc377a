//! What the tests of the labs are made of: the labs are built and run as a student runs them, and what they print is judged.
//!
//! - [`labs`]: which labs there are, and what each has promised.
//! - [`programs`] and [`run`]: their programs, and one run of one of them under a deadline.
//! - [`schema`] and [`report`]: whether a report keeps to its contract.
//! - [`handout`] and [`claims`]: what a lab's `README.md` says, and whether a report bears it out.
//! - `untouched`: what a command leaves behind (Linux).
//! - [`processes`]: which processes there are, and how to end one (Linux).
//!
//! A check is a function that returns the problems that it found. So a test can ask it twice: about the real thing, which must
//! have none, and about a twin that was broken on purpose, which must have some.

pub mod claims;
pub mod handout;
pub mod labs;
#[cfg(target_os = "linux")]
pub mod processes;
pub mod programs;
pub mod report;
pub mod run;
pub mod schema;
#[cfg(target_os = "linux")]
pub mod untouched;

use std::io::Write;
use std::path::PathBuf;

pub use workspace::root as workspace;

/// A file of the workspace as text.
///
/// # Panics
///
/// If it is not there.
pub fn read(path: impl Into<PathBuf>) -> String {
    let path = workspace().join(path.into());
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Says something past the test runner, which shows the output of failed tests only.
pub fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Says loudly that something was not checked, and why.
pub fn skipped(what: &str, why: &str) {
    say(&format!("SKIPPED: {what}: {why}"));
}

/// Says aloud that the quick tests look at a part only. `THOROUGH=1` looks at all.
pub fn sampled(taken: usize, all: usize, what: &str) {
    say(&format!("SAMPLED {taken} of {all} {what}"));
}

/// Returns every `step`-th of `all` for the quick tests and says so, and all of them with `THOROUGH=1`.
pub fn sample<T>(all: impl IntoIterator<Item = T>, step: usize, what: &str) -> Vec<T> {
    let all: Vec<T> = all.into_iter().collect();
    if ::workspace::thorough() || step <= 1 {
        return all;
    }
    let count = all.len();
    let taken: Vec<T> = all.into_iter().step_by(step).collect();
    if taken.len() < count {
        sampled(taken.len(), count, what);
    }
    taken
}

/// Fails the test with every problem on a line of its own.
///
/// # Panics
///
/// If there is one.
#[track_caller]
pub fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The handouts' Rust examples, run by `cargo test --doc`: those that must compile and those that must not.
#[cfg(doctest)]
mod handouts {
    include!(concat!(env!("OUT_DIR"), "/handouts.rs"));
}
