//! Grades the hostile and broken files of the corpus.

use super::{Job, differences, files, grader, graders, header};
use crate::support::skipped::sampled;
use grader::exercises::exercise;
use grader::grade::{Grader, Limits};
use grader::sandbox::{self, COMPILE, RUN};
use grader::verdict::Verdict;
use grader::workdir;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// Small limits, for files that reach them. Only a program that sleeps reaches the elapsed time, and no file that compiles sleeps.
const SMALL: Limits = Limits {
    compile: sandbox::Limits { seconds: 300, cpu_seconds: 1, ..COMPILE },
    run: sandbox::Limits { seconds: 300, cpu_seconds: 1, memory: 1 << 30, ..RUN },
};

/// The files that run until a limit. Another test tries the limits of every sandbox (`sandbox`).
const SLOW: [&str; 5] = ["run-spin.rs", "run-stack.rs", "run-memory.rs", "run-threads.rs", "compile-tuples.rs"];

/// One file of each kind: it passes, it fails, the compiler refuses it, the scan rejects it, or it reads a forbidden file.
const SAMPLE: [&str; 8] = [
    "broken-main.rs",
    "cheat-leaked-guard.rs",
    "compile-nested.rs",
    "forging-exit.rs",
    "forging-malloc-by-macro.rs",
    "leaking-include-by-macro.rs",
    "leaking-passwd-by-macro.rs",
    "run-abort-by-panic.rs",
];

#[test]
fn every_file_of_the_corpus_gets_its_verdict() {
    if graders().is_empty() {
        return;
    }
    let job = |path: &PathBuf, name| {
        let text = fs::read_to_string(path).unwrap();
        let exercise = exercise(&header(&text, "exercise").expect("it names its exercise")).unwrap();
        let expected = header(&text, name)?;
        let is_list = !expected.starts_with("fails");
        let expected = if is_list { expected.split(' ').map(str::to_string).collect() } else { vec![expected] };
        Some(Job { exercise, path: path.clone(), expected, is_past_the_scan: name == "past" })
    };
    let all = files("tests/grader/corpus");
    let mut jobs: Vec<Job> = all.iter().map(|path| job(path, "expected").expect("what must come of it")).collect();
    assert!(jobs.len() >= 60, "{} files", jobs.len());
    // A file that the scan rejects is also graded without the scan, because each layer must hold by itself.
    let rejected = jobs.iter().filter(|job| job.expected == ["rejected"]).count();
    jobs.extend(all.iter().filter_map(|path| job(path, "past")));
    assert_eq!(jobs.len(), all.len() + rejected);
    if !workspace::thorough() {
        let (mut number, all) = (0, jobs.len());
        jobs.retain(|job| {
            number += 1;
            number % 15 == 0 || SAMPLE.iter().any(|name| job.path.ends_with(name))
        });
        sampled(jobs.len(), all, "files of the corpus in the first sandbox");
    }
    for (index, grader) in graders().iter().enumerate() {
        if index > 0 {
            let (all, is_thorough) = (jobs.len(), workspace::thorough());
            let is_one_of = |job: &Job, names: &[&str]| names.iter().any(|name| job.path.ends_with(name));
            jobs.retain(|job| if is_thorough { !is_one_of(job, &SLOW) } else { is_one_of(job, &SAMPLE) });
            if !is_thorough {
                sampled(jobs.len(), all, "files of the corpus in the second sandbox");
            }
        }
        let limits = if workspace::thorough() { grader.limits } else { SMALL };
        if index == 0 {
            sampled(limits.run.cpu_seconds as usize, RUN.cpu_seconds as usize, "seconds of processor time for a check");
        }
        let grader = Grader { toolchain: grader.toolchain.clone(), isolation: grader.isolation, limits };
        let found = differences(&grader, &jobs);
        assert!(found.is_empty(), "{} of {}:\n{}", found.len(), jobs.len(), found.join("\n"));
    }
    // Other tests grade at the same time, but what they started now ends soon.
    let start = Instant::now();
    let mut left = left_behind();
    while !left.is_empty() && start.elapsed() < Duration::from_secs(600) {
        thread::sleep(Duration::from_millis(20));
        let now = left_behind();
        left.retain(|one| now.contains(one));
    }
    assert_eq!(left, [""; 0]);
}

/// Returns the folders of submissions of this process, and the processes that run a submission.
fn left_behind() -> Vec<String> {
    let folders = fs::read_dir(env::temp_dir()).unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let is_ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&workdir::prefix()));
    let mut found: Vec<String> = folders.filter(is_ours).map(|path| path.display().to_string()).collect();
    for process in fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&workdir::prefix()) {
            found.push(format!("process {}", process.file_name().to_string_lossy()));
        }
    }
    found
}

#[test]
fn what_is_no_file_is_rejected() {
    let Some(grader) = grader() else { return };
    let folder = tempfile::tempdir().unwrap();
    let exercise = exercise("shm").unwrap();
    let verdict = |path: &Path| grader.grade(exercise, path, None).unwrap().verdict;
    fs::write(folder.path().join("bytes.rs"), [0xff, 0xfe, 0]).unwrap();
    fs::write(folder.path().join("empty.rs"), "").unwrap();
    for name in ["bytes.rs", "empty.rs", "nowhere.rs", "."] {
        assert_eq!(verdict(&folder.path().join(name)), Verdict::Rejected, "{name}");
    }
}
