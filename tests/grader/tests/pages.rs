//! The grader's pages in real browsers, from disk: `feedback.html` of a student, and `index.html` of a class.

use browser::CONTRAST;
use browser::chromium::Chromium;
use browser::firefox::Firefox;
use grader::exercises::{Exercise, exercise};
use grader::sandbox::Isolation;
use grader::submission::Student;
use grader::summary::{Cell, Row, Summary};
use grader::{feedback, summary};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const SOURCE: &str =
    "fn count(&self) {\n    let seen = self.sold.load(Relaxed);\n    self.sold.store(seen + 1, Relaxed);\n}\n";

/// A schedule that loses an update: both threads load 0, and both store 1.
fn witness() -> Value {
    let step = |thread: u64, op: &str, value: u64, line: u64| json!({ "thread": thread, "op": op, "value": value, "line": line, "column": 5, "object": 0, "after": value });
    json!({ "threads": 2, "increments": 1, "expected": 2, "final": 1, "replayable": true,
        "steps": [step(1, "load", 0, 2), step(2, "load", 0, 2), step(2, "store", 1, 3), step(1, "store", 1, 3)] })
}

/// Returns a cell with this score. Its second item fails with a schedule, unless all points are there.
fn cell(exercise: &Exercise, score: f64) -> Cell {
    let item = |index: usize| {
        let item = &exercise.about.items[index];
        let is_passed = index == 0 || score == 10.0;
        let mut object =
            json!({ "id": item.id, "title": item.title, "status": if is_passed { "pass" } else { "fail" } });
        if !is_passed {
            object["message"] = "sold() returned 1, expected 2".into();
            object["witness"] = witness();
        }
        object
    };
    let grade = json!({ "isolation": Isolation::Full.name(), "items": [item(0), item(1)], "score": score,
        "max_score": 10.0, "verdict": "graded" });
    Cell::Graded { grade, source: Some(SOURCE.into()), feedback: format!("{}: {score} of 10 points\n", exercise.name) }
}

fn row(name: &str, cells: Vec<Cell>) -> Row {
    Row { student: Student { name: name.into(), folder: name.into(), path: name.into() }, cells }
}

fn two() -> [&'static Exercise; 2] {
    [exercise("shm").unwrap(), exercise("atomic").unwrap()]
}

/// Returns a page with two schedules, so that a key must know which of them it is for.
fn feedback_page() -> String {
    let [shm, atomic] = two();
    feedback::page(&[shm, atomic], &row("ada", vec![cell(shm, 3.0), cell(atomic, 2.5)]))
}

/// Returns the page of a class whose totals a spreadsheet, and a sort of texts, would order differently.
fn class_page() -> String {
    let [shm, atomic] = two();
    let rows = vec![
        row("bob", vec![cell(shm, 10.0), Cell::Missing]),
        row("Ada", vec![cell(shm, 9.5), Cell::Missing]),
        row("cleo", vec![cell(shm, 2.0), Cell::Missing]),
        row("dan", vec![cell(shm, 10.0), cell(atomic, 10.0)]),
        row("eve", vec![Cell::Failed("no room".into()), Cell::Missing]),
    ];
    summary::page(&Summary { exercises: vec![shm, atomic], rows })
}

fn url(name: &str, html: &str) -> String {
    browser::page_url(env!("CARGO_TARGET_TMPDIR"), name, html)
}

/// Describes the stepper that has the focus: what it says, what memory holds, the rows of its table, and the line that ran.
const STATE: &str = "(() => { const one = document.activeElement.closest('section').querySelector('lane-stepper'); return [
    one.parentElement.id, one.querySelector('.says').textContent.trim(), one.querySelector('.now b').textContent,
    [...one.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('|')).join(' / '),
    one.querySelector('li.ran')?.dataset.line ?? ''].join('\\n') })()";

#[test]
fn a_student_steps_through_each_schedule_by_keyboard() {
    let Some(mut browser) = Chromium::open(&url("feedback.html", &feedback_page()), 1100, 900) else { return };
    assert_eq!(browser.evaluate("[location.protocol, steppers.length]"), json!(["file:", 2]));
    for name in two().map(|exercise| format!("{}-{}", exercise.name, exercise.about.items[1].id)) {
        let mut tabs = 0;
        while browser.text("document.activeElement.closest('section')?.id") != name {
            browser.press("Tab");
            tabs += 1;
            assert!(tabs < 20, "{name} cannot be reached with Tab");
        }
        let state = |says: &str, memory: &str, rows: &str, line: &str| [&name, says, memory, rows, line].join("\n");
        let rows = ["1|load 0||0", "2||load 0|0", "3||store 1|1", "4|store 1||1"];
        let begin = state("The schedule has 4 steps. Press → for the first one.", "as it began", "", "");
        let states = [
            begin.clone(),
            state("T1: load 0.", "0", rows[0], "2"),
            state("T2: load 0.", "0", &rows[..2].join(" / "), "2"),
            state("T2: store 1.", "1", &rows[..3].join(" / "), "3"),
            state("T1: store 1. sold() returned 1, expected 2.", "1", &rows.join(" / "), "3"),
        ];
        for (index, expected) in states.iter().enumerate() {
            assert_eq!(browser.text(STATE), *expected, "after {index} steps");
            browser.press("ArrowRight");
        }
        assert_eq!(browser.text(STATE), states[4], "after the last step → does nothing");
        for expected in states[..4].iter().rev() {
            browser.press("ArrowLeft");
            assert_eq!(browser.text(STATE), *expected, "back");
        }
        browser.press_all(" ");
        browser.press("r");
        assert_eq!(browser.text(STATE), begin, "reset");
    }
    browser.press("ArrowRight");
    assert_eq!(browser.evaluate("steppers.map((one) => one.state.picks)"), json!(["", "1"]), "each has its own keys");
    let words = browser.text("document.body.textContent");
    assert!(words.contains("click it, or go to it with Tab"), "the page says how");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn both_pages_are_readable_in_both_colour_schemes_and_on_a_small_screen() {
    let pages = [url("readable-feedback.html", &feedback_page()), url("readable-class.html", &class_page())];
    let Some(mut browser) = Chromium::open("about:blank", 1100, 900) else { return };
    for page in &pages {
        let mut backgrounds = Vec::new();
        for scheme in ["light", "dark"] {
            browser.set_media(&[("prefers-color-scheme", scheme)]);
            browser.navigate("about:blank");
            browser.navigate(page);
            browser.evaluate(CONTRAST);
            for picks in ["", "1221"] {
                let to_end =
                    format!("document.querySelectorAll('lane-stepper').forEach((one) => one.replay('{picks}'))");
                browser.evaluate(&to_end);
                assert_eq!(browser.evaluate("faint(document.body)"), json!([]), "{page} {scheme} {picks}");
            }
            backgrounds.push(browser.text("getComputedStyle(document.body).backgroundColor"));
        }
        assert_eq!(backgrounds, ["rgb(255, 255, 255)", "rgb(20, 22, 26)"], "{page}");
        for width in [1100, 700, 360] {
            browser.resize(width, 900);
            let overflow = browser.evaluate("document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
            assert!(overflow <= 0, "{page}: {overflow} px beyond a window of {width} px");
        }
    }
    browser.navigate(&pages[0]);
    browser.press("d");
    assert_eq!(browser.text("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)", "D changes it");
    browser.evaluate(CONTRAST);
    browser.evaluate("document.querySelector('h1').style.color = '#ccc'");
    assert_eq!(browser.evaluate("faint(document.body).length"), 1, "the twin: a text that is hard to read");
    assert_eq!(browser.problems(), [""; 0]);
}

/// Returns the badges of threads that cover a line's number or another badge.
const COVERED: &str = "[...document.querySelectorAll('lane-stepper li')].flatMap((line) => {
    const style = getComputedStyle(line), edge = line.getBoundingClientRect().left + parseFloat(style.borderLeftWidth) + parseFloat(style.paddingLeft);
    const boxes = [...line.querySelectorAll('.badge')].map((badge) => badge.getBoundingClientRect()).sort((a, b) => a.left - b.left);
    return boxes.filter((box, index) => box.right > (boxes[index + 1]?.left ?? edge) + 0.5).map((box) => `${line.textContent}: ${box.right}`); })";

#[test]
fn the_threads_stand_side_by_side_before_a_line() {
    let Some(mut browser) = Chromium::open("about:blank", 1100, 900) else { return };
    for threads in [1, 2, 4, 9] {
        let [shm, _] = two();
        let mut cell = cell(shm, 3.0);
        let Cell::Graded { grade, .. } = &mut cell else { panic!("it is graded") };
        let step =
            |thread: u64| json!({ "thread": thread, "op": "load", "value": 0, "line": 2, "object": 0, "after": 0 });
        grade["items"][1]["witness"]["threads"] = threads.into();
        grade["items"][1]["witness"]["steps"] = (1..=threads).map(step).collect();
        let page = feedback::page(&[shm], &row("ada", vec![cell]));
        browser.navigate(&url(&format!("feedback-of-{threads}.html"), &page));
        for width in [1100, 700, 360] {
            browser.resize(width, 900);
            assert_eq!(browser.evaluate("document.querySelectorAll('.badge').length"), threads);
            assert_eq!(browser.evaluate(COVERED), json!([]), "{threads} threads, {width} px");
        }
        browser.evaluate(CONTRAST);
        assert_eq!(browser.evaluate("faint(document.body)"), json!([]), "{threads} threads");
        browser.evaluate("steppers[0].replay(steppers[0].data.exhibit.picks)");
        assert_eq!(browser.evaluate("faint(document.body)"), json!([]), "{threads} threads, at the end");
    }
    browser.evaluate("steppers[0].replay('')");
    browser.evaluate("document.querySelectorAll('.badge').forEach((one) => { one.style.left = '60px' })");
    assert_eq!(browser.evaluate(&format!("{COVERED}.length")), 8, "the twin: all in one place");
    assert_eq!(browser.problems(), [""; 0]);
}

/// Returns the names in the table of students, from top to bottom.
const NAMES: &str = "[...document.querySelectorAll('#students tbody tr')].filter((row) => row.getClientRects().length).map((row) => row.querySelector('th').firstChild.textContent.trim()).join(' ')";

/// Clicks on the title of a column of the table of students.
fn sort(browser: &mut Chromium, column: usize) -> String {
    let button = format!("#students thead th:nth-child({column}) button");
    browser.evaluate(&format!("document.querySelector('{button}').scrollIntoView({{ block: 'center' }})"));
    browser.click(&button);
    browser.text(NAMES)
}

#[test]
fn an_instructor_sorts_and_filters_a_class() {
    let Some(mut browser) = Chromium::open(&url("class.html", &class_page()), 1100, 900) else { return };
    assert_eq!(browser.text("location.protocol"), "file:");
    assert_eq!(browser.text(NAMES), "bob Ada cleo dan eve");
    let ways = [
        (4, "eve cleo Ada bob dan"),
        (4, "dan bob Ada cleo eve"),
        (2, "eve cleo Ada dan bob"),
        (1, "Ada bob cleo dan eve"),
        (1, "eve dan cleo bob Ada"),
    ];
    for (column, names) in ways {
        assert_eq!(sort(&mut browser, column), names, "column {column}");
    }
    let sorted = "[...document.querySelectorAll('#students thead th')].map((one) => one.getAttribute('aria-sort'))";
    assert_eq!(browser.evaluate(sorted), json!(["descending", null, null, null]), "a screen reader is told");
    browser.press("Enter");
    assert_eq!(browser.text(NAMES), "Ada bob cleo dan eve", "the title has the focus, and Enter is a click");

    let id = two()[0].about.items[1].id;
    for (words, names, shown) in [
        ("LE", "cleo", "1 of 5 shown"),
        (id, "Ada cleo", "2 of 5 shown"),
        ("nothing like it", "", "0 of 5 shown"),
        ("", "Ada bob cleo dan eve", ""),
    ] {
        browser.evaluate("document.querySelector('.tools input').select()");
        browser.evaluate("document.querySelector('.tools input').focus()");
        browser.press_all(words);
        if words.is_empty() {
            browser.evaluate("(() => { const input = document.querySelector('.tools input'); input.value = ''; input.dispatchEvent(new Event('input')) })()");
        }
        assert_eq!(browser.text(NAMES), names, "{words:?}");
        assert_eq!(browser.text("document.querySelector('.tools [role=status]').textContent"), shown);
    }
    assert_eq!(browser.problems(), [""; 0]);

    // The twins: a page that compares numbers as texts, and one without its script.
    browser.navigate(&url("class-of-texts.html", &class_page().replace("Number(value)", "value")));
    assert_eq!(sort(&mut browser, 4), "eve bob cleo dan Ada");
    browser.navigate(&url("class-without.html", &class_page().replace("<script>", "<script type=x>")));
    assert_eq!(browser.text(NAMES), "bob Ada cleo dan eve", "a plain table");
    assert_eq!(browser.evaluate("document.querySelectorAll('button, input').length"), 0);
}

#[test]
fn firefox_steps_sorts_and_filters_too() {
    if browser::sampled("browsers opens the grader's pages", 2) > 1 {
        return;
    }
    let Some(mut browser) = Firefox::open(&url("feedback-in-firefox.html", &feedback_page()), 1100, 900) else {
        return;
    };
    browser.evaluate("document.querySelector('section').focus()");
    for _ in 0..4 {
        browser.press("ArrowRight");
    }
    let state = browser.text(STATE);
    assert!(state.contains("sold() returned 1, expected 2") && state.contains("4|store 1||1"), "{state}");
    assert_eq!(browser.problems(), [""; 0]);
    browser.navigate(&url("class-in-firefox.html", &class_page()));
    browser.evaluate("document.querySelector('#students thead th:nth-child(4) button').click()");
    assert_eq!(browser.text(NAMES), "eve cleo Ada bob dan");
    browser.evaluate("document.querySelector('.tools input').focus()");
    browser.press_all("cle");
    assert_eq!(browser.text(NAMES), "cleo");
    assert_eq!(browser.problems(), [""; 0]);
}

/// What an editor puts in the place of its variables when the exercise of lab-race is open.
const VARIABLES: [(&str, &str); 4] = [
    ("${relativeFileDirname}", "labs/data-race"),
    ("$ZED_RELATIVE_DIR", "labs/data-race"),
    ("${workspaceFolder}", "."),
    ("$ZED_WORKTREE_ROOT", "."),
];

fn editor_file(path: &str) -> Value {
    let text = fs::read_to_string(workspace::root().join(path)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the task that grades, from an editor's list of tasks.
fn task(path: &str) -> Value {
    let file = editor_file(path);
    let mut tasks = file.get("tasks").unwrap_or(&file).as_array().unwrap().iter();
    tasks.find(|task| task["label"] == "Grade this exercise").unwrap_or_else(|| panic!("{path}")).clone()
}

#[test]
fn editors_grade_the_exercise_that_is_open() {
    for path in [".vscode/tasks.json", ".zed/tasks.json"] {
        let task = task(path);
        let replaced =
            |text: &str| VARIABLES.iter().fold(text.to_string(), |text, (name, value)| text.replace(name, value));
        let folder = task["options"]["cwd"].as_str().or(task["cwd"].as_str()).map(replaced);
        assert_eq!((task["command"].as_str(), folder.as_deref()), (Some("cargo"), Some(".")), "{path}");
        let arguments: Vec<String> =
            task["args"].as_array().unwrap().iter().map(|one| replaced(one.as_str().unwrap())).collect();
        assert_eq!(arguments[0], "grade", "{path}");
        assert!(!arguments.iter().any(|one| one.contains('$')), "{path}: {arguments:?}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_grade"));
        let hint = command.args(&arguments[1..]).args(["--hint", "1"]).current_dir(workspace::root()).output().unwrap();
        let expected = exercise("race").unwrap().about.hints[0];
        let printed = String::from_utf8(hint.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(printed.contains(expected), "{path}: {printed}");
    }
    let recommended = editor_file(".vscode/extensions.json")["recommendations"].clone();
    assert!(recommended.as_array().unwrap().contains(&json!("rust-lang.rust-analyzer")), "{recommended}");
}

/// VS Code reads each line with this expression, and Chromium has the same engine.
#[test]
fn the_problem_matcher_catches_every_line_that_begins_with_a_place() {
    let Some(mut browser) = Chromium::open("about:blank", 800, 600) else { return };
    let matchers = task(".vscode/tasks.json")["problemMatcher"].clone();
    assert_eq!(matchers[0], "$rustc", "for the compiler's errors");
    let (matcher, pattern) = (&matchers[1], &matchers[1]["pattern"]);
    assert_eq!(matcher["fileLocation"], json!(["relative", "${workspaceFolder}"]));
    for (line, expected) in [
        (
            "labs/data-race/exercise.rs:27:9: model: the schedule begins here",
            json!(["labs/data-race/exercise.rs", "27", "9", "model: the schedule begins here"]),
        ),
        (
            "labs/data-race/exercise.rs:27: model: it is",
            json!(["labs/data-race/exercise.rs", "27", null, "model: it is"]),
        ),
        ("labs\\data-race\\exercise.rs:1:2: x", json!(["labs\\data-race\\exercise.rs", "1", "2", "x"])),
        ("race: 0 of 10 points (labs/data-race/exercise.rs)", Value::Null),
        (" --> labs/data-race/exercise.rs:27:9", Value::Null),
        ("first: the code panicked at labs/data-race/exercise.rs:27:9: boom", Value::Null),
        ("line 27: self.next.fetch_add(1, Relaxed)", Value::Null),
    ] {
        let groups = ["file", "line", "column", "message"].map(|name| pattern[name].clone());
        let script = format!(
            "(() => {{ const found = new RegExp({}).exec({}); return found && {}.map((group) => found[group] ?? null) }})()",
            pattern["regexp"],
            json!(line),
            json!(groups)
        );
        assert_eq!(browser.evaluate(&script), expected, "{line}");
    }
}
