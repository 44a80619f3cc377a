//! Formats one schedule for people: one row per step, one column per thread, like lincheck's counter-examples.

use super::{list, number, prose, size, string};
use crate::format::table;
use serde_json::Value;
use std::collections::BTreeSet;

/// The width of a table, in columns.
const COLUMNS: usize = 80;

/// How many characters of a line a reader needs to find it in the file.
const RECOGNISABLE: usize = 28;

/// One step of a stored schedule.
struct Step<'a> {
    thread: usize,
    operation: &'a str,
    /// The value that the step read or wrote.
    value: u64,
    /// The counter's value before the step.
    before: u64,
    /// The counter's value after the step.
    after: u64,
    line: u64,
    source: Option<&'static str>,
}

impl Step<'_> {
    /// Describes the step in words, with the thread's name: a screen reader reads rows, not columns.
    fn words(&self) -> String {
        let Self { thread, operation, value, before, .. } = self;
        match *operation {
            "lock" | "unlock" => format!("T{thread} {operation}"),
            operation if is_read(operation) && value != before => format!("T{thread} {operation} {value} (old)"),
            operation => format!("T{thread} {operation} {value}"),
        }
    }
}

fn is_read(operation: &str) -> bool {
    ["load", "read", "lock"].contains(&operation)
}

/// Formats the schedule: one sentence, a table, and the updates that it loses.
pub(super) fn text(witness: &Value, source: impl Fn(&Value) -> Option<&'static str>) -> String {
    let steps = steps(witness, source);
    let (threads, increments) = size(witness);
    let what = if witness["replayable"] == true { "schedule" } else { "execution" };
    let sentence = format!(
        "{}, {}: this {what} ends at {}, not at {}.",
        string(&witness["variant"]),
        threads_and_increments(threads, increments),
        number(&witness["final"]),
        number(&witness["expected"])
    );
    let mut text = prose(&sentence) + "\n";
    let mut header = header(threads);
    header.extend(["counter", "line", "source"].map(String::from));
    let with_source = |(index, step): (usize, &Step<'_>)| {
        let mut row = row(index + 1, threads, step.thread as u64, &step.words());
        row.extend([step.after.to_string(), step.line.to_string(), step.source.unwrap_or("-").to_string()]);
        row
    };
    text += &table_of_lines(&header, steps.iter().enumerate().map(with_source).collect());
    let losses = losses(&steps, increments);
    let lost = number(&witness["expected"]).saturating_sub(number(&witness["final"]));
    // The explanations must account for all lost updates. A counter whose increments have another form gets none.
    if losses.iter().map(|loss| loss.updates).sum::<u64>() == lost {
        text += "\n";
        text.extend(losses.iter().map(|loss| loss.sentence(&steps)));
    }
    text
}

/// The first columns of the table: the step's number, then one column per thread.
pub fn header(threads: u64) -> Vec<String> {
    let threads = (1..=threads).map(|thread| format!("thread {thread}"));
    ["step".to_string()].into_iter().chain(threads).collect()
}

/// The same columns of one step; the words are in the column of its thread.
pub fn row(step: usize, threads: u64, thread: u64, words: &str) -> Vec<String> {
    let lanes = (1..=threads).map(|lane| if lane == thread { words } else { "|" }.to_string());
    [step.to_string()].into_iter().chain(lanes).collect()
}

/// Formats a size: `2 threads x 1 increment`.
fn threads_and_increments(threads: u64, increments: u64) -> String {
    let count = |number, noun| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    format!("{} x {}", count(threads, "thread"), count(increments, "increment"))
}

fn steps<'a>(witness: &'a Value, source: impl Fn(&Value) -> Option<&'static str>) -> Vec<Step<'a>> {
    let mut memory = 0;
    let step = |step: &'a Value| {
        let (operation, value, before) = (string(&step["op"]), number(&step["value"]), memory);
        memory = if is_read(operation) { before } else { value };
        let thread = number(&step["thread"]) as usize;
        Step { thread, operation, value, before, after: memory, line: number(&step["line"]), source: source(step) }
    };
    list(witness, "steps").iter().map(step).collect()
}

/// An increment that loses updates: it leaves less in the counter than the value before it, plus one.
struct Loss {
    begin: usize,
    end: usize,
    updates: u64,
}

impl Loss {
    fn sentence(&self, steps: &[Step<'_>]) -> String {
        let (begin, end) = (&steps[self.begin], &steps[self.end]);
        let plural = if self.updates == 1 { " is" } else { "s are" };
        format!(
            "Step {}: T{} writes {} over {}, because it read {} in step {}: {} update{plural} lost.\n",
            self.end + 1,
            end.thread,
            end.value,
            end.before,
            begin.value,
            self.begin + 1,
            self.updates,
        )
    }
}

/// Finds the increments. An increment begins with the first step that reads the counter and ends with the last that
/// writes it. All increments of a thread have the same number of steps.
fn losses(steps: &[Step<'_>], increments: u64) -> Vec<Loss> {
    let mut losses = Vec::new();
    for thread in 1..=steps.iter().map(|step| step.thread).max().unwrap_or(0) {
        let own: Vec<usize> = (0..steps.len()).filter(|&index| steps[index].thread == thread).collect();
        for increment in own.chunks((own.len() / increments.max(1) as usize).max(1)) {
            let is_access = |&&index: &&usize| !["lock", "unlock"].contains(&steps[index].operation);
            let (Some(&begin), Some(&end)) = (increment.iter().find(is_access), increment.iter().rev().find(is_access))
            else {
                continue;
            };
            let updates = (steps[end].before + 1).saturating_sub(steps[end].value);
            if updates > 0 {
                losses.push(Loss { begin, end, updates });
            }
        }
    }
    losses.sort_by_key(|loss| loss.end);
    losses
}

/// Formats a table whose last two columns are a line's number and the line itself. If that leaves too little of the
/// line to recognise it, the lines are printed below the table.
pub(super) fn table_of_lines(header: &[String], rows: Vec<Vec<String>>) -> String {
    let (line, source) = (header.len() - 2, header.len() - 1);
    let mut all: Vec<Vec<String>> = [header.to_vec()].into_iter().chain(rows).collect();
    // `table` aligns columns to the right; padding aligns the words to the left.
    for column in 0..source {
        if all[1..].iter().any(|row| row[column].parse::<u64>().is_err()) {
            let width = width(&all, column);
            all.iter_mut().for_each(|row| row[column] = format!("{:width$}", row[column]));
        }
    }
    let room = COLUMNS.saturating_sub((0..source).map(|column| width(&all, column) + 2).sum());
    if room >= RECOGNISABLE.min(width(&all, source)) {
        all.iter_mut().for_each(|row| row[source] = shortened(&row[source], room));
        let width = width(&all, source);
        all.iter_mut().for_each(|row| row[source] = format!("{:width$}", row[source]));
        return table_of(&all, header.len());
    }
    let below = all[1..].iter().map(|row| shortened(&format!("line {}: {}", row[line], row[source]), COLUMNS) + "\n");
    table_of(&all, source) + "\n" + &below.collect::<BTreeSet<String>>().into_iter().collect::<String>()
}

fn width(all: &[Vec<String>], column: usize) -> usize {
    all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
}

fn table_of(all: &[Vec<String>], columns: usize) -> String {
    let header: Vec<&str> = all[0][..columns].iter().map(String::as_str).collect();
    table(&header, &all[1..].iter().map(|row| row[..columns].to_vec()).collect::<Vec<_>>())
}

fn shortened(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_string();
    }
    line.chars().take(width - 3).chain("...".chars()).collect()
}
