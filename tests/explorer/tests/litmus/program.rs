//! Litmus tests as data, with the names that the axioms use, and as threads that are explored.

use explorer::sync::atomic::{AtomicU64, fence};
use explorer::{Memory, explore};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

pub const LOCATIONS: [&str; 2] = ["x", "y"];
pub const X: usize = 0;
pub const Y: usize = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    Load(usize, Ordering),
    Store(usize, u64, Ordering),
    Swap(usize, u64, Ordering),
    Fence(Ordering),
}

/// Registers in the order of the threads and instructions, and then final values.
pub type Outcome = Vec<u64>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    pub threads: Vec<Vec<Instruction>>,
    pub shows_finals: bool,
}

impl Program {
    /// The locations whose final values are part of the outcome.
    pub fn finals(&self) -> Vec<usize> {
        let writes_to = |instruction: &Instruction| match *instruction {
            Instruction::Store(location, ..) | Instruction::Swap(location, ..) => Some(location),
            Instruction::Load(..) | Instruction::Fence(_) => None,
        };
        let writes = |location| self.threads.iter().flatten().filter(|step| writes_to(step) == Some(location)).count();
        (0..LOCATIONS.len()).filter(|&location| self.shows_finals && writes(location) > 1).collect()
    }

    pub fn threads(&self) -> explorer::Program<[AtomicU64; 2]> {
        let mut program = explorer::Program::new(<[AtomicU64; 2]>::default);
        for instructions in self.threads.clone() {
            program = program.thread(move |memory| run(&instructions, memory));
        }
        let finals = self.finals();
        program.end(move |memory| {
            finals.iter().map(|&location| memory[location].load(Ordering::Relaxed)).collect::<Vec<_>>()
        })
    }
}

/// What one thread does; returns its registers.
fn run(instructions: &[Instruction], memory: &[AtomicU64]) -> Vec<u64> {
    let mut registers = Vec::new();
    for &instruction in instructions {
        match instruction {
            Instruction::Load(location, ordering) => registers.push(memory[location].load(ordering)),
            Instruction::Store(location, value, ordering) => memory[location].store(value, ordering),
            Instruction::Swap(location, value, ordering) => registers.push(memory[location].swap(value, ordering)),
            Instruction::Fence(ordering) => fence(ordering),
        }
    }
    registers
}

/// Every outcome that the explorer finds.
pub fn outcomes(program: &Program, memory: Memory) -> BTreeSet<Outcome> {
    let report = explore(&program.threads(), memory);
    assert_eq!(report.bound, None);
    report.outcomes.into_keys().collect()
}
