//! Witnesses: for every counter that can lose an update, a schedule that loses one, with the lines of the counter. They are stored in
//! the lab's folder, and the lab prints them.

use crate::orders;
use crate::size::Size;
use crate::subjects::Subject;
use crate::table::{self, Row};
use crate::verdict::{self, CHECKED_BY, Judgement, Verdict};
use common::source::Region;
use explorer::{Problem, Schedule, ScheduleStep};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{fs, io};
use workspace::Lab;

/// The sizes for which a schedule is stored.
pub const SIZES: [Size; 3] = [Size::new(2, 1), Size::new(2, 2), Size::new(2, 3)];

/// Returns the labs with witnesses, which are those that declare counters.
pub fn labs() -> Vec<Lab> {
    let has_counters = |lab: &Lab| crate::COUNTERS.iter().any(|(name, _)| *name == lab.name);
    workspace::labs().into_iter().filter(has_counters).collect()
}

/// Returns the path of a lab's witnesses.
pub fn path(lab: &Lab) -> PathBuf {
    lab.path.join("witnesses.json")
}

/// Builds a lab's document, `labs/witness/1`, from a table of verdicts.
///
/// # Errors
///
/// If a counter's source cannot be read, or has no such region.
pub fn document(lab: &str, table: &[Row]) -> io::Result<Value> {
    let (mut schedules, mut data_races, mut verdicts) = (Vec::new(), Vec::new(), Vec::new());
    for Row { subject, judgement } in table.iter().filter(|row| row.subject.lab == lab) {
        if SIZES.contains(&judgement.size) && judgement.verdict == Verdict::CanLose {
            let least = judgement.finals.first().copied().unwrap_or_default();
            if let Some(schedule) = judgement.witness(least) {
                schedules.push(witness(subject, judgement, least, schedule)?);
            }
        }
        if judgement.size == SIZES[0] && judgement.verdict == Verdict::DataRace {
            data_races.push(data_race(subject, judgement)?);
        }
        verdicts.push(verdict_of(subject, judgement)?);
    }
    let mut document = json!({
        "schema": "labs/witness/1",
        "witnesses": schedules,
        "data_races": data_races,
        "verdicts": verdicts,
        "cannot_see": verdict::cannot_see(),
        "checked_by": CHECKED_BY,
    });
    if lab == orders::LAB {
        document["two_locations"] = orders::document()?.into();
    }
    Ok(document)
}

/// Writes the document of each lab, and calls `tell` with the path of each written file.
///
/// # Errors
///
/// The errors of [`document`], or a file cannot be written.
pub fn renew(table: &[Row], mut tell: impl FnMut(&Path)) -> io::Result<()> {
    for lab in labs() {
        let path = path(&lab);
        workspace::write(&path, text(&document(&lab.name, table)?))?;
        tell(&path);
    }
    Ok(())
}

/// Formats a document as it is stored.
pub fn text(document: &Value) -> String {
    format!("{document:#}\n")
}

fn witness(subject: &Subject, judgement: &Judgement, end: u64, schedule: &Schedule) -> io::Result<Value> {
    let source = source(subject)?;
    if let Some(step) = schedule.iter().find(|step| source["file"] != source_file(step.file)) {
        let (variant, file, line) = (subject.variant, step.file, step.line);
        return Err(io::Error::other(format!("{variant} took a step outside its file, at {file}:{line}")));
    }
    Ok(json!({
        "schema": "labs/witness/1",
        "lab": subject.lab,
        "variant": subject.variant,
        "threads": judgement.size.threads,
        "increments": judgement.size.increments,
        "expected": judgement.size.expected(),
        "final": end,
        "replayable": true,
        "source": source,
        "steps": schedule.iter().map(step).collect::<Vec<_>>(),
        "checked": checked(judgement),
    }))
}

/// Builds the JSON object of a step: what it read or wrote, and what the object holds after it.
pub fn step(step: &ScheduleStep) -> Value {
    let content = step.content.as_ref().and_then(|content| content.parse::<u64>().ok());
    let mut object = json!({
        "thread": step.thread + 1,
        "op": operation(step),
        "value": step.written.or(step.read).or(content).unwrap_or(0),
        "line": step.line,
        "column": step.column,
    });
    if let Some(number) = step.object {
        object["object"] = number.into();
    }
    if let Some(after) = step.value_after.or(content) {
        object["after"] = after.into();
    }
    if let Some(succeeded) = step.succeeded {
        object["succeeded"] = succeeded.into();
    }
    object
}

/// Returns the name of the operation, such as `compare_exchange`; for an update the name of the method.
fn operation(step: &ScheduleStep) -> String {
    step.method.map_or_else(|| snake_case(&format!("{:?}", step.act)), str::to_string)
}

/// Converts a name such as `TryLock` into `try_lock`.
fn snake_case(name: &str) -> String {
    let part = |(index, letter): (usize, char)| {
        let separator = if index > 0 && letter.is_uppercase() { "_" } else { "" };
        format!("{separator}{}", letter.to_lowercase())
    };
    name.char_indices().map(part).collect()
}

/// Returns a file's path from the workspace's folder. The compiler's path may contain `..`.
pub fn source_file(file: &str) -> String {
    let path = file.replace('\\', "/");
    path.rfind("/labs/").map_or(path.clone(), |start| path[start + 1..].to_string())
}

fn data_race(subject: &Subject, judgement: &Judgement) -> io::Result<Value> {
    let problem = judgement.problem().map(|finding| &finding.problem);
    let Some(Problem::DataRace { accesses }) = problem else { return Err(io::Error::other("there is no data race")) };
    let access = |access: &explorer::Access| {
        let op = if access.writes { "write" } else { "read" };
        json!({ "thread": access.thread + 1, "op": op, "line": access.line })
    };
    Ok(json!({
        "lab": subject.lab,
        "variant": subject.variant,
        "threads": judgement.size.threads,
        "increments": judgement.size.increments,
        "source": source(subject)?,
        "accesses": accesses.iter().map(access).collect::<Vec<_>>(),
        "checked": checked(judgement),
    }))
}

/// Returns the file of the counter, its name in the file, and a fingerprint of its source.
fn source(subject: &Subject) -> io::Result<Value> {
    let lab = labs().into_iter().find(|lab| lab.name == subject.lab);
    let lab = lab.ok_or_else(|| io::Error::other(format!("there is no lab {}", subject.lab)))?;
    let file = format!("labs/{}/src/counters.rs", lab.folder);
    let text = fs::read_to_string(workspace::root().join(&file))?;
    let region = Region::of(&text, subject.variant)
        .ok_or_else(|| io::Error::other(format!("{file} does not define {}", subject.variant)))?;
    Ok(json!({ "file": file, "anchor": subject.variant, "sha256": region.fingerprint() }))
}

fn checked(judgement: &Judgement) -> Value {
    json!({
        "by": CHECKED_BY,
        "executions": judgement.executions(),
        "preemption_bound": null,
        "claim": judgement.claim,
    })
}

fn verdict_of(subject: &Subject, judgement: &Judgement) -> io::Result<Value> {
    let mut object = table::object(subject, judgement);
    if let Some(fields) = object.as_object_mut() {
        fields.remove("seconds"); // they differ from run to run
        fields.remove("lab");
        fields.insert("source".into(), source(subject)?);
    }
    Ok(object)
}
