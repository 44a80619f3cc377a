//! Formats a grade for people: one line per check. A failed check also gets a hint and the schedule on the submission's
//! own lines.

use crate::exercises::Exercise;
use crate::grade::{Grade, Graded, NOT_STARTED, of};
use crate::text::plain;
use crate::verdict::{Status, Verdict};
use common::format::wrap;
use common::witness::lanes;
use serde_json::Value;

const WIDTH: usize = 80;

/// Formats the whole grade of one exercise.
pub fn grade(exercise: &Exercise, grade: &Grade) -> String {
    plain(&whole(exercise, grade))
}

fn whole(exercise: &Exercise, grade: &Grade) -> String {
    let score: f64 = grade
        .items
        .iter()
        .filter(|item| item.status == Status::Pass)
        .map(|item| of(exercise, item).points)
        .sum::<f64>()
        + 0.0;
    let most: f64 = grade.items.iter().map(|item| of(exercise, item).points).sum();
    let mut text = format!("{}: {score} of {most} points ({})\n", exercise.name, exercise.file);
    let refused = match grade.verdict {
        Verdict::Graded => None,
        Verdict::DoesNotCompile => Some("It does not compile:"),
        Verdict::Rejected => Some("It was rejected before it was compiled:"),
        Verdict::Limit => Some("It exceeded a limit:"),
        Verdict::Error => Some("It could not be graded, because the grader failed:"),
    };
    if let Some(what) = refused {
        return text + &format!("{what}\n{}\n", grade.message);
    }
    if grade.message == NOT_STARTED {
        return text + &format!("Not started yet: edit {}.\n{}", exercise.file, first_hint(exercise));
    }
    for item in &grade.items {
        let mark = match item.status {
            _ if item.is_not_started() => "open",
            Status::Fail => "FAIL",
            status => status.name(),
        };
        let points = of(exercise, item).points;
        let earned = if item.status == Status::Pass { points } else { 0.0 };
        text += &format!("  {mark}  {earned} of {points}  {}: {}\n", item.id, of(exercise, item).title);
    }
    let missed = grade.items.iter().filter(|item| item.status != Status::Pass);
    for item in missed.clone().filter(|item| !item.is_not_started()) {
        text += &format!("\n{}\n", explanation(exercise, grade, item));
    }
    let open: Vec<&str> = missed.filter(|item| item.is_not_started()).map(|item| item.id).collect();
    if !open.is_empty() {
        text += &format!("\n{NOT_STARTED}: {}\n", open.join(", "));
    }
    if score < most {
        text + "\n" + &first_hint(exercise)
    } else if grade.items.len() == exercise.about.items.len() {
        text + &learned(exercise)
    } else {
        text
    }
}

/// Formats a hint of an exercise, counted from 1, and names the command for the next one.
pub fn hint(exercise: &Exercise, number: usize) -> String {
    let text = wrap(&format!("{number}. {}", exercise.about.hints[number - 1]), WIDTH, "   ") + "\n";
    if number == exercise.about.hints.len() {
        return text;
    }
    text + &format!("The next hint: cargo grade {} --hint {}\n", exercise.name, number + 1)
}

fn first_hint(exercise: &Exercise) -> String {
    format!("A hint: cargo grade {} --hint 1\n", exercise.name)
}

/// Formats what the solution teaches, and what comes next.
fn learned(exercise: &Exercise) -> String {
    let text = format!("\n{}\n", wrap(exercise.about.learned, WIDTH, ""));
    match exercise.next() {
        Some(next) => text + &format!("Next: {} ({}/README.md)\n", next.name, next.folder),
        None => text + "This was the last exercise.\n",
    }
}

fn explanation(exercise: &Exercise, grade: &Grade, item: &Graded) -> String {
    let end = if item.message.ends_with(['.', '?']) { "" } else { "." };
    let mut text = wrap(&format!("{}: {}{end}", item.id, item.message), WIDTH, "") + "\n";
    if let Some(witness) = &item.witness {
        text += &lanes(witness, &grade.text);
    }
    text += &wrap(&format!("hint: {}", of(exercise, item).hint), WIDTH, "      ");
    text + &format!("\nrun again: cargo grade {} --only {}", exercise.name, item.id)
}

/// Formats a schedule: one column per thread, one row per step, and the whole source line.
pub fn lanes(witness: &Value, source: &str) -> String {
    if witness["steps"].as_array().is_none_or(Vec::is_empty) {
        return String::new();
    }
    let line = |step: &Value| match step["line"].as_u64().unwrap_or(0) as usize {
        0 => Some("(the check)".to_string()),
        line => source.lines().nth(line - 1).map(|line| line.trim().to_string()),
    };
    let note = if witness["replayable"] == false {
        "Under C++20 threads can see different values, so no value in memory is shown.\n"
    } else {
        ""
    };
    format!("\n{}{note}\n", lanes::schedule(witness, line))
}

/// Formats a student's progress, one line per exercise.
pub fn progress(grades: &[(&Exercise, Grade)]) -> String {
    let mut text = String::new();
    let (mut earned, mut all) = (0.0, 0.0);
    for (exercise, grade) in grades {
        let score: f64 = grade
            .items
            .iter()
            .filter(|item| item.status == Status::Pass)
            .map(|item| of(exercise, item).points)
            .sum::<f64>()
            + 0.0;
        let tenth = (score / exercise.points() * 10.0).round() as usize;
        text += &format!(
            "  {:<9} {}{} {score:>4} of {}\n",
            exercise.name,
            "#".repeat(tenth),
            ".".repeat(10 - tenth.min(10)),
            exercise.points()
        );
        (earned, all) = (earned + score, all + exercise.points());
    }
    format!("Progress: {earned} of {all} points\n{text}")
}
