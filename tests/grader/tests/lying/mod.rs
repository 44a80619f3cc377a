//! Hands in programs that lie at will: no lie becomes a point, and none ends the judge. Others do not answer at all: the
//! student reads why.

use crate::support::skipped::{sampled, sandboxes_here};
use grader::exercises::{EXERCISES, exercise};
use grader::grade::{Grader, Limits};
use grader::toolchain::Toolchain;
use grader::verdict::Status;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Compiles a program with the standard library, in place of a submission. The declaration of a constant is replaced.
fn compile(text: &str, (constant, by): (&str, &str), folder: &Path) {
    assert!(text.contains(constant), "{constant}");
    fs::write(folder.join("program.rs"), text.replace(constant, by)).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    let mut rustc = Command::new(workspace::rustc());
    rustc.args(["--edition=2024", "-Ctarget-feature=+crt-static", "-o"]);
    let output = rustc.arg(folder.join("out/judged")).arg(folder.join("program.rs")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_lie_is_worth_a_point() {
    let here = sandboxes_here("no liar was asked");
    let Some(&isolation) = here.first() else { return };
    let grader = Grader { toolchain: Toolchain::prepare().unwrap(), isolation, limits: Limits::default() };
    let seeds = if workspace::thorough() { 24 } else { 7 };
    sampled(seeds as usize, 24, "liars");
    let mut failed = 0;
    for seed in 0..seeds {
        let folder = tempfile::tempdir().unwrap();
        let seed_line = format!("const SEED: u64 = {seed};");
        compile(include_str!("liar.rs"), ("const SEED: u64 = 0;", &seed_line), folder.path());
        for exercise in EXERCISES {
            let items = grader.examine(exercise, None, "", folder.path());
            let items = items.unwrap_or_else(|error| panic!("{seed} {}: {error:#}", exercise.name));
            assert_eq!(items.len(), exercise.about.items.len());
            for item in items {
                assert_ne!(item.status, Status::Pass, "{seed} {}: {item:?}", exercise.name);
                failed += usize::from(item.status == Status::Fail);
            }
        }
    }
    assert!(failed > 0, "lies are noticed");
}

/// Ways in which a program does not answer, and what the student reads of each.
const ENDINGS: [(&str, &str); 6] = [
    ("starts a thread", "the program ended before the check did (exit status 101)"),
    ("starts a process", "the program ended before the check did (exit status 101)"),
    ("sleeps", "the program ended before the check did (exit status 101)"),
    ("connects", "the program ended before the check did (exit status 101)"),
    ("writes a file", "the program ended before the check did (exit status 101)"),
    ("exits", "the program ended before the check did (exit status 0)"),
];

#[test]
fn a_program_that_does_not_answer_fails_and_the_reason_is_said() {
    let here = sandboxes_here("no program without an answer was asked");
    let exercise = exercise("shm").unwrap();
    for isolation in here {
        let grader = Grader { toolchain: Toolchain::prepare().unwrap(), isolation, limits: Limits::default() };
        for (way, message) in ENDINGS {
            let folder = tempfile::tempdir().unwrap();
            let line = format!("const WAY: &str = {way:?};");
            compile(include_str!("ending.rs"), ("const WAY: &str = \"exits\";", &line), folder.path());
            let items = grader.examine(exercise, None, "", folder.path());
            let items = items.unwrap_or_else(|error| panic!("{isolation:?}: {way}: {error:#}"));
            for item in items {
                assert_eq!((item.status, &*item.message), (Status::Fail, message), "{isolation:?}: {way}");
            }
        }
    }
}
