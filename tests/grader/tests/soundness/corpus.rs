//! Grades the hostile and broken files of the corpus.

use super::{Job, Without, differences, failing, files, grader, graders, header};
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

/// Small limits, because many files reach them. Only a program that sleeps reaches the elapsed time, and no file that is run sleeps.
const SMALL: Limits = Limits {
    compile: sandbox::Limits { seconds: 300, cpu_seconds: 1, ..COMPILE },
    run: sandbox::Limits { seconds: 300, cpu_seconds: 1, memory: 1 << 30, ..RUN },
};

/// A file that a program of the corpus tries to write into each folder, wherever it is.
const ESCAPED: &str = "escaped-from-the-sandbox";

/// One file of each kind: it passes, it fails, the compiler refuses it, the scan rejects it, or it reads a forbidden file.
const SAMPLE: [&str; 9] = [
    "broken-main.rs",
    "cheat-leaked-guard.rs",
    "compile-nested.rs",
    "forging-exit.rs",
    "forging-malloc-by-macro.rs",
    "leaking-include-by-macro.rs",
    "leaking-passwd-by-macro.rs",
    "run-abort-by-panic.rs",
    "run-writes-everywhere.rs",
];

/// Returns the gradings of a file, and their expected results. A file that a layer refuses is also graded without that layer, because each
/// layer must hold by itself.
fn jobs(path: &Path) -> Vec<Job> {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy();
    let exercise = exercise(&header(&text, "exercise").expect("it names its exercise")).unwrap();
    let mut jobs = Vec::new();
    for (header_name, without) in
        [("expected", Without::Nothing), ("past", Without::Scan), ("escaped", Without::Language)]
    {
        let Some(expected) = header(&text, header_name) else { continue };
        let words = |word: &str| match word.strip_prefix("fails ") {
            Some(items) => failing(exercise, items),
            None => vec![word.to_string()],
        };
        let expected: Vec<String> = expected.split(" or ").flat_map(words).collect();
        jobs.push(Job { exercise, path: path.to_path_buf(), expected, without });
    }
    let expected = |without| jobs.iter().find(|job| job.without == without).map(|job| job.expected.as_slice());
    let first = expected(Without::Nothing).unwrap_or_else(|| panic!("{name}: its first lines name no expected result"));
    assert_eq!(first == ["rejected"], expected(Without::Scan).is_some(), "{name}: `past` if the scan rejects it");
    // What cannot be compiled for another reason has not met the language, and a program that sleeps ends at the elapsed time.
    let is_of_compiler = ["broken-", "compile-"].iter().any(|kind| name.starts_with(kind)) || name == "run-sleep";
    let is_refusal = |result: &String| ["does-not-compile", "limit"].contains(&result.as_str());
    let is_refused = expected(Without::Scan).unwrap_or(first).iter().all(is_refusal) && !is_of_compiler;
    let escaped = expected(Without::Language);
    assert_eq!(is_refused, escaped.is_some(), "{name}: `escaped` if the language refuses it");
    let scores = escaped.unwrap_or_default().iter().any(|result| result == "passes");
    assert!(!scores, "{name}: an attack that is refused must not be right for another reason");
    jobs
}

#[test]
fn every_file_of_the_corpus_gets_its_verdict() {
    if graders().is_empty() {
        return;
    }
    let all = files("tests/grader/corpus");
    let mut jobs: Vec<Job> = all.iter().flat_map(|path| jobs(path)).collect();
    assert!(all.len() >= 130, "{} files", all.len());
    if !workspace::thorough() {
        let (mut number, all) = (0, jobs.len());
        jobs.retain(|job| {
            number += 1;
            number % 15 == 0 || SAMPLE.iter().any(|name| job.path.ends_with(name))
        });
        sampled(jobs.len(), all, "files of the corpus in the first sandbox");
    }
    for (index, grader) in graders().iter().enumerate() {
        if index > 0 && !workspace::thorough() {
            let all = jobs.len();
            jobs.retain(|job| SAMPLE.iter().any(|name| job.path.ends_with(name)));
            sampled(jobs.len(), all, "files of the corpus in the second sandbox");
        }
        let grader = Grader { toolchain: grader.toolchain.clone(), isolation: grader.isolation, limits: SMALL };
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
    for folder in ["/tmp", "/var/tmp", "/dev/shm", "/run", "/out", "/src", "/"].map(Path::new) {
        assert!(!folder.join(ESCAPED).exists(), "{} is in {}", ESCAPED, folder.display());
    }
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
