//! Summarises a class: a CSV file with one row per student, and a page that shows which checks each student fails and
//! which failures are most frequent.

use crate::exercises::EXERCISES;
use crate::sandbox::Isolation;
use crate::submission::Submission;
use crate::verdict::{Status, Verdict};
use maud::{DOCTYPE, PreEscaped, html};
use serde_json::Value;
use std::collections::BTreeMap;

type Grades<'a> = BTreeMap<&'a str, Vec<(&'a Submission, Value)>>;

/// Builds the CSV file `student,race,mutex,...,total`. The field of an exercise is empty if the student has not handed
/// it in.
pub fn csv(grades: &Grades<'_>) -> String {
    let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
    let mut text = format!("student,{},total\n", names.join(","));
    for (student, grades) in grades {
        let score = |name: &&str| {
            grades
                .iter()
                .find(|(submission, _)| submission.exercise.name == *name)
                .map(|(_, grade)| grade["score"].to_string())
        };
        let total: f64 = grades.iter().filter_map(|(_, grade)| grade["score"].as_f64()).sum();
        let scores: Vec<String> = names.iter().map(|name| score(name).unwrap_or_default()).collect();
        text += &format!("{},{},{total}\n", field(student), scores.join(","));
    }
    text
}

/// Quotes a field as in RFC 4180. Prefixes a name that a spreadsheet would execute as a formula with an apostrophe.
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_string() };
    if text.contains(['"', ',', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

const STYLE: &str = "body { font: 16px/1.45 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; } th, td { border: 1px solid #767676; padding: 4px 10px; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; } .full { background: #d9f0e6; } .some { background: #fdf0d0; } .none { background: #f9dede; }
pre { background: #f4f4f2; padding: 10px; overflow-x: auto; }";

/// Builds the summary of a class as an HTML page.
pub fn page(grades: &Grades<'_>) -> String {
    let count = grades.values().map(Vec::len).sum::<usize>();
    let failures = failures(grades);
    html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Grades" } style { (PreEscaped(STYLE)) } }
            body {
                h1 { "Grades" }
                p { (counted(grades.len(), "student")) ", " (counted(count, "submission")) "." }
                @for (isolation, less) in less_than_full(grades) {
                    p { strong { "Not graded in the full sandbox: " (less) " of " (count) ", " (isolation) "." } }
                }
                h2 { "Scores by student" }
                p { "Point at a score to see which checks failed." }
                table {
                    tr { th { "student" } @for exercise in EXERCISES { th { (exercise.name) } } }
                    @for (student, grades) in grades {
                        tr {
                            th scope="row" { (student) }
                            @for exercise in EXERCISES {
                                @match grades.iter().find(|(submission, _)| submission.exercise.name == exercise.name) {
                                    Some((_, grade)) => { td class={ "number " (class_of(grade)) } title=(failed(grade)) { (grade["score"]) @if let Some(verdict) = Verdict::of(grade).filter(|verdict| *verdict != Verdict::Graded) { " " (verdict.name()) } } }
                                    None => { td { "–" } }
                                }
                            }
                        }
                    }
                }
                h2 { "Most frequent failures" }
                table {
                    tr { th { "submissions" } th { "exercise" } th { "check" } th { "message" } th { "schedule" } }
                    @for ((exercise, item, message, schedule), count) in failures.iter().take(20) {
                        tr { td.number { (count) } td { (exercise) } td { (item) } td { (message) } td { @if !schedule.is_empty() { pre { (schedule) } } } }
                    }
                }
            }
        }
    }
    .into_string()
}

/// Formats a count with its noun: `1 student`, `2 students`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn class_of(grade: &Value) -> &'static str {
    match grade["score"].as_f64() {
        Some(score) if Some(score) == grade["max_score"].as_f64() => "full",
        Some(score) if score > 0.0 => "some",
        _ => "none",
    }
}

fn failed(grade: &Value) -> String {
    let items = grade["items"].as_array().into_iter().flatten();
    items
        .filter(|item| Status::of(item) != Some(Status::Pass))
        .filter_map(|item| item["id"].as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

type Failure = (String, String, String, String);

/// Returns the different failures and how often each occurs, the most frequent first. Schedules that differ only in line
/// numbers count as the same.
fn failures(grades: &Grades<'_>) -> Vec<(Failure, usize)> {
    let mut counts: BTreeMap<Failure, usize> = BTreeMap::new();
    for (submission, grade) in grades.values().flatten() {
        for item in
            grade["items"].as_array().into_iter().flatten().filter(|item| Status::of(item) != Some(Status::Pass))
        {
            let steps = item["witness"]["steps"].as_array().into_iter().flatten();
            let schedule = steps.map(|step| {
                format!("T{} {} {}", step["thread"], step["op"].as_str().unwrap_or_default(), step["value"])
            });
            let first_line =
                |name: &str| item[name].as_str().unwrap_or_default().lines().next().unwrap_or_default().to_string();
            let name = submission.exercise.name.to_string();
            *counts
                .entry((name, first_line("id"), first_line("message"), schedule.collect::<Vec<_>>().join("\n")))
                .or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(failure, count)| (std::cmp::Reverse(*count), failure.clone()));
    counts
}

/// Counts the submissions that were graded outside the full sandbox, by isolation.
fn less_than_full<'a>(grades: &'a Grades<'_>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for isolation in grades.values().flatten().filter_map(|(_, grade)| grade["isolation"].as_str()) {
        *counts.entry(isolation).or_default() += usize::from(isolation != Isolation::Full.name());
    }
    counts.retain(|_, count| *count > 0);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_not_graded_in_the_full_sandbox_is_said_on_the_page() {
        let submission = Submission { student: "ada".into(), exercise: &EXERCISES[0], file: "x.rs".into() };
        let shown = |isolation: Isolation| {
            let grade = json!({ "isolation": isolation.name(), "items": [], "score": 1.0, "verdict": "graded" });
            page(&BTreeMap::from([("ada", vec![(&submission, grade)])]))
        };
        assert!(shown(Isolation::Reduced).contains("Not graded in the full sandbox: 1 of 1, reduced: Landlock"));
        assert!(!shown(Isolation::Full).contains("Not graded in the full sandbox"));
    }

    /// A browser ignores the second attribute of the same name, so a cell with two classes in two attributes has no colour.
    #[test]
    fn each_score_has_the_colour_of_its_class() {
        let submission = Submission { student: "ada".into(), exercise: &EXERCISES[0], file: "x.rs".into() };
        for (score, class) in [(10.0, "full"), (3.0, "some"), (0.0, "none")] {
            let grade =
                json!({ "isolation": "full", "items": [], "score": score, "max_score": 10.0, "verdict": "graded" });
            let page = page(&BTreeMap::from([("ada", vec![(&submission, grade)])]));
            assert!(page.contains(&format!("class=\"number {class}\"")), "{page}");
            assert!(page.split('<').all(|tag| tag.matches(" class=").count() < 2), "{page}");
        }
    }

    #[test]
    fn a_name_is_a_field_and_not_a_formula() {
        assert_eq!(field("ada"), "ada");
        assert_eq!(field("Lovelace, Ada"), "\"Lovelace, Ada\"");
        assert_eq!(field("=cmd()"), "'=cmd()");
        assert_eq!(field("a\"b"), "\"a\"\"b\"");
    }
}
