//! Formats one schedule for people: one row per step, one column per thread, like lincheck's counter-examples.

use super::{list, number, size, string};
use crate::format::{table, wrap};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The width of a terminal, in columns.
const COLUMNS: usize = 80;

/// The operations that read or write a value, or the beginnings of their names. A lock does if it holds a number.
const WITH_VALUE: [&str; 8] = ["load", "store", "read", "write", "swap", "compare_exchange", "fetch_", "flush"];

/// One step of a schedule.
struct Step<'a> {
    thread: usize,
    operation: &'a str,
    /// The value that the step read or wrote.
    value: u64,
    /// The atomic, cell or lock.
    object: u64,
    /// The name of the object, if the schedule has names.
    name: Option<&'a str>,
    /// The object's value before the step.
    before: u64,
    /// The object's value after the step; `None` if threads can see different values.
    after: Option<u64>,
    has_failed: bool,
    races: bool,
    line: u64,
    source: Option<String>,
}

impl Step<'_> {
    /// Describes the step in words, with the thread's name: a screen reader reads rows, not columns.
    fn words(&self) -> String {
        let Self { thread, value, .. } = self;
        let operation = &match self.name {
            Some(name) => format!("{} {name}", self.operation),
            None => self.operation.to_string(),
        };
        let is_lock = ["lock", "unlock"].contains(&self.operation) && self.after.is_some();
        let has_value = is_lock || WITH_VALUE.iter().any(|name| self.operation.starts_with(name));
        let value = if has_value { format!(" {value}") } else { String::new() };
        let failure = if self.has_failed { " fails" } else { "" };
        if self.races {
            format!("T{thread} {operation}: race")
        } else {
            format!("T{thread} {operation}{value}{failure}")
        }
    }
}

/// Returns what the step's object holds after the step. `None` if threads can see different values.
pub fn after(step: &Value) -> Option<u64> {
    step["after"].as_u64()
}

/// Returns whether the step is an exchange, or an attempt to lock, that did not succeed.
pub fn has_failed(step: &Value) -> bool {
    step["succeeded"] == false
}

/// Formats a schedule as a table of at most 80 columns: the step's number, one lane per thread, the value in memory after
/// the step, and the source line, whole. If the lanes do not fit beside each other, they share one column. `source`
/// returns the line of a step.
pub fn schedule(witness: &Value, source: impl Fn(&Value) -> Option<String>) -> String {
    let steps = steps(witness, source);
    let (threads, _) = size(witness);
    let objects: BTreeSet<u64> = steps.iter().filter(|step| step.after.is_some()).map(|step| step.object).collect();
    let memory = |step: &Step<'_>| match step.after {
        None => "-".to_string(),
        Some(after) if objects.len() == 1 => after.to_string(),
        Some(after) => step.name.map_or(format!("#{}: {after}", step.object), |name| format!("{name}: {after}")),
    };
    let formatted = |lanes: &[String], cells: &dyn Fn(&Step<'_>) -> Vec<String>| {
        let mut header: Vec<String> = ["step".to_string()].into_iter().chain(lanes.iter().cloned()).collect();
        header.extend((!objects.is_empty()).then(|| "memory".to_string()));
        header.extend(["line", "source"].map(String::from));
        let row = |(index, step): (usize, &Step<'_>)| {
            let mut row: Vec<String> = [(index + 1).to_string()].into_iter().chain(cells(step)).collect();
            row.extend((!objects.is_empty()).then(|| memory(step)));
            let line = if step.line == 0 { "-".to_string() } else { step.line.to_string() };
            row.extend([line, step.source.clone().unwrap_or_else(|| "-".into())]);
            row
        };
        table_of_lines(&header, steps.iter().enumerate().map(row).collect())
    };
    let lanes: Vec<String> = (1..=threads).map(|thread| format!("thread {thread}")).collect();
    let lane = |lane: u64, step: &Step<'_>| if lane as usize == step.thread { step.words() } else { "|".into() };
    let beside = formatted(&lanes, &|step| (1..=threads).map(|number| lane(number, step)).collect());
    if is_narrow(&beside) {
        return beside;
    }
    let below = formatted(&["operation".to_string()], &|step| vec![step.words()]);
    if is_narrow(&below) {
        return below;
    }
    // Names and values of many digits.
    let fitted = |line: &str| if line.chars().count() > COLUMNS { wrap(line, COLUMNS, "      ") } else { line.into() };
    below.lines().map(|line| fitted(line) + "\n").collect()
}

/// Returns whether a table fits a terminal. The lines of source below it are wrapped where they have spaces.
fn is_narrow(table: &str) -> bool {
    table.lines().take_while(|line| !line.is_empty()).all(|line| line.chars().count() <= COLUMNS)
}

/// Describes each step in words, such as `T1 load 0`.
pub fn words(witness: &Value) -> Vec<String> {
    steps(witness, |_| None).iter().map(Step::words).collect()
}

/// Says which steps lose updates, and why. The result is empty if the schedule does not account for all of them.
pub(super) fn losses(witness: &Value) -> String {
    let steps = steps(witness, |_| None);
    let losses = lost(&steps, size(witness).1);
    let lost = number(&witness["expected"]).saturating_sub(number(&witness["final"]));
    // The explanations must account for all lost updates. A counter whose increments have another form gets none.
    if losses.iter().map(|loss| loss.updates).sum::<u64>() != lost {
        return String::new();
    }
    losses.iter().map(|loss| loss.sentence(&steps)).collect()
}

fn steps<'a>(witness: &'a Value, source: impl Fn(&Value) -> Option<String>) -> Vec<Step<'a>> {
    let mut memory = BTreeMap::new();
    let step = |step: &'a Value| {
        let (operation, value, object) = (string(&step["op"]), number(&step["value"]), number(&step["object"]));
        let after = after(step);
        let before = memory.insert(object, after.unwrap_or(0)).unwrap_or(0);
        Step {
            thread: number(&step["thread"]) as usize,
            operation,
            value,
            object,
            name: witness["names"][object as usize].as_str(),
            before,
            after,
            has_failed: has_failed(step),
            races: step["races"] == true,
            line: number(&step["line"]),
            source: source(step),
        }
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
fn lost(steps: &[Step<'_>], increments: u64) -> Vec<Loss> {
    let mut losses = Vec::new();
    for thread in 1..=steps.iter().map(|step| step.thread).max().unwrap_or(0) {
        let own: Vec<usize> = (0..steps.len()).filter(|&index| steps[index].thread == thread).collect();
        for increment in own.chunks((own.len() / increments.max(1) as usize).max(1)) {
            let (Some(&begin), Some(&end)) = (increment.first(), increment.last()) else { continue };
            let updates = (steps[end].before + 1).saturating_sub(steps[end].value);
            if updates > 0 {
                losses.push(Loss { begin, end, updates });
            }
        }
    }
    losses.sort_by_key(|loss| loss.end);
    losses
}

/// Formats a table whose last two columns are a line's number and the line itself. If a line does not fit, the lines are
/// printed below the table. No line is cut.
pub(super) fn table_of_lines(header: &[String], rows: Vec<Vec<String>>) -> String {
    let (line, source) = (header.len() - 2, header.len() - 1);
    let mut all: Vec<Vec<String>> = [header.to_vec()].into_iter().chain(rows).collect();
    // `table` aligns columns to the right; padding aligns the words to the left.
    for column in 0..=source {
        if column == source || all[1..].iter().any(|row| row[column].parse::<u64>().is_err()) {
            let width = width(&all, column);
            all.iter_mut().for_each(|row| row[column] = format!("{:width$}", row[column]));
        }
    }
    if (0..=source).map(|column| width(&all, column) + 2).sum::<usize>() <= COLUMNS + 2 {
        return table_of(&all, header.len());
    }
    let numbered =
        |row: &Vec<String>| Some((row[line].trim().parse::<u64>().ok()?, row[source].trim_end().to_string()));
    let lines: BTreeMap<u64, String> = all[1..].iter().filter_map(numbered).collect();
    let below = lines.iter().map(|(number, text)| wrap(&format!("line {number}: {text}"), COLUMNS, "    ") + "\n");
    table_of(&all, source) + "\n" + &below.collect::<String>()
}

fn width(all: &[Vec<String>], column: usize) -> usize {
    all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
}

fn table_of(all: &[Vec<String>], columns: usize) -> String {
    let header: Vec<&str> = all[0][..columns].iter().map(String::as_str).collect();
    table(&header, &all[1..].iter().map(|row| row[..columns].to_vec()).collect::<Vec<_>>())
}
