//! Checks what `cargo grade` prints about its sandbox: nothing if it is full, a warning if it is weaker, and an error if there is none.

use crate::support::skipped::skipped;
use crate::support::solution;
use grader::sandbox::Isolation;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

/// Grades a right solution with this program of the grader and this `PATH`.
fn grade(program: &Path, path: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(["race", "--json", "--submission"]).arg(solution("race", "reference"));
    command.args(more).env("PATH", path).output().unwrap()
}

fn isolation(output: &Output) -> String {
    let parsed = serde_json::from_slice(&output.stdout);
    let document: Value = parsed.unwrap_or_else(|error| panic!("{error}: {}", stderr(output)));
    assert_eq!(document["score"], 10.0);
    document["isolation"].as_str().unwrap().to_string()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_reduced_sandbox_is_said_aloud_and_none_is_refused() {
    if !Isolation::Reduced.works() {
        return skipped("no Landlock or no seccomp here, so grading without bubblewrap was not tried");
    }
    // The first system has no bubblewrap.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bin");
    fs::create_dir(&path).unwrap();
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    for program in [Path::new("/usr/bin/prlimit"), Path::new("/usr/bin/cc"), &rustc] {
        symlink(program, path.join(program.file_name().unwrap())).unwrap();
    }
    let own = Path::new(env!("CARGO_BIN_EXE_grade"));
    let output = grade(own, &path, &[]);
    assert!(isolation(&output).starts_with("reduced: Landlock and seccomp"), "{}", stderr(&output));
    assert!(stderr(&output).contains("WARNING: isolation is reduced"), "{}", stderr(&output));

    // The second also lacks the program that enters the reduced sandbox.
    let alone = folder.path().join("another");
    fs::copy(own, &alone).unwrap();
    let output = grade(&alone, &path, &[]);
    assert!(output.status.code() == Some(3) && output.stdout.is_empty(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("no sandbox works here") && stderr(&output).contains("install bubblewrap"),
        "{}",
        stderr(&output)
    );
    let output = grade(&alone, &path, &["--i-trust-this-code"]);
    assert!(isolation(&output).starts_with("none: limits only"), "{}", stderr(&output));
    assert!(stderr(&output).contains("WARNING: isolation is none"), "{}", stderr(&output));
}
