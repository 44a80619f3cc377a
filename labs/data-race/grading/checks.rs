//! `race`: the smallest final value, and a schedule that ends there. The schedule is replayed.

use crate::Finding;
use engine::{End, LOAD_STORE, Machine, Program, finals};

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
                format!("no schedule ends at {smallest}: whoever stores last has read something that its own thread stored before")
            } else {
                format!("there is a schedule that ends at less than {smallest}")
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
            return Some(format!("step {}: there is no thread 0", index + 1));
        };
        if let Err(reason) = machine.step(thread) {
            return Some(format!("step {}: thread {} cannot go on ({reason:?})", index + 1, thread + 1));
        }
    }
    match machine.end() {
        None => Some("the threads are not done when the schedule ends".to_string()),
        Some(End::Final(value)) if value == least => None,
        Some(End::Final(value)) => Some(format!("it is a schedule, and it ends at {value}")),
        Some(End::Deadlock) => Some("it ends in a deadlock".to_string()),
    }
}
