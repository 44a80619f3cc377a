//! Checks `race`: the smallest possible final value, and a schedule that ends at it. The check replays the schedule.

use crate::Finding;
use engine::{End, LOAD_STORE, Machine, Program, Reason, finals};

const THREADS: usize = 3;
const REPEATS: u64 = 2;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, smallest: u64, schedule: &[u8]) -> Option<Finding> {
    let program = Program::new(THREADS, REPEATS, LOAD_STORE);
    let ends = finals(&program).ok()?;
    let least = *ends.first()?;
    Some(match item {
        "smallest" => Finding::of((smallest != least).then(|| {
            if smallest < least {
                format!(
                    "SMALLEST is {smallest}, but no schedule ends at {smallest}: the thread that stores last has already stored once, so its last load reads at least 1"
                )
            } else {
                format!("SMALLEST is {smallest}, but there is a schedule that ends at a smaller value")
            }
        })),
        "schedule" => Finding::of(replay(&program, schedule, least)),
        _ => return None,
    })
}

fn replay(program: &Program, schedule: &[u8], least: u64) -> Option<String> {
    let mut machine = Machine::new(program);
    for (index, thread) in schedule.iter().enumerate() {
        let Some(thread) = usize::from(*thread).checked_sub(1) else {
            return Some(format!("step {}: there is no thread 0, only threads 1 to {THREADS}", index + 1));
        };
        if let Err(impossible) = machine.step(thread) {
            let thread = thread + 1;
            let why = match impossible.reason {
                Reason::Unknown => format!("there is no thread {thread}, only threads 1 to {THREADS}"),
                Reason::Finished => format!("thread {thread} has already taken its four steps"),
                Reason::Blocked | Reason::NotScheduled => format!("thread {thread} cannot take a step"),
            };
            return Some(format!("step {}: {why}", index + 1));
        }
    }
    match machine.end() {
        None => Some("the schedule ends before all threads have finished".to_string()),
        Some(End::Final(value)) if value == least => None,
        Some(End::Final(value)) => Some(format!("the schedule ends at {value}, which is not the smallest possible final value")),
        Some(End::Deadlock) => Some("the schedule ends in a deadlock".to_string()),
    }
}
