//! Executions that no order of the loads and stores explains. A counter has none, because it is a single location; programs with two
//! locations have some, and a lab shows them.

use crate::two_locations::{MessagePassing, StoreBuffering};
use crate::verdict::{CHECKED_BY, memory_name};
use crate::witnesses;
use common::source::Region;
use explorer::{Memory, Program, ReadsFrom, ScheduleStep, Subject, explore};
use serde_json::{Value, json};
use std::{fs, io};

/// The lab that shows these programs, without its `lab-`.
pub const LAB: &str = "atomic";

/// Builds the program in which each thread stores to one location and loads the other.
pub fn store_buffering() -> Program<StoreBuffering> {
    Program::new(StoreBuffering::default).thread(StoreBuffering::first).thread(StoreBuffering::second)
}

/// Builds the program in which one thread stores data and then a flag, and the other loads the flag and then the data.
pub fn message_passing() -> Program<MessagePassing> {
    Program::new(MessagePassing::default).thread(MessagePassing::send).thread(|shared| {
        let (ready, data) = shared.receive();
        [ready.into(), data]
    })
}

/// An outcome that no order of the loads and stores has.
struct Unordered {
    anchor: &'static str,
    /// The names of the two locations, in the order of their creation.
    names: [&'static str; 2],
    /// The strongest memory that allows the outcome.
    memory: Memory,
    /// What the threads return.
    outcome: &'static [u64],
    claim: &'static str,
}

const UNORDERED: [Unordered; 2] = [
    Unordered {
        anchor: "store-buffering",
        names: ["x", "y"],
        memory: Memory::StoreBuffers,
        outcome: &[0, 0],
        claim: "both threads load 0, because each store waits in its thread's buffer. Without buffers, the last load reads 1.",
    },
    Unordered {
        anchor: "message-passing",
        names: ["data", "ready"],
        memory: Memory::Cpp20,
        outcome: &[1, 0],
        claim: "T2 sees the flag but not the data that was stored before it: with Relaxed, the two stores or the two loads may swap places.",
    },
];

fn program(anchor: &str) -> Box<dyn Subject> {
    if anchor == "store-buffering" { Box::new(store_buffering()) } else { Box::new(message_passing()) }
}

/// Builds the JSON of all programs: for each an execution that no order of its loads and stores explains.
///
/// # Errors
///
/// A source cannot be read, or the explorer does not find the outcome under exactly the memories that allow it.
pub fn document() -> io::Result<Vec<Value>> {
    UNORDERED.iter().map(execution).collect()
}

fn execution(unordered: &Unordered) -> io::Result<Value> {
    let Unordered { anchor, names, memory, outcome, claim } = unordered;
    let lab = witnesses::labs().into_iter().find(|lab| lab.name == LAB);
    let lab = lab.ok_or_else(|| io::Error::other(format!("there is no lab {LAB}")))?;
    let file = format!("labs/{}/src/two_locations.rs", lab.folder);
    let text = fs::read_to_string(workspace::root().join(&file))?;
    let region =
        Region::of(&text, anchor).ok_or_else(|| io::Error::other(format!("{file} does not define {anchor}")))?;
    let program = program(anchor);
    let reports = Memory::ALL.map(|memory| explore(&*program, memory));
    for (report, other) in reports.iter().zip(Memory::ALL) {
        let is_allowed = other as usize >= *memory as usize;
        if report.outcomes.contains_key(*outcome) != is_allowed {
            let name = memory_name(other);
            return Err(io::Error::other(format!("{anchor}: the explorer differs about {outcome:?} under {name}")));
        }
    }
    // C++20 allows what the other memories allow, and its executions are told apart.
    let executions = reports[Memory::Cpp20 as usize].executions;
    let report = &reports[*memory as usize];
    let step = |step: &ScheduleStep| {
        let mut object = witnesses::step(step);
        object["source"] = region.line(step.line as usize).unwrap_or_default().into();
        if let (Memory::Cpp20, Some(from)) = (memory, step.reads_from) {
            object["from"] = match from {
                ReadsFrom::FirstValue => 0.into(),
                ReadsFrom::Step(index) => (index + 1).into(),
            };
        }
        object
    };
    Ok(json!({
        "variant": anchor,
        "threads": 2,
        "memory": memory_name(*memory),
        "outcome": outcome,
        "names": names,
        "steps": report.outcomes[*outcome].example.iter().map(step).collect::<Vec<_>>(),
        "source": { "file": file, "anchor": anchor, "sha256": region.fingerprint() },
        "checked": { "by": CHECKED_BY, "executions": executions, "preemption_bound": null, "claim": claim },
    }))
}
