use super::*;
use crate::exercises::{EXERCISES, Item, item};
use serde_json::json;

const ITEMS: &[Item] = &[
    item("first", 1.0, "The first part holds", "Look at the first part."),
    item("second", 0.5, "The second part holds", "Look at the second part."),
];

fn exercise(items: &'static [Item]) -> Exercise {
    let mut about = EXERCISES[0].about;
    (about.items, about.learned) = (items, "You learned it.");
    Exercise { name: "toy", folder: "labs/toy", file: "labs/toy/exercise.rs", driver: "", about }
}

fn graded(id: &'static str, status: Status, message: &str, witness: Option<Value>) -> Graded {
    Graded { id, status, message: message.to_string(), cause: Cause::of(status, message), witness }
}

fn grade_with(items: Vec<Graded>) -> Grade {
    let text = "fn f() {\n    self.next.fetch_add(1, Relaxed);\n    panic!();\n}\n".to_string();
    Grade { verdict: Verdict::Graded, message: String::new(), items, text, seconds: 0.0 }
}

fn witness(steps: &Value) -> Value {
    json!({ "threads": 2, "increments": 1, "expected": 2, "final": 1, "replayable": true, "steps": steps })
}

/// The check's own step, then steps on lines 2 and 3.
fn steps() -> Value {
    json!([
        { "thread": 1, "op": "read", "value": 0, "line": 0, "object": 1 },
        { "thread": 1, "op": "fetch_add", "value": 1, "line": 2, "column": 15, "object": 0, "after": 1 },
        { "thread": 2, "op": "compare_exchange", "value": 7, "line": 3, "column": 5, "object": 0, "after": 1, "succeeded": false },
    ])
}

#[test]
fn a_hint_is_printed_only_for_wrong_behaviour() {
    let exercise = exercise(ITEMS);
    let shown = |item: Graded| grade(&exercise, &grade_with(vec![item]));
    let hint = ITEMS[0].hint;
    let wrong = shown(graded("first", Status::Fail, "f() returned 1, expected 2", Some(witness(&steps()))));
    assert_eq!(wrong.matches(hint).count(), 1, "{wrong}");
    assert!(!wrong.contains("hint:") && wrong.ends_with("\n\nStuck? cargo grade toy --hint 1\n"), "{wrong}");
    assert!(!wrong.contains(ITEMS[1].hint), "that of another item: {wrong}");

    let other = |message: &str| Graded { cause: Cause::Other, ..graded("first", Status::Fail, message, None) };
    for item in [
        graded("first", Status::Pass, "", None),
        graded("first", Status::Inconclusive, "not decided: too many states", None),
        graded("first", Status::NotMeasured, "", None),
        graded("first", Status::Fail, "the code panicked: exercise.rs:3:5: boom", Some(witness(&steps()))),
        other("the check took longer than 20 s"),
        other("the stack overflowed"),
        other(NOT_STARTED),
    ] {
        let shown = shown(item);
        assert!(!shown.contains(hint), "{shown}");
    }
    for verdict in [Verdict::DoesNotCompile, Verdict::Rejected, Verdict::Limit, Verdict::Error] {
        let items = vec![graded("first", Status::Fail, "why", None)];
        let shown = grade(&exercise, &Grade { verdict, message: "why".into(), ..grade_with(items) });
        assert!(!shown.contains(hint) && !shown.contains("hint"), "{shown}");
    }
}

#[test]
fn points_agree_with_their_number() {
    for (items, first_line) in [
        (ITEMS, "toy: 0 of 1.5 points (labs/toy/exercise.rs)"),
        (&ITEMS[..1], "toy: 0 of 1 point (labs/toy/exercise.rs)"),
        (&ITEMS[..0], "toy: 0 of 0 points (labs/toy/exercise.rs)"),
    ] {
        let (exercise, all) = (exercise(items), items.iter().map(|item| graded(item.id, Status::Fail, "x", None)));
        let grade = grade_with(all.collect());
        assert_eq!(super::grade(&exercise, &grade).lines().next(), Some(first_line));
        let all = if items.is_empty() { "0 points" } else { &first_line["toy: 0 of ".len()..first_line.len() - 23] };
        let progress = progress(&[(&exercise, grade)]);
        assert!(progress.starts_with(&format!("Progress: 0 of {all}\n")), "{progress}");
        assert!(items.is_empty() || progress.contains("toy       .......... "), "{progress}");
    }
}

/// An editor's problem matcher, and a terminal, open `PATH:LINE:COLUMN` at the start of a line.
#[test]
fn the_first_step_and_a_panic_are_where_an_editor_opens_them() {
    let exercise = exercise(ITEMS);
    let file = File { path: "work/mine.rs".into(), is_given: true };
    let shown = |message: &str, witness: Option<Value>| {
        grade_of(&exercise, &grade_with(vec![graded("first", Status::Fail, message, witness)]), &file)
    };
    let of = |steps: Value| Some(witness(&steps));
    let has = |shown: &str, line: &str| assert!(shown.lines().any(|one| one == line), "{line}\n---\n{shown}");
    let lost = shown("an update is lost", of(steps()));
    has(&lost, "work/mine.rs:2:15: first: the schedule begins here");
    has(&lost, "run again: cargo grade toy --only first --submission work/mine.rs");
    let mut without = steps();
    without.as_array_mut().unwrap().iter_mut().for_each(|step| drop(step.as_object_mut().unwrap().remove("column")));
    has(&shown("an update is lost", of(without)), "work/mine.rs:2: first: the schedule begins here");
    let of_the_check = shown("wrong", of(json!([{ "thread": 1, "op": "read", "value": 0, "line": 0 }])));
    assert!(
        !of_the_check.contains("the schedule begins here") && !shown("wrong", None).contains("here"),
        "{of_the_check}"
    );

    let panic = shown("the code panicked: /src/exercise.rs:3:5: boom", of(steps()));
    has(&panic, "work/mine.rs:3:5: first: the code panicked: boom.");
    assert!(!panic.contains("the schedule begins here"), "{panic}");
    let of_a_case = shown("5 numbers: the code panicked: exercise.rs:3:5: boom", None);
    has(&of_a_case, "work/mine.rs:3:5: first: 5 numbers: the code panicked: boom.");
    assert!(!of_a_case.contains(ITEMS[0].hint), "{of_a_case}");
    has(&shown("the code panicked: boom", of(steps())), "work/mine.rs:3:5: first: the last step");
    assert!(!shown("the code panicked: boom", None).contains("mine.rs:"));

    // The compiler's and the scan's errors.
    let message = "error: x\n --> exercise.rs:27:9\n/src/exercise.rs:1:2: no\nnot_exercise.rs:1:2, a/exercise.rs:1, exercise.rs: it";
    let grade = Grade { verdict: Verdict::DoesNotCompile, message: message.into(), ..grade_with(Vec::new()) };
    let shown = grade_of(&exercise, &grade, &file);
    let tail = "error: x\n --> work/mine.rs:27:9\nwork/mine.rs:1:2: no\nnot_exercise.rs:1:2, a/exercise.rs:1, exercise.rs: it\n";
    assert!(shown.ends_with(tail), "{shown}");
    assert!(super::grade(&exercise, &grade).contains(" --> labs/toy/exercise.rs:27:9\n"));
}

#[test]
fn a_given_path_is_quoted_if_a_shell_would_split_it() {
    for (path, word) in [("a/b-c.rs", "a/b-c.rs"), ("a b.rs", "'a b.rs'"), ("it's.rs", "'it'\\''s.rs'"), ("$x", "'$x'")]
    {
        assert_eq!(quoted(path), word);
    }
}

#[test]
fn a_schedule_shows_failed_exchanges_and_memory_within_80_columns() {
    let exercise = exercise(ITEMS);
    let item = graded("first", Status::Fail, "an update is lost", Some(witness(&steps())));
    let shown = grade(&exercise, &grade_with(vec![item]));
    let table = "\
step  thread 1        thread 2                     memory  line
1     T1 read 0       |                            -       -
2     T1 fetch_add 1  |                            1       2
3     |               T2 compare_exchange 7 fails  1       3

line 2: self.next.fetch_add(1, Relaxed);
line 3: panic!();
";
    assert!(shown.contains(table), "{shown}");
}

/// More threads than fit beside each other, and numbers with many digits.
#[test]
fn no_schedule_is_wider_than_a_terminal() {
    let step = |thread: u64, value: u64| {
        json!({ "thread": thread, "op": "compare_exchange_weak", "value": value, "line": 2, "object": thread,
                "after": value, "succeeded": thread != 2 })
    };
    for (threads, value) in [(1, 1), (2, 1), (3, 1), (8, 1), (8, u64::MAX)] {
        let mut witness = witness(&(1..=threads).map(|thread| step(thread, value)).collect());
        witness["threads"] = threads.into();
        let long = format!("a\n{}.fetch_add(1, Relaxed);\n", "self.a_field ".repeat(20));
        let shown = lanes(&witness, &long);
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{threads} {value}\n{shown}");
        let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        let failed = threads >= 2;
        assert_eq!(flat.contains(&format!("T2 compare_exchange_weak {value} fails")), failed, "{shown}");
        assert!(flat.contains(&format!("line 2: {}.fetch_add(1, Relaxed);", "self.a_field ".repeat(20))), "{shown}");
        assert_eq!(flat.contains("step operation"), threads > 2, "{shown}");
    }
}
