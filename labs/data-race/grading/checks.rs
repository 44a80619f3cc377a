//! Checks `race`: the smallest possible final value, and a schedule that ends at it. The check follows the schedule through
//! the states of the lab's own counter.

use crate::Finding;
use explorer::Memory;
use explorer::walk::{End, Pick, Reason, Walk};
use model::size::Size;
use model::subjects;

/// The threads of the question, and the increments of each.
const SIZE: Size = Size::new(3, 3);

/// The message for an answer that is still 0, as it is given. The grader knows it and explains nothing.
const NOT_STARTED: &str = "not started yet";

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, smallest: u64, schedule: &[u8]) -> Option<Finding> {
    let program = (subjects::of("load-store")?.program)(SIZE);
    let walk = Walk::new(&program, Memory::Interleaved).ok()?;
    let values = walk.start().ends.keys().filter_map(value);
    let least = values.min()?;
    Some(match item {
        "smallest" if smallest == 0 => Finding::Fail(NOT_STARTED.to_string()),
        "schedule" if schedule.iter().all(|&thread| thread == 0) => Finding::Fail(NOT_STARTED.to_string()),
        "smallest" => Finding::of((smallest != least).then(|| {
            if smallest < least {
                format!(
                    "SMALLEST is {smallest}, but no schedule ends at {smallest}: the thread that stores last has already stored once, so its last load reads at least 1"
                )
            } else {
                format!("SMALLEST is {smallest}, but there is a schedule that ends at a smaller value")
            }
        })),
        "schedule" => Finding::of(replay(&walk, schedule, least)),
        _ => return None,
    })
}

/// Returns the final value of an execution that ends with one.
fn value(end: &End) -> Option<u64> {
    match end {
        End::Outcome(values) => values.first().copied(),
        _ => None,
    }
}

fn replay(walk: &Walk, schedule: &[u8], least: u64) -> Option<String> {
    let threads = SIZE.threads;
    if let Some(index) = schedule.iter().position(|&thread| thread == 0) {
        return Some(format!("step {}: there is no thread 0, only threads 1 to {threads}", index + 1));
    }
    let picks = schedule.iter().map(|&thread| Pick::Run(usize::from(thread) - 1));
    let path = match walk.follow(picks) {
        Ok(path) => path,
        Err(impossible) => {
            let thread = impossible.pick.thread() + 1;
            let why = match impossible.reason {
                Reason::NoSuchThread { .. } => format!("there is no thread {thread}, only threads 1 to {threads}"),
                Reason::Ended => format!("thread {thread} has already taken its six steps"),
                _ => format!("thread {thread} cannot take a step"),
            };
            return Some(format!("step {}: {why}", impossible.index + 1));
        }
    };
    match walk.states[path.end()].end.as_ref().map(value) {
        Some(Some(value)) if value == least => None,
        Some(Some(value)) => Some(format!("the schedule ends at {value}, which is not the smallest possible final value")),
        _ => Some("the schedule ends before all threads have finished".to_string()),
    }
}
