//! Checks the content of a grade: it follows its schema, contains no secret, and its schedules name the right lines.

use super::{Without, files, graded, grader};
use crate::support::schema;
use crate::support::solution;
use grader::exercises::{About, EXERCISES, Exercise, exercise};
use serde_json::Value;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Returns how a grade violates its schema; `None` if it does not.
pub fn problem(grade: &Value) -> Option<String> {
    schema::problem(&workspace::root().join("tests/schemas/grade-1.json"), grade)
}

/// Returns the files of the checks: the shared ones, and those of each exercise.
pub fn checks() -> Vec<PathBuf> {
    let own = EXERCISES.iter().map(|exercise| workspace::root().join(exercise.folder).join("grading/checks.rs"));
    files("tests/checks/src").into_iter().chain(own).collect()
}

/// Returns the secrets that a grade contains: a line of a system file, of the environment, or of a check.
pub fn leaks(document: &Value) -> Vec<String> {
    static SECRETS: OnceLock<Vec<String>> = OnceLock::new();
    let secrets = SECRETS.get_or_init(|| {
        let mut secrets = vec!["root:x:".to_string(), workspace::root().display().to_string()];
        secrets.extend(["PATH", "CARGO_MANIFEST_DIR"].iter().filter_map(|name| env::var(name).ok()));
        for path in checks() {
            let text = fs::read_to_string(path).unwrap();
            secrets.extend(text.lines().map(str::trim).filter(|line| line.len() >= 60).map(str::to_string));
        }
        assert!(secrets.len() > 100, "{} secrets", secrets.len());
        secrets
    });
    let text = document.to_string();
    secrets.iter().filter(|secret| text.contains(&secret.replace('"', "\\\""))).cloned().collect()
}

#[test]
fn a_grade_keeps_its_contract() {
    let Some(grader) = grader() else { return };
    for (name, file) in [
        ("shm", "wrong-load-then-store"),
        ("mutex", "wrong-relaxed"),
        ("race", "reference"),
        ("shm", "broken-text"),
        ("shm", "forging-exit"),
    ] {
        let corpus = workspace::root().join("tests/grader/corpus").join(format!("{file}.rs"));
        let (exercise, path) = (exercise(name).unwrap(), if corpus.exists() { corpus } else { solution(name, file) });
        let graded = graded(grader, exercise, &path, Without::Nothing);
        assert_eq!(problem(&graded.document), None, "{file}");
        assert_eq!(graded.document["isolation"], grader.isolation.name());
    }
    let shm = exercise("shm").unwrap();
    let mut broken = grader.document(shm, "x.rs", &grader.grade(shm, Path::new("nowhere.rs"), None).unwrap());
    broken["score"] = "ten".into();
    assert!(problem(&broken).is_some());
    let check = fs::read_to_string(workspace::root().join("tests/checks/src/object.rs")).unwrap();
    broken["message"] = format!("root:x:0 {check}").into();
    assert!(leaks(&broken).len() > 10, "what leaks is noticed");
}

#[test]
fn the_guides_points_are_those_of_the_exercises() {
    let guide = fs::read_to_string(workspace::root().join("docs/grading.md")).unwrap();
    let table = guide.split("| exercise | checks, with their points |").nth(1).expect("the table");
    let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with("| `")).collect();
    assert!(!rows.is_empty());
    for row in rows {
        let exercise = exercise(row.split('`').nth(1).unwrap()).unwrap_or_else(|| panic!("no such exercise: {row}"));
        let points: Vec<f64> =
            row.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        let items: Vec<f64> = exercise.about.items.iter().map(|item| item.points).collect();
        assert_eq!(points, items, "{row}");
    }
    for exercise in EXERCISES {
        assert_eq!(exercise.points(), 10.0);
        let handout = Path::new(exercise.file).with_file_name("README.md");
        let handout = fs::read_to_string(workspace::root().join(handout)).unwrap();
        assert!(handout.contains(&format!("cargo grade {}\n", exercise.name)) && handout.contains("(exercise.rs)"));
    }
}

/// Returns where a guide and the code differ. `<!-- in FILE: TEXT -->` says where a figure of its paragraph comes from: the
/// file contains the text, and the paragraph the last number of the text.
fn other_figures(guide: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut rest = guide;
    while let Some((before, after)) = rest.split_once("<!-- in ") {
        let read = guide.len() - after.len();
        let (comment, end) = after.split_once(" -->").expect("a comment ends");
        let (file, text) = comment.split_once(": ").expect("FILE: TEXT");
        let start = ["\n\n", "\n- "].iter().filter_map(|mark| guide[..read].rfind(mark)).max().unwrap_or(0);
        let prose = guide[start..read].split("<!--").next().unwrap_or_default();
        let is_part = |one: char| one.is_ascii_digit() || "_,.".contains(one);
        let numbers = |text: &str| {
            let all =
                text.split(|one| !is_part(one)).map(|one| one.trim_matches([',', '.', '_']).replace(['_', ','], ""));
            all.filter(|one| !one.is_empty()).collect::<Vec<_>>()
        };
        let number = numbers(text).pop().expect("a number");
        let code = fs::read_to_string(workspace::root().join(file)).unwrap();
        let is_whole = |at: usize| !code[at + text.len()..].starts_with(|one: char| one != ',' && is_part(one));
        if !code.match_indices(text).any(|(at, _)| is_whole(at)) {
            problems.push(format!("{file} does not contain {text:?}"));
        } else if !numbers(prose).contains(&number) {
            problems.push(format!("{text:?} in {file}, and not {number} in: {}", prose.trim()));
        }
        assert!(!before.is_empty());
        rest = end;
    }
    problems
}

#[test]
fn the_guides_figures_are_those_of_the_code() {
    let guide = fs::read_to_string(workspace::root().join("docs/grading.md")).unwrap();
    let count = guide.matches("<!-- in ").count();
    assert!(count >= 15, "{count} figures");
    assert_eq!(other_figures(&guide), [""; 0]);
    // The twins: another figure in the guide, another one in the code, and a figure in another paragraph.
    for (right, wrong) in [
        ("as far as 30,000 states.\n  <!--", "as far as 40,000 states.\n  <!--"),
        ("up to 500 calls", "up to 50 calls"),
        ("At most 1.25 times", "At most 1.2 times"),
        ("SLACK: f64 = 1.1 ", "SLACK: f64 = 1.2 "),
        (
            "  <!-- in labs/mutex-fix/grading/checks.rs: queued(300",
            "\n<!-- in labs/mutex-fix/grading/checks.rs: queued(300",
        ),
    ] {
        assert!(guide.contains(right), "{right}");
        assert_ne!(other_figures(&guide.replace(right, wrong)), [""; 0], "{right}");
    }
}

/// The key changes with everything that a grade depends on, so that a class is then graded again.
#[test]
fn another_text_or_other_points_have_another_key() {
    let Some(grader) = grader() else { return };
    let atomic = exercise("atomic").unwrap();
    let key = |exercise: &Exercise, text: &str| grader.key(exercise, text);
    let about = About { items: &atomic.about.items[1..], ..atomic.about };
    let (with, other) = (Exercise { about, ..*atomic }, exercise("shm").unwrap());
    let keys = [key(atomic, "a"), key(atomic, "b"), key(&with, "a"), key(other, "a")];
    assert!(keys.iter().enumerate().all(|(index, key)| !keys[..index].contains(key)), "{keys:?}");
    assert_eq!(key(atomic, "a"), keys[0]);
}

/// A schedule that points at a wrong line would be worse than no schedule.
#[test]
fn every_step_of_a_schedule_lies_on_a_line_that_takes_it_and_fits_a_terminal() {
    let Some(grader) = grader() else { return };
    for (name, file) in [
        ("shm", "wrong-locked-twice"),
        ("shm", "wrong-gives-up"),
        ("mutex", "wrong-relaxed-leave"),
        ("mutex", "wrong-load-then-store"),
        ("mutex", "wrong-check-then-act"),
        ("atomic", "wrong-looks-then-adds"),
    ] {
        let path = solution(name, file);
        let exercise = exercise(name).unwrap();
        let graded = graded(grader, exercise, &path, Without::Nothing);
        let grade = &graded.grade;
        let text = fs::read_to_string(&path).unwrap();
        let witness =
            grade.items.iter().find_map(|item| item.witness.as_ref()).unwrap_or_else(|| panic!("{file}: no schedule"));
        for step in witness["steps"].as_array().unwrap() {
            let (line, operation) = (step["line"].as_u64().unwrap() as usize, step["op"].as_str().unwrap());
            let shown = line.checked_sub(1).map(|index| text.lines().nth(index).unwrap());
            let takes_it = |line: &str| [operation, "lock"].iter().any(|method| line.contains(&format!(".{method}(")));
            // A guard writes where it is used, and unlocks where it is dropped.
            let is_a_guards = ["load", "store", "unlock"].contains(&operation) && text.contains("Mutex<");
            assert!(shown.is_none_or(takes_it) || is_a_guards, "{file}: {operation} on line {line}: {shown:?}");
            assert!(line > 0 || ["read", "write"].contains(&operation), "{file}: {operation} is the check's own");
            // The column is that of the method's name. A guard's is that of the guard.
            let column = step["column"].as_u64().map(|column| column as usize);
            assert_eq!(column.is_some(), line > 0, "{file}: {step}");
            let named = column.map(|column| text.lines().nth(line - 1).unwrap().get(column - 1..).unwrap_or_default());
            let is_named = named.is_none_or(|named| [operation, "lock"].iter().any(|name| named.starts_with(name)));
            assert!(is_named || is_a_guards, "{file}: {operation} is not at {named:?}");
        }
        let shown = grader::render::grade(exercise, grade);
        let lanes = shown.lines().filter(|line| line.contains("  |") || line.starts_with("step"));
        assert!(lanes.clone().count() > 3 && lanes.clone().all(|line| line.chars().count() <= 80), "{shown}");
    }
}
