//! Checks `race`: the smallest possible final value, and a schedule that ends at it. The check follows the schedule through
//! the states of the lab's own counter.

use crate::Finding;
use explorer::outside::{Asked, Outside};
use explorer::ticks::{Costs, End as RunEnd, Rule, run};
use explorer::Memory;
use explorer::walk::{End, Pick, Reason, Walk};
use model::size::Size;
use model::subjects;
use std::rc::Rc;

/// The threads of the question, and the increments of each.
const SIZE: Size = Size::new(3, 3);

/// The message for an answer that is still 0, as it is given. The grader knows it and explains nothing.
const NOT_STARTED: &str = "not started yet";

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let told = run(&Asked::new(outside.clone(), Vec::new()), Costs { start: 0, shared: 0 }, Rule::Clocks);
    let answers = told.threads.first().map(|first| first.told.clone()).unwrap_or_default();
    let ([smallest, schedule @ ..], RunEnd::Finished) = (&answers[..], told.end) else {
        return Some(Finding::Fail("the program does not tell both answers".into()));
    };
    let smallest = *smallest;
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

fn replay(walk: &Walk, schedule: &[u64], least: u64) -> Option<String> {
    let threads = SIZE.threads;
    if let Some(index) = schedule.iter().position(|&thread| thread == 0) {
        return Some(format!("step {}: there is no thread 0, only threads 1 to {threads}", index + 1));
    }
    let picks = schedule.iter().map(|&thread| Pick::Run(usize::try_from(thread).unwrap_or(usize::MAX) - 1));
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
