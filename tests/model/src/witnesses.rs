//! Witnesses: for every counter that can lose an update, a schedule that loses one, with the lines of the counter. They are stored in
//! the lab's folder, and the lab prints them.

use crate::counting::Size;
use crate::subjects::{self, Subject};
use crate::table::{self, Row};
use crate::trace::{self, Event};
use crate::verdict::{self, CHECKED_BY, Judgement, Verdict};
use common::source::Region;
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
    let mut old_value = None; // one example is enough
    for subject in subjects::all().iter().filter(|subject| subject.lab == lab) {
        for Row { judgement, .. } in
            table.iter().filter(|row| (row.subject.lab, row.subject.variant) == (lab, subject.variant))
        {
            if SIZES.contains(&judgement.size) && judgement.verdict == Verdict::CanLose {
                let least = judgement.finals.first().copied().unwrap_or_default();
                if let Some(trace) = judgement.witness(least) {
                    schedules.push(witness(subject, judgement, least, trace)?);
                }
                let (seen, _) = judgement.weak();
                if let (None, Some((end, trace))) = (&old_value, seen.stale.first_key_value()) {
                    old_value = Some(witness(subject, judgement, *end, trace)?);
                }
            }
            if judgement.size == SIZES[0]
                && let Some(racing) = judgement.racing()
            {
                data_races.push(data_race(subject, judgement, &racing.last)?);
            }
            verdicts.push(verdict_of(subject, judgement)?);
        }
    }
    schedules.extend(old_value);
    Ok(json!({
        "schema": "labs/witness/1",
        "witnesses": schedules,
        "data_races": data_races,
        "verdicts": verdicts,
        "cannot_see": verdict::cannot_see(),
        "checked_by": CHECKED_BY,
    }))
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

fn witness(subject: &Subject, judgement: &Judgement, end: u64, trace: &[Event]) -> io::Result<Value> {
    let source = source(subject)?;
    if let Some(event) = trace::steps(trace).find(|event| source["file"] != trace::source_file(event.location)) {
        return Err(io::Error::other(format!(
            "{} took a step outside its file, at {}",
            subject.variant, event.location
        )));
    }
    let steps: Vec<Value> = trace::steps(trace)
        .map(|event| {
            let value = event.writes.or(event.reads);
            json!({ "thread": event.thread, "op": event.operation.name(), "value": value, "line": event.location.line() })
        })
        .collect();
    let is_replayable = trace::first_stale(trace).is_none();
    Ok(json!({
        "schema": "labs/witness/1",
        "lab": subject.lab,
        "variant": subject.variant,
        "threads": judgement.size.threads,
        "increments": judgement.size.increments,
        "expected": judgement.size.expected(),
        "final": end,
        "replayable": is_replayable,
        "source": source,
        "steps": steps,
        "checked": checked(judgement, if is_replayable { &judgement.claim } else { OLD_VALUE }),
    }))
}

/// The claim about an execution in which a load reads an old value. With one location, coherence makes it equivalent to an interleaving.
pub const OLD_VALUE: &str = "With relaxed memory, a load may read an old value although a newer one has been stored. For a single counter this \
                             adds no final value: another order of the same steps reads the same values.";

fn data_race(subject: &Subject, judgement: &Judgement, trace: &[Event]) -> io::Result<Value> {
    let accesses: Vec<Value> = verdict::conflict(trace)
        .into_iter()
        .flatten()
        .map(|event| json!({ "thread": event.thread, "op": event.operation.name(), "line": event.location.line() }))
        .collect();
    Ok(json!({
        "lab": subject.lab,
        "variant": subject.variant,
        "threads": judgement.size.threads,
        "increments": judgement.size.increments,
        "source": source(subject)?,
        "accesses": accesses,
        "checked": checked(judgement, &judgement.claim),
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

fn checked(judgement: &Judgement, claim: &str) -> Value {
    json!({
        "by": CHECKED_BY,
        "executions": judgement.executions(),
        "preemption_bound": judgement.preemption_bound,
        "claim": claim,
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
