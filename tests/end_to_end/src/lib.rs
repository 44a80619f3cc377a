//! Helpers for the tests of the labs. The tests build and run the labs as a student does, and check what they print.
//!
//! - [`labs`]: the labs, and what each declares.
//! - [`programs`] and [`run`]: their programs, and one run of one of them with a deadline.
//! - [`schema`] and [`report`]: whether a report has the promised form.
//! - [`handout`] and [`claims`]: what a lab's `README.md` says, and whether a report confirms it.
//! - `untouched`: what a command leaves behind (Linux).
//! - [`processes`]: the running processes, and how to end one (Linux).
//!
//! A check is a function that returns the problems that it found. So a test can run it twice: on the real thing, which
//! must have none, and on a twin that was broken on purpose, which must have some.

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

/// Reads a file of the workspace as text.
///
/// # Panics
///
/// If the file does not exist.
pub fn read(path: impl Into<PathBuf>) -> String {
    let path = workspace().join(path.into());
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Prints a line directly to standard error, because the test runner hides the output of passing tests.
pub fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Prints that something was not checked, and why.
pub fn skipped(what: &str, why: &str) {
    say(&format!("SKIPPED: {what}: {why}"));
}

/// Prints that the quick tests check only a part. With `THOROUGH=1` they check everything.
pub fn sampled(taken: usize, all: usize, what: &str) {
    say(&format!("SAMPLED {taken} of {all} {what}"));
}

/// Returns every `step`-th of `all` for the quick tests, which say so, and all of them with `THOROUGH=1`.
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

/// Fails the test with one line per problem.
///
/// # Panics
///
/// If there is a problem.
#[track_caller]
pub fn assert_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The handouts' Rust examples for `cargo test --doc`, including those that must not compile.
#[cfg(doctest)]
mod handouts {
    include!(concat!(env!("OUT_DIR"), "/handouts.rs"));
}
