//! What the tests share.

pub mod schema;
pub mod skipped;

use grader::exercises::exercise;
use std::path::PathBuf;

/// A solution of an exercise: `reference`, `right-...` or `wrong-...`.
pub fn solution(exercise_name: &str, file: &str) -> PathBuf {
    exercise(exercise_name).expect("there is such an exercise").solutions().join(format!("{file}.rs"))
}
