//! Formats a grade for people: one line per check. A failed check is explained: the schedule on the submission's own
//! lines, where an editor opens it, and what to think about if the check found wrong behaviour.

use crate::exercises::Exercise;
use crate::grade::{Grade, Graded, NOT_STARTED, of};
use crate::text::{counted, plain, sentence};
use crate::verdict::{Cause, Status, Verdict};
use common::format::wrap;
use common::witness::lanes;
use serde_json::Value;
use std::ops::Range;

const WIDTH: usize = 80;

/// The file's name in the compiler's messages, in panics and in schedules.
const SUBMISSION: &str = "exercise.rs";

/// The graded file, as its reader names it.
#[derive(Clone, Debug)]
pub struct File {
    /// The path that the reader's terminal or editor opens.
    pub path: String,
    /// Whether a command must name it with `--submission`.
    pub is_given: bool,
}

/// Formats the whole grade of one exercise, for a reader in the workspace's folder.
pub fn grade(exercise: &Exercise, grade: &Grade) -> String {
    grade_of(exercise, grade, &File { path: exercise.file.to_string(), is_given: false })
}

/// Formats the whole grade of one file.
pub fn grade_of(exercise: &Exercise, grade: &Grade, file: &File) -> String {
    plain(&whole(exercise, grade, file))
}

/// Returns the points of the items that pass.
fn score(exercise: &Exercise, grade: &Grade) -> f64 {
    let passed = grade.items.iter().filter(|item| item.status == Status::Pass);
    passed.map(|item| of(exercise, item).points).sum::<f64>() + 0.0
}

fn whole(exercise: &Exercise, grade: &Grade, file: &File) -> String {
    let score = score(exercise, grade);
    let most = grade.items.iter().map(|item| of(exercise, item).points).sum::<f64>() + 0.0;
    let mut text = format!("{}: {score} of {} ({})\n", exercise.name, counted(most, "point"), file.path);
    let refused = match grade.verdict {
        Verdict::Graded => None,
        Verdict::DoesNotCompile => Some("It does not compile:"),
        Verdict::Rejected => Some("It was rejected before it was compiled:"),
        Verdict::Limit => Some("It exceeded a limit:"),
        Verdict::Error => Some("It could not be graded, because the grader failed:"),
    };
    if let Some(what) = refused {
        return text + &format!("{what}\n{}\n", located(&grade.message, &file.path));
    }
    if grade.message == NOT_STARTED {
        return text + &format!("Not started yet: edit {}.\n{}", file.path, stuck(exercise));
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
        text += &format!("\n{}\n", explanation(exercise, grade, item, file));
    }
    let open: Vec<&str> = missed.filter(|item| item.is_not_started()).map(|item| item.id).collect();
    if !open.is_empty() {
        text += &format!("\n{NOT_STARTED}: {}\n", open.join(", "));
    }
    if score < most {
        text + "\n" + &stuck(exercise)
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

/// Names the command that helps on the way to the solution.
fn stuck(exercise: &Exercise) -> String {
    format!("Stuck? cargo grade {} --hint 1\n", exercise.name)
}

/// Formats what the solution teaches, and what comes next.
fn learned(exercise: &Exercise) -> String {
    let text = format!("\n{}\n", wrap(exercise.about.learned, WIDTH, ""));
    match exercise.next() {
        Some(next) => text + &format!("Next: {} ({}/README.md)\n", next.name, next.folder),
        None => text + "This was the last exercise.\n",
    }
}

/// Explains why an item does not pass. The item's hint is a part of it only if the check found wrong behaviour: what
/// panics or exceeds a limit has another reason.
fn explanation(exercise: &Exercise, grade: &Grade, item: &Graded, file: &File) -> String {
    let message = |text: &str| format!("{}: {}", item.id, sentence(&located(text, &file.path)));
    let panic = places(&item.message).next().filter(|_| item.cause == Cause::Panic);
    let mut text = match &panic {
        Some((name, at)) => {
            let (before, after) = (&item.message[..name.start], &item.message[name.end + 1 + at.len()..]);
            let said = format!("{before}{}", after.trim_start_matches([':', ' ']));
            wrap(&format!("{}:{at}: {}", file.path, message(&said)), WIDTH, "")
        }
        None => wrap(&message(&item.message), WIDTH, ""),
    };
    text += "\n";
    if let Some((at, what)) = step(item).filter(|_| panic.is_none()) {
        text += &format!("\n{}:{at}: {}: {what}\n", file.path, item.id);
    }
    if let Some(witness) = &item.witness {
        text += &lanes(witness, &grade.text);
    }
    if item.cause == Cause::Behaviour {
        let gap = if text.ends_with("\n\n") { "" } else { "\n" };
        text += &format!("{gap}{}\n", wrap(of(exercise, item).hint, WIDTH, ""));
    }
    text += &format!("run again: cargo grade {} --only {}", exercise.name, item.id);
    if file.is_given {
        text += &format!(" --submission {}", quoted(&file.path));
    }
    text
}

/// Quotes a path for a shell, if it needs that.
fn quoted(path: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || "/\\:._-+,@%".contains(one);
    if path.chars().all(is_plain) { path.to_string() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// Returns the line and column of a step that an editor opens, and which step it is: the first on a line of the
/// submission, or the last one before a panic.
fn step(item: &Graded) -> Option<(String, &'static str)> {
    let steps = item.witness.as_ref().and_then(|witness| witness["steps"].as_array());
    let mut steps = steps.into_iter().flatten().filter(|step| step["line"].as_u64().is_some_and(|line| line > 0));
    let (step, what) = match item.cause {
        Cause::Panic => (steps.next_back()?, "the last step"),
        Cause::Behaviour | Cause::Other => (steps.next()?, "the schedule begins here"),
    };
    let column = step["column"].as_u64().map_or(String::new(), |column| format!(":{column}"));
    Some((format!("{}{column}", step["line"]), what))
}

/// Replaces the submission's name by its path, wherever a line of it is named.
fn located(message: &str, path: &str) -> String {
    let (mut text, mut done) = (String::new(), 0);
    for (name, _) in places(message) {
        text += &message[done..name.start];
        text += path;
        done = name.end;
    }
    text + &message[done..]
}

/// Finds the places in a message, such as `exercise.rs:27:9`: where the name is, and what follows its colon.
fn places(message: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    message.match_indices(SUBMISSION).filter_map(|(at, name)| {
        let end = at + name.len();
        // In the sandbox the file is in this folder.
        let before = message[..at].strip_suffix("/src/").unwrap_or(&message[..at]);
        let is_whole = !before.ends_with(|one: char| one.is_alphanumeric() || "/\\._-".contains(one));
        let rest = message[end..].strip_prefix(':')?;
        let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let line = number(rest);
        let column = rest[line..].strip_prefix(':').map(number).filter(|digits| *digits > 0);
        let numbers = line + column.map_or(0, |digits| digits + 1);
        (is_whole && line > 0).then_some((before.len()..end, &rest[..numbers]))
    })
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
        let score = score(exercise, grade);
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
    format!("Progress: {earned} of {}\n{text}", counted(all, "point"))
}

#[cfg(test)]
mod tests;
