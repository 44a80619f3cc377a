//! Hands in programs that lie at will: no lie becomes a point, and none ends the judge. Others do not answer at all: the
//! student reads why.

use crate::support::skipped::{sampled, sandboxes_here};
use grader::exercises::{EXERCISES, exercise};
use grader::grade::{Graded, Grader, Limits};
use grader::sandbox::{self, RUN};
use grader::toolchain::Toolchain;
use grader::verdict::{Cause, Status};
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
            let items = grader.examine(exercise, exercise.about.items, "", folder.path());
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
const ENDINGS: [(&str, &str); 18] = [
    ("exits", "the program does not answer: it ended before the check did (exit status 0)"),
    ("starts a thread", "the program does not answer: it ended before the check did (exit status 101)"),
    ("loops", "the code computed for 1 s of processor time: does a loop or a recursion never end?"),
    ("answers too much", "the program does not answer the grader: its answer is too long"),
    ("waits", "the program does not answer: it waits, and so does the grader"),
    ("sleeps", "the program does not answer: it ended before the check did (exit status 101)"),
    ("starts a process", "the program does not answer: it ended before the check did (exit status 101)"),
    ("connects", "the program does not answer: it ended before the check did (exit status 101)"),
    ("writes a file", "the program does not answer: it ended before the check did (exit status 101)"),
    ("kills itself", "the program does not answer: it ended before the check did (exit status 3)"),
    ("exits after a question", "the program does not answer: it ended before the check did (exit status 0)"),
    ("closes its output", "the code computed for 1 s of processor time: does a loop or a recursion never end?"),
    ("floods its errors", "the code computed for 1 s of processor time: does a loop or a recursion never end?"),
    (
        "answers nothing that is known",
        "the program does not answer the grader: it answers with something else than operations",
    ),
    ("takes all memory", "the code needs more memory than the limit of 500 MB"),
    ("calls itself", "the stack overflowed: does a function call itself without end?"),
    ("aborts", "the program does not answer: it ended before the check did (signal 6)"),
    ("crashes", "the stack overflowed: does a function call itself without end?"),
];

/// The ways of which the others are variants.
const FEW: usize = 5;

/// Compiles a program that does not answer in this way.
fn compile_ending(way: &str, folder: &Path) {
    let line = format!("const WAY: &str = {way:?};");
    compile(include_str!("ending.rs"), ("const WAY: &str = \"exits\";", &line), folder);
}

/// Asks a program about one item.
fn asked(grader: &Grader, folder: &Path) -> anyhow::Result<Graded> {
    let shm = exercise("shm").unwrap();
    let mut items = grader.examine(shm, shm.about.items.iter().filter(|item| item.id == "model"), "", folder)?;
    assert_eq!(items.len(), 1);
    Ok(items.remove(0))
}

/// Small limits, but for the elapsed time: no program reaches it.
fn limits() -> Limits {
    Limits { run: sandbox::Limits { cpu_seconds: 1, memory: 500_000_000, ..RUN }, ..Limits::default() }
}

#[test]
fn a_program_that_does_not_answer_fails_and_the_reason_is_said() {
    let here = sandboxes_here("no program without an answer was asked");
    let toolchain = Toolchain::prepare().unwrap();
    let count = if workspace::thorough() { ENDINGS.len() } else { FEW };
    sampled(count, ENDINGS.len(), "ways not to answer");
    for (way, message) in &ENDINGS[..count] {
        let folder = tempfile::tempdir().unwrap();
        compile_ending(way, folder.path());
        for &isolation in &here {
            let grader = Grader { toolchain: toolchain.clone(), isolation, limits: limits() };
            let item = asked(&grader, folder.path()).unwrap_or_else(|error| panic!("{isolation:?}: {way}: {error:#}"));
            assert_eq!((item.status, item.cause), (Status::Fail, Cause::Other), "{isolation:?}: {way}: {item:?}");
            assert_eq!(&item.message, message, "{isolation:?}: {way}");
        }
    }
}

/// The twins: the same ends are not the program's fault if something outside causes them.
#[cfg(unix)]
#[test]
fn trouble_of_the_judge_or_the_machine_is_not_the_programs() {
    let folder = tempfile::tempdir().unwrap();
    let toolchain = Toolchain::prepare().unwrap();
    let script = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        path
    };
    // Without a sandbox a program can send itself a signal, as the system does that has no memory left.
    let isolation = sandbox::Isolation::LimitsOnly;
    let with = |toolchain, limits| Grader { toolchain, isolation, limits };
    let judged_by =
        |name: &str, text: &str| with(Toolchain { judge: script(name, text), ..toolchain.clone() }, limits());
    let mut long = limits();
    long.run.cpu_seconds = 100;
    long.run.seconds = 1;
    let no_linker = Toolchain { linker: script("linker", "exit 1"), ..toolchain.clone() };
    for (way, grader, trouble) in [
        ("kills itself", with(toolchain.clone(), limits()), "signal 9 ended the program: signal 9: if memory ran out"),
        ("loops", with(toolchain.clone(), long), "still working after 1 s: this machine is too busy"),
        ("exits", with(no_linker, limits()), "this machine cannot grade: a program that is known to be right"),
        ("exits", judged_by("fails", "exit 7"), "the judge failed (exit status: 7)"),
        ("exits", judged_by("talks", "echo no >&2"), "the judge does not answer in JSON: no"),
        ("exits", judged_by("is-silent", "exit 0"), "the judge has answered nothing"),
    ] {
        compile_ending(way, folder.path());
        let error = asked(&grader, folder.path()).expect_err(way);
        assert!(format!("{error:#}").contains(trouble), "{way}: {error:#}");
    }
}
