//! The schedule that proves a failure, as `labs/witness/1`.

use crate::Finding;
use explorer::{Problem, Schedule, ScheduleStep};
use model::verdict::CHECKED_BY;
use model::witnesses;
use serde_json::{Value, json};

/// What was explored when the schedule was found.
pub struct About {
    /// The number of threads that make calls.
    pub threads: usize,
    /// The largest number of calls of a thread.
    pub calls: usize,
    /// Whether the schedule is one of a single memory, so that gates can play it.
    pub is_interleaved: bool,
    /// The number of different executions that were explored.
    pub executions: usize,
}

/// Builds the finding. `end` is what the last call returned, and what it should have returned.
pub fn loses(
    message: String,
    end: Option<(u64, u64)>,
    schedule: &Schedule,
    race: Option<&explorer::Finding>,
    about: &About,
) -> Finding {
    let mut steps: Vec<Value> = schedule.iter().filter(|step| step.thread > 0).map(step).collect();
    steps.extend(race.and_then(racing));
    if steps.is_empty() {
        return Finding::Fail(message);
    }
    // A document has both numbers, or the number of calls and nothing.
    let end = end.filter(|(_, expected)| *expected > 0);
    let witness = json!({
        "threads": about.threads,
        "increments": about.calls,
        "expected": end.map_or((about.threads * about.calls) as u64, |(_, expected)| expected),
        "final": end.map(|(got, _)| got),
        "replayable": about.is_interleaved,
        "steps": steps,
        "by": CHECKED_BY,
        "executions": about.executions,
    });
    Finding::Loses { message, witness }
}

/// Returns a key that sorts schedules: fewest switches between threads first, then fewest steps.
pub fn cost(schedule: &Schedule) -> (usize, usize) {
    let of_threads: Vec<usize> = schedule.iter().map(|step| step.thread).filter(|&thread| thread > 0).collect();
    (of_threads.windows(2).filter(|pair| pair[0] != pair[1]).count(), of_threads.len())
}

/// Builds the JSON of a step.
fn step(step: &ScheduleStep) -> Value {
    let mut object = witnesses::step(step);
    object["thread"] = step.thread.into(); // the thread that starts the others is not counted
    set_place(&mut object, step.file, (step.line, step.column));
    object
}

/// Sets the line and column of a step. Line 0 without a column stands for the driver.
fn set_place(step: &mut Value, file: &str, (line, column): (u32, u32)) {
    if file.ends_with("exercise.rs") {
        (step["line"], step["column"]) = (line.into(), column.into());
    } else {
        step["line"] = 0.into();
        step.as_object_mut().map(|fields| fields.remove("column"));
    }
}

/// Builds the JSON of the access that races with an earlier one. It is not part of the schedule, because its value means
/// nothing.
fn racing(finding: &explorer::Finding) -> Option<Value> {
    let Problem::DataRace { accesses: [_, last] } = &finding.problem else { return None };
    let op = if last.writes { "write" } else { "read" };
    let mut step = json!({ "thread": last.thread, "op": op, "value": 0, "races": true });
    set_place(&mut step, last.file, (last.line, last.column));
    Some(step)
}
