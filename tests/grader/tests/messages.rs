//! What a student reads in a terminal: hints that fit the failure, and places that an editor opens.

use crate::support::skipped::{has_a_sandbox, sampled};
use crate::support::{schema, solution};
use grader::exercises::exercise;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Returns what the grader prints about a file of the workspace, in a folder of the workspace.
fn shown(name: &str, folder: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
    command.arg(name).args(arguments).current_dir(workspace::root().join(folder));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the hints of an exercise's items that a text contains.
fn hints<'a>(name: &str, text: &str) -> Vec<&'a str> {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let items = exercise(name).unwrap().about.items.iter();
    items.filter(|item| flat.contains(item.hint)).map(|item| item.id).collect()
}

#[test]
fn an_items_hint_is_shown_only_if_its_check_found_wrong_behaviour() {
    if !has_a_sandbox("no hint was looked for") {
        return;
    }
    let all = ["run-panic", "broken-text", "forging-exit", "run-memory", "run-stack", "run-spin", "compile-doubling"];
    let count = if workspace::thorough() { all.len() } else { 3 };
    sampled(count, all.len(), "files whose failure is not wrong behaviour were graded");
    for name in &all[..count] {
        let text = shown("shm", "tests/grader/corpus", &["--submission", &format!("{name}.rs")]);
        assert_eq!(hints("shm", &text), [""; 0], "{name}: {text}");
        assert!(text.starts_with(&format!("shm: 0 of 10 points ({name}.rs)\n")), "{text}");
    }
    let wrong = shown("shm", "labs/shared-memory/grading/solutions", &["--submission", "wrong-load-then-store.rs"]);
    assert_eq!(hints("shm", &wrong), ["model"], "{wrong}");
    assert_eq!(wrong.matches("hint").count(), 1, "the other is the command for help: {wrong}");
}

#[test]
fn the_place_of_a_failure_is_the_path_from_where_the_reader_is() {
    if !has_a_sandbox("no place was looked for") {
        return;
    }
    let file = "labs/mutex-fix/grading/solutions/wrong-relaxed.rs";
    for folder in ["", "labs/mutex-fix/grading"] {
        let path = Path::new(file).strip_prefix(folder).unwrap().to_str().unwrap();
        let text = shown("mutex", folder, &["--only", "lock", "--submission", path]);
        let place = text.lines().find_map(|line| line.strip_prefix(&format!("{path}:"))).expect(&text);
        let (numbers, what) = place.split_once(": ").unwrap();
        let (line, column) = numbers.split_once(':').unwrap();
        let [line, column] = [line, column].map(|number| number.parse::<usize>().unwrap() - 1);
        let source = fs::read_to_string(workspace::root().join(file)).unwrap();
        let (before, named) = source.lines().nth(line).unwrap().split_at(column);
        assert!(before.ends_with("self.next.") && named.starts_with("fetch_add"), "{text}");
        assert_eq!(what, "lock: the schedule begins here");
        assert!(text.contains(&format!("run again: cargo grade mutex --only lock --submission {path}\n")), "{text}");
        let others = text.lines().filter(|line| !line.contains(path));
        assert!(others.clone().all(|line| line.chars().count() <= 80), "{text}");
    }
    for (folder, path) in [("", "labs/data-race/exercise.rs"), ("labs/data-race/src", "../exercise.rs")] {
        let text = shown("race", folder, &[]);
        assert!(text.contains(&format!("edit {path}.\nStuck? cargo grade race --hint 1\n")), "{text}");
    }
    let text = shown("shm", "tests", &["--submission", "grader/corpus/broken-text.rs"]);
    assert!(text.contains(" --> grader/corpus/broken-text.rs:4:"), "{text}");
}

/// Returns the names in backticks of the guide's sentence about what is not allowed.
fn forbidden_by_the_guide() -> Vec<String> {
    let guide = fs::read_to_string(workspace::root().join("docs/exercises.md")).unwrap();
    let (before, _) = guide.split_once(" are not allowed").unwrap();
    let sentence = before.rsplit(". ").next().unwrap();
    sentence.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

#[test]
fn what_the_guide_says_is_not_allowed_is_refused() {
    if !has_a_sandbox("nothing was refused") {
        return;
    }
    let right = fs::read_to_string(solution("shm", "reference")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.rs");
    let graded = |more: &str| {
        fs::write(&file, format!("{right}\n{more}\n")).unwrap();
        shown("shm", "", &["--submission", file.to_str().unwrap()])
    };
    let names = forbidden_by_the_guide();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in names {
        let more =
            if name == "unsafe" { "fn more() { unsafe {} }".to_string() } else { format!("use {name} as more;") };
        let text = graded(&more);
        let is_refused =
            ["It does not compile:", "It was rejected before it was compiled:"].iter().any(|one| text.contains(one));
        assert!(text.starts_with("shm: 0 of 10 points") && is_refused, "{name}: {text}");
    }
    assert!(graded("use core::mem as more;").starts_with("shm: 10 of 10 points"), "the twin: core is there");
}

/// The guide explains each word that begins a line of a grade.
#[test]
fn the_guide_explains_the_words_of_a_grade() {
    if !has_a_sandbox("no grade was read") {
        return;
    }
    let guide = fs::read_to_string(workspace::root().join("docs/exercises.md")).unwrap();
    let text = shown("shm", "", &["--submission", "labs/shared-memory/grading/solutions/wrong-load-then-store.rs"]);
    for word in ["pass", "FAIL", "run again:", "Stuck?"] {
        let begins = text.lines().any(|line| line.trim_start().starts_with(word));
        assert!(begins && guide.contains(&format!("`{word}`")), "{word}\n{text}");
    }
    for word in ["memory", "line"] {
        let header = text.lines().find(|line| line.starts_with("step  thread 1")).expect(&text);
        assert!(header.contains(word) && guide.contains(&format!("*{word}*")), "{word}\n{text}");
    }
}

/// A hand-made schedule with all that a step may say.
#[test]
fn a_step_may_say_its_column_what_memory_holds_and_whether_it_succeeded() {
    let path = workspace::root().join("tests/schemas/witness-1.json");
    let hash = "0".repeat(64);
    let mut document = json!({
        "schema": "labs/witness/1", "lab": "atomic", "variant": "model", "threads": 2, "increments": 1, "expected": 2,
        "final": 1, "replayable": true,
        "source": { "file": "labs/atomic-fix/exercise.rs", "anchor": "submission", "sha256": hash },
        "steps": [
            { "thread": 1, "op": "load", "value": 0, "line": 7, "column": 9, "object": 0, "after": 0 },
            { "thread": 2, "op": "compare_exchange", "value": 0, "line": 8, "column": 1, "object": 0, "after": 0, "succeeded": false },
        ],
        "checked": { "by": "a checker", "executions": 1, "preemption_bound": null, "claim": "It was found." },
    });
    assert_eq!(schema::problem(&path, &document), None);
    let shown = grader::render::lanes(&document, &"x\n".repeat(9));
    let row = "2     |          T2 compare_exchange 0 fails       0     8  x";
    assert!(shown.contains(row), "{shown}");
    for (field, wrong) in [("column", json!(0)), ("after", json!(-1)), ("succeeded", json!(0)), ("cell", json!(1))] {
        let right = document["steps"][1].clone();
        document["steps"][1][field] = wrong;
        assert!(schema::problem(&path, &document).is_some(), "{field}");
        document["steps"][1] = right;
    }
}
