//! Summarises a class: a CSV file with one row per student, and a page that shows which checks each student fails and
//! which failures are most frequent.

use crate::exercises::Exercise;
use crate::page;
use crate::render;
use crate::sandbox::Isolation;
use crate::submission::Student;
use crate::text::{address, counted, field, sentence};
use crate::verdict::{Status, Verdict};
use common::witness::lanes;
use maud::{Markup, html};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A class: the exercises, and a row for each student.
#[derive(Debug)]
pub struct Summary {
    /// The exercises that are graded.
    pub exercises: Vec<&'static Exercise>,
    /// The students, in the order of their names.
    pub rows: Vec<Row>,
}

/// A student, and a cell for each exercise.
#[derive(Debug)]
pub struct Row {
    /// The student of this row.
    pub student: Student,
    /// The cells, in the order of the exercises.
    pub cells: Vec<Cell>,
}

/// What is known of one student's exercise.
#[derive(Debug)]
pub enum Cell {
    /// The student has not handed it in.
    Missing,
    /// It was handed in, and no grader has graded this text yet.
    Waiting,
    /// It could not be graded, for this reason, which is not the student's.
    Failed(String),
    /// The grader has a verdict on it.
    Graded {
        /// The grade as a document, `labs/grade/1`.
        grade: Value,
        /// The text that was handed in, if it is text.
        source: Option<String>,
        /// The feedback on this exercise.
        feedback: String,
    },
}

impl Cell {
    /// Returns the grade, if there is one.
    pub fn grade(&self) -> Option<&Value> {
        if let Self::Graded { grade, .. } = self { Some(grade) } else { None }
    }

    /// Returns the points: 0 if nothing was handed in, and `None` if it is not graded.
    fn score(&self) -> Option<f64> {
        match self {
            Self::Missing => Some(0.0),
            Self::Waiting | Self::Failed(_) => None,
            Self::Graded { grade, .. } => grade["score"].as_f64(),
        }
    }

    /// Returns the class of the cell on the page.
    fn class(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Waiting | Self::Failed(_) => "failed",
            Self::Graded { grade, .. } => match grade["score"].as_f64() {
                Some(score) if Some(score) == grade["max_score"].as_f64() => "full",
                Some(score) if score > 0.0 => "some",
                _ => "none",
            },
        }
    }

    /// Returns the items that were graded.
    fn items(&self) -> impl Iterator<Item = &Value> {
        self.grade().and_then(|grade| grade["items"].as_array()).into_iter().flatten()
    }

    /// Returns the items that do not pass.
    pub fn failed_items(&self) -> impl Iterator<Item = &Value> {
        self.items().filter(|item| Status::of(item) != Some(Status::Pass))
    }
}

impl Row {
    /// Returns the sum of all points. `None` if a submission is not graded, because then the sum is not final.
    pub fn total(&self) -> Option<f64> {
        self.cells.iter().map(Cell::score).sum::<Option<f64>>().map(|sum| sum + 0.0)
    }

    fn has_submission(&self) -> bool {
        self.cells.iter().any(|cell| !matches!(cell, Cell::Missing))
    }
}

impl Summary {
    /// Returns the points of all exercises.
    fn points(&self) -> f64 {
        self.exercises.iter().map(|exercise| exercise.points()).sum::<f64>() + 0.0
    }

    /// Returns each cell with its exercise and its student.
    fn cells(&self) -> impl Iterator<Item = (&'static Exercise, &Student, &Cell)> {
        self.rows.iter().flat_map(|row| {
            self.exercises.iter().zip(&row.cells).map(|(exercise, cell)| (*exercise, &row.student, cell))
        })
    }
}

/// Builds the CSV file `student,race,mutex,...,total`. The field of an exercise is empty if the student has not handed
/// it in. A submission that is not graded has words instead of points, and its student has no total.
pub fn csv(summary: &Summary) -> String {
    let names: Vec<&str> = summary.exercises.iter().map(|exercise| exercise.name).collect();
    let mut text = format!("student,{},total\n", names.join(","));
    for row in &summary.rows {
        let cell = |cell: &Cell| match cell {
            Cell::Missing => String::new(),
            Cell::Waiting => "not graded yet".to_string(),
            Cell::Failed(_) => "could not be graded".to_string(),
            Cell::Graded { .. } => cell.score().map_or(String::new(), |score| score.to_string()),
        };
        let cells: Vec<String> = row.cells.iter().map(cell).collect();
        let total = row.total().map_or(String::new(), |total| total.to_string());
        text += &format!("{},{},{total}\n", field(&row.student.name), cells.join(","));
    }
    text
}

/// Builds the summary of a class as an HTML page.
pub fn page(summary: &Summary) -> String {
    let handed_in = summary.cells().filter(|(.., cell)| !matches!(cell, Cell::Missing)).count();
    let without = summary.rows.iter().filter(|row| !row.has_submission()).count();
    let content = html! {
        h1 { "Grades" }
        p {
            (counted(summary.rows.len(), "student")) ", " (counted(handed_in, "submission")) "."
            @if without > 0 { " " (counted(without, "student")) " handed in nothing." }
        }
        @for (isolation, less) in less_than_full(summary) {
            p { strong { "Not graded in the full sandbox: " (less) " of " (handed_in) ", " (isolation) "." } }
        }
        @let trouble = summary.cells().filter(|(.., cell)| matches!(cell, Cell::Failed(_))).count();
        @if trouble > 0 { p { strong { (counted(trouble, "submission")) " could not be graded: run the command again." } } }
        (totals(summary))
        h2 { "Scores by student" }
        p { "A score links to its grade. The words below it name the checks that do not pass. – means that nothing was handed in." }
        div.scroll tabindex="0" role="region" aria-label="Scores by student" { (students(summary)) }
        h2 { "Difficulty" }
        p { "The share of the submissions that pass each check." }
        div.scroll tabindex="0" role="region" aria-label="Difficulty" { (difficulty(summary)) }
        h2 { "Most frequent failures" }
        p { "Schedules of the same shape count as one: the same operations of the same threads, whatever the values and lines." }
        @for failure in failures(summary).iter().take(20) { (failure.markup()) }
    };
    page::page("Grades", "grades", "", &content, include_str!("../assets/class.js"))
}

/// Shows the median and a bar for each tenth of the points.
fn totals(summary: &Summary) -> Markup {
    let most = summary.points();
    let mut totals: Vec<f64> = summary.rows.iter().filter_map(Row::total).collect();
    totals.sort_by(f64::total_cmp);
    let mut bars = [0; 10];
    for total in &totals {
        bars[((total / most * 10.0) as usize).min(9)] += 1;
    }
    let highest = bars.iter().copied().max().unwrap_or(0).max(1);
    let name = |index: usize| {
        let end = if index == 9 { "100" } else { &format!("{}", index * 10 + 9) };
        format!("{}–{end} %", index * 10)
    };
    html! {
        h2 { "Totals" }
        @if let Some(median) = median(&totals) { p { "The median is " (median) " of " (counted(most, "point")) "." } }
        ul.bars {
            @for (index, count) in bars.iter().enumerate().rev() {
                li { span { (name(index)) } span.bar style=(format!("width:{}%", count * 100 / highest)) {} span { (counted(*count, "student")) } }
            }
        }
    }
}

/// Returns the median of sorted numbers.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { (sorted[middle - 1] + upper) / 2.0 })
}

fn students(summary: &Summary) -> Markup {
    html! {
        table #students {
            thead { tr {
                th scope="col" { "student" }
                @for exercise in &summary.exercises { th scope="col" { (exercise.name) } }
                th scope="col" { "total of " (summary.points()) }
            } }
            tbody {
                @for row in &summary.rows {
                    @let fails: Vec<&str> = row.cells.iter().flat_map(Cell::failed_items).filter_map(|item| item["id"].as_str()).collect();
                    tr data-fails=(fails.join(" ")) {
                        th.name scope="row" {
                            (row.student.name)
                            span.links {
                                a href=(address(&[&row.student.folder, "feedback.html"])) { "feedback" } " "
                                a href=(address(&[&row.student.folder, "feedback.txt"])) { "text" }
                            }
                        }
                        @for (exercise, cell) in summary.exercises.iter().zip(&row.cells) { (score(exercise, &row.student, cell)) }
                        @match row.total() {
                            Some(total) => { td.number data-value=(total) { strong { (total) } } }
                            None => { td.failed data-value="-2" { "not final" } }
                        }
                    }
                }
            }
        }
    }
}

fn score(exercise: &Exercise, student: &Student, cell: &Cell) -> Markup {
    let link = |end: &str| address(&[&student.folder, &format!("{}.{end}", exercise.name)]);
    let value = match cell {
        Cell::Missing => -1.0,
        _ => cell.score().unwrap_or(-2.0),
    };
    html! {
        td class=(cell.class()) data-value=(value) {
            @match cell {
                Cell::Missing => { "–" }
                Cell::Waiting => { "not graded yet" }
                Cell::Failed(reason) => { "could not be graded" span.why { (reason) } }
                Cell::Graded { grade, source, .. } => {
                    a href=(link("json")) { (grade["score"].as_f64().unwrap_or(0.0)) }
                    @if source.is_some() { " " a href=(link("rs")) { "rs" } }
                    @match Verdict::of(grade) {
                        Some(Verdict::Graded) | None => {
                            @let fails: Vec<&str> = cell.failed_items().filter_map(|item| item["id"].as_str()).collect();
                            @if !fails.is_empty() { span.why { (fails.join(", ")) } }
                        }
                        Some(verdict) => { span.why { (verdict.name()) } }
                    }
                }
            }
        }
    }
}

fn difficulty(summary: &Summary) -> Markup {
    let mut shares: Vec<(&str, &str, &str, usize, usize)> = Vec::new();
    for exercise in &summary.exercises {
        let cells = || summary.cells().filter(|(one, ..)| one.name == exercise.name);
        let graded = cells().filter(|(.., cell)| cell.grade().is_some()).count();
        for item in exercise.about.items {
            let is_it = |one: &&Value| one["id"] == item.id && Status::of(one) == Some(Status::Pass);
            let passes = cells().filter(|(.., cell)| cell.items().any(|one| is_it(&one))).count();
            shares.push((exercise.name, item.id, item.title, passes, graded));
        }
    }
    html! {
        table {
            thead { tr { th scope="col" { "exercise" } th scope="col" { "check" } th scope="col" { "what must hold" } th scope="col" { "pass" } th scope="col" { "share" } } }
            tbody {
                @for (exercise, id, title, passes, graded) in shares.iter().filter(|(.., graded)| *graded > 0) {
                    @let percent = passes * 100 / graded;
                    tr {
                        td { (exercise) } td { (id) } td { (title) } td.number { (passes) " of " (graded) }
                        td { span.share { span.bar style=(format!("width:{percent}%")) {} } " " (percent) " %" }
                    }
                }
            }
        }
    }
}

/// A group of failures of one check that have the same shape.
struct Failure<'a> {
    exercise: &'a str,
    item: &'a str,
    students: Vec<&'a Student>,
    /// The message, and the schedule, of the first of them.
    example: (&'a str, String),
}

impl Failure<'_> {
    fn markup(&self) -> Markup {
        let folder = &self.students[0].folder;
        let names: Vec<&str> = self.students.iter().skip(1).take(9).map(|student| student.name.as_str()).collect();
        let more = self.students.len().saturating_sub(10);
        html! {
            section.schedule {
                h3 { (counted(self.students.len(), "submission")) ": " (self.exercise) ", " (self.item) }
                p {
                    "For example " a href=(address(&[folder, "feedback.html"])) { (self.students[0].name) }
                    @if !names.is_empty() { "; also " (names.join(", ")) }
                    @if more > 0 { " and " (more) " more" }
                    ". " (sentence(self.example.0))
                }
                @if !self.example.1.is_empty() { pre tabindex="0" { (self.example.1.trim_matches('\n')) } }
            }
        }
    }
}

/// Groups the failures by shape; the largest group comes first.
fn failures(summary: &Summary) -> Vec<Failure<'_>> {
    let mut groups: BTreeMap<(&str, &str, String), Failure<'_>> = BTreeMap::new();
    for (exercise, student, cell) in summary.cells() {
        let Cell::Graded { grade, source, .. } = cell else { continue };
        let is_graded = Verdict::of(grade) == Some(Verdict::Graded);
        // What does not compile fails as a whole, and not once per check.
        let most = if is_graded { usize::MAX } else { 1 };
        for item in cell.failed_items().take(most) {
            let id = if is_graded {
                item["id"].as_str().unwrap_or_default()
            } else {
                grade["verdict"].as_str().unwrap_or_default()
            };
            let message = item["message"].as_str().unwrap_or_default().lines().next().unwrap_or_default();
            let key = (exercise.name, id, shape(&item["witness"]).unwrap_or_else(|| without_numbers(message)));
            let new = || Failure {
                exercise: exercise.name,
                item: id,
                students: Vec::new(),
                example: (message, render::lanes(&item["witness"], source.as_deref().unwrap_or_default())),
            };
            groups.entry(key).or_insert_with(new).students.push(student);
        }
    }
    let mut all: Vec<_> = groups.into_values().collect();
    all.sort_by_key(|failure| Reverse(failure.students.len()));
    all
}

/// Returns the shape of a schedule: its operations with their threads and objects, both numbered in the order of their
/// first steps, without values and lines. `None` if there is no schedule.
fn shape(witness: &Value) -> Option<String> {
    let steps = witness["steps"].as_array().filter(|steps| !steps.is_empty())?;
    let (mut threads, mut objects) = (Vec::new(), Vec::new());
    fn number<'a>(all: &mut Vec<&'a Value>, one: &'a Value) -> usize {
        all.iter().position(|other| *other == one).unwrap_or_else(|| {
            all.push(one);
            all.len() - 1
        })
    }
    let step = |step: &'_ Value, threads: usize, objects: usize| {
        let failure = if lanes::has_failed(step) { " fails" } else { "" };
        format!("T{} {} #{}{failure}", threads + 1, step["op"].as_str().unwrap_or_default(), objects)
    };
    let shape: Vec<String> = steps
        .iter()
        .map(|one| step(one, number(&mut threads, &one["thread"]), number(&mut objects, &one["object"])))
        .collect();
    Some(shape.join("\n"))
}

/// Replaces each number in a text by `#`.
fn without_numbers(text: &str) -> String {
    let mut shape = String::new();
    for character in text.chars().map(|one| if one.is_ascii_digit() { '#' } else { one }) {
        if character != '#' || !shape.ends_with('#') {
            shape.push(character);
        }
    }
    shape
}

/// Counts the submissions that were graded outside the full sandbox, by isolation.
fn less_than_full(summary: &Summary) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for isolation in summary.cells().filter_map(|(.., cell)| cell.grade()?["isolation"].as_str()) {
        *counts.entry(isolation).or_default() += usize::from(isolation != Isolation::Full.name());
    }
    counts.retain(|_, count| *count > 0);
    counts
}

/// Returns the words of each step, without the thread's name.
pub fn words(witness: &Value) -> Vec<String> {
    let words = lanes::words(witness);
    words.iter().map(|step| step.split_once(' ').map_or(step.clone(), |(_, rest)| rest.to_string())).collect()
}

#[cfg(test)]
mod tests;
