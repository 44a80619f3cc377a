//! Writes and uses the students' copy: it gives the same grades as the course, and contains no solution and no check.

#[cfg(unix)]
use crate::support::built;
use crate::support::skipped::{has_a_sandbox, sampled};
use crate::support::solution;
use grader::exercises::EXERCISES;
use grader::handout;
use grader::toolchain::{PREBUILT, Toolchain};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() { all.extend(files(&entry.path())) } else { all.push(entry.path()) }
    }
    all
}

/// Returns the files with solutions and checks of all exercises.
fn grading() -> impl Iterator<Item = PathBuf> {
    EXERCISES.iter().flat_map(|exercise| {
        let checks = workspace::root().join(exercise.folder).join("grading/checks.rs");
        files(&exercise.solutions()).into_iter().chain([checks])
    })
}

/// A line with at least this many characters can reveal a solution or a check.
const TELLING: usize = 40;

fn telling(text: &str) -> BTreeSet<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| line.len() >= TELLING && !line.starts_with("use "))
        .map(str::to_string)
        .collect()
}

#[test]
fn the_students_copy_grades_as_the_course_does_and_gives_nothing_away() {
    if !has_a_sandbox("no copy was made") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let toolchain = Toolchain::prepare().unwrap();
    handout::write(&toolchain, &copy).unwrap();
    assert!(handout::write(&toolchain, &copy).unwrap_err().to_string().contains("already exists"));

    // A line that also stands in the students' files is not a secret: a lab and a solution may have a line in common.
    let given = |path: &Path| fs::read_to_string(path).map_or_else(|_| BTreeSet::new(), |text| telling(&text));
    let anyway = ["labs", "common", "tests/explorer", "tests/grader/src", "tests/model", "tests/workspace"]
        .into_iter()
        .flat_map(|part| files(&workspace::root().join(part)));
    // The checkout itself may be in a folder with this name.
    let inside = |path: &Path| path.strip_prefix(workspace::root()).map_or_else(|_| path.into(), Path::to_path_buf);
    let anyway = anyway.filter(|path| !inside(path).components().any(|part| part.as_os_str() == "grading"));
    let anyway: BTreeSet<String> = anyway.flat_map(|path| given(&path)).collect();
    let secret =
        ["tests/checks", "tests/grader/corpus"].into_iter().flat_map(|part| files(&workspace::root().join(part)));
    let secrets: BTreeSet<String> = (secret.chain(grading()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .flat_map(|path| given(&path))
        .filter(|line| !anyway.contains(line))
        .collect();
    assert!(secrets.len() > 300, "{} lines", secrets.len());
    let all = files(&copy);
    assert!(all.len() > 100 && all.iter().any(|path| path.ends_with("labs/data-race/exercise.rs")));
    let mut found = Vec::new();
    let is_prebuilt = |path: &Path| path.starts_with(copy.join(PREBUILT));
    let prebuilt = all.iter().filter(|path| is_prebuilt(path)).count();
    let step = if workspace::thorough() { 1 } else { 4 };
    sampled(prebuilt / step, prebuilt, "compiled files were searched");
    let mut compiled = 0;
    for path in &all {
        let shown = |line: &String| format!("{}: {line}", path.display());
        found.extend(given(path).iter().filter(|line| secrets.contains(*line)).map(shown));
        let bytes = fs::read(path).unwrap();
        for name in ["wrong-", "reference.rs"] {
            assert!(!path.file_name().unwrap().to_string_lossy().starts_with(name), "{}", path.display());
        }
        compiled += usize::from(is_prebuilt(path));
        if is_prebuilt(path) && compiled % step == 0 {
            // A line of text in a library lies in a long stretch without control characters, and there are few of them.
            let stretches =
                bytes.split(|byte| *byte < b' ' && *byte != b'\t').filter(|stretch| stretch.len() >= TELLING);
            let text = String::from_utf8_lossy(&stretches.collect::<Vec<_>>().join(&b'\n')).into_owned();
            found.extend(
                secrets.iter().filter(|line| text.contains(*line)).map(|line| format!("{}: {line}", path.display())),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));

    fs::copy(solution("shm", "reference"), copy.join("labs/shared-memory/exercise.rs")).unwrap();
    fs::copy(solution("atomic", "wrong-looks-then-adds"), copy.join("labs/atomic-fix/exercise.rs")).unwrap();
    // The sources in the copy are compiled, or replaced by the program that was already built from the same sources.
    let target = if workspace::thorough() { folder.path().join("target") } else { copy.join("target") };
    let program = target.join("debug").join(format!("grade{}", env::consts::EXE_SUFFIX));
    if workspace::thorough() {
        #[cfg(unix)]
        built::fill(&target);
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--offline", "--package", "grader"]).current_dir(&copy);
        assert!(build.env("CARGO_TARGET_DIR", &target).env_remove("CARGO").status().unwrap().success());
    } else {
        sampled(0, 1, "students' copies were compiled");
        fs::create_dir_all(target.join("debug")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_grade"), &program).unwrap();
    }
    let grade = |exercise: &str| {
        let mut command = Command::new(&program);
        command.arg(exercise).current_dir(&copy).env_remove("CARGO");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(grade("shm").starts_with("shm: 10 of 10 points"));
    let failing = grade("atomic");
    assert!(failing.starts_with("atomic: 3 of 10 points") && failing.contains("T1 load"), "{failing}");
}
