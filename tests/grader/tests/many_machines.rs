//! Runs the guide's commands for several machines: the matrix of CI jobs, each job in its own folder, and GNU parallel.

use crate::support::skipped::{has_a_sandbox, skipped};
use crate::support::solution;
use grader::sandbox::Isolation;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the guide's code block in a language that contains these words.
fn block(language: &str, words: &str) -> String {
    let guide = fs::read_to_string(workspace::root().join("docs/grading.md")).unwrap();
    let fence = format!("```{language}\n");
    let mut all = guide.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
    all.find(|block| block.contains(words)).expect("such a block").to_string()
}

/// Runs a command of the guide in a folder, with this build as `cargo grade`.
fn run(command: &str, folder: &Path) -> String {
    assert!(command.contains("cargo grade "), "{command}");
    let command = command.replace("cargo grade ", &format!("{} ", env!("CARGO_BIN_EXE_grade")));
    let home = tempfile::tempdir().unwrap(); // GNU parallel keeps a folder in the user's home unless it is given another
    let mut bash = Command::new("bash");
    let output = bash.args(["-euc", &command]).current_dir(folder).env("PARALLEL_HOME", home.path()).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Creates submissions: all students hand in `race`, and some also `shm`.
fn class(folder: &Path) -> usize {
    let all = [
        ("ada", "race", "reference"),
        ("ada", "shm", "right-one-lock"),
        ("bob", "race", "wrong-one"),
        ("cleo", "race", "wrong-three"),
        ("dan", "shm", "wrong-off-by-one"),
        ("eve", "race", "wrong-thread-zero"),
    ];
    for (student, exercise, file) in all {
        let place = folder.join("class").join(student);
        fs::create_dir_all(&place).unwrap();
        let solution = solution(exercise, file);
        fs::copy(solution, place.join(format!("{exercise}.rs"))).unwrap();
    }
    all.len()
}

/// Returns all grades below a folder, by their paths in it.
fn grades(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.join("grades")]);
    while let Some(inner) = folders.pop() {
        for path in fs::read_dir(inner).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "json") {
                found.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_matrix_of_jobs_grades_a_class_once() {
    if !has_a_sandbox("no matrix was tried") {
        return;
    }
    let yaml = block("yaml", "matrix:");
    let line = |words: &str| {
        let found = yaml.lines().map(str::trim).find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("no line with {words:?}"))
    };
    let shards: Vec<&str> = line("shard: [").split('"').skip(1).step_by(2).collect();
    assert!(shards.len() > 1, "{shards:?}");
    let part = line("--shard").trim_start_matches("- run: ");
    let all = yaml.lines().rev().find_map(|line| line.trim().strip_prefix("- run: ")).unwrap();

    let last = tempfile::tempdir().unwrap();
    let count = class(last.path());
    let mut graded = 0;
    for shard in &shards {
        let machine = tempfile::tempdir().unwrap();
        class(machine.path());
        run(&part.replace("${{ matrix.shard }}", shard), machine.path());
        let its = grades(machine.path());
        graded += its.len();
        for (path, text) in its {
            fs::create_dir_all(last.path().join(&path).parent().unwrap()).unwrap();
            assert!(!last.path().join(&path).exists(), "{} was graded twice", path.display());
            fs::write(last.path().join(&path), text).unwrap();
        }
    }
    assert_eq!(graded, count);
    let before = grades(last.path());
    assert!(run(all, last.path()).starts_with(&format!("0 graded, {count} as before, 0 could not")));
    assert_eq!(grades(last.path()), before);

    // The last job grades what one machine has lost.
    let (lost, _) = before.iter().next().unwrap();
    fs::remove_file(last.path().join(lost)).unwrap();
    assert!(run(all, last.path()).starts_with(&format!("1 graded, {} as before", count - 1)));
}

#[test]
fn gnu_parallel_grades_every_file_of_an_exercise() {
    let parallel = |home: &Path| Command::new("parallel").arg("--version").env("PARALLEL_HOME", home).output();
    let has_parallel = parallel(tempfile::tempdir().unwrap().path()).is_ok_and(|output| output.status.success());
    if Isolation::probe().is_err() || !has_parallel {
        return skipped("no sandbox or no GNU parallel here, so it was not tried");
    }
    let folder = tempfile::tempdir().unwrap();
    class(folder.path());
    run(&block("sh", "parallel"), folder.path());
    let found = grades(folder.path());
    assert_eq!(found.len(), 4, "{:?}", found.keys());
    assert!(found.values().all(|text| String::from_utf8_lossy(text).contains("labs/grade/1")));
}
