//! Helpers that several tests share.

#[cfg(unix)]
pub mod built;
pub mod schema;
pub mod skipped;

use grader::exercises::exercise;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the path of a solution of an exercise: `reference`, `right-...` or `wrong-...`.
pub fn solution(exercise_name: &str, file: &str) -> PathBuf {
    exercise(exercise_name).expect("there is such an exercise").solutions().join(format!("{file}.rs"))
}

/// Returns the number and the command line of each process whose command line contains `words`; none without `/proc`.
pub fn processes_with(words: &str) -> Vec<String> {
    let line = |process: &Path| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).replace('\0', " ")
    };
    let all = fs::read_dir("/proc").into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let named = all.map(|process| format!("{}: {}", process.display(), line(&process)));
    named.filter(|process| process.contains(words)).collect()
}
