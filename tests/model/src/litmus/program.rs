//! A litmus test's program as data, so that loom, the explorer and the axioms judge the same one. The explorer's tests compile this file
//! too, with another `crate::sync`.

use crate::sync::atomic::{AtomicU64, fence};
use std::fmt;
use std::sync::atomic::Ordering;

/// Names of the shared locations; a location is an index here. All hold 0 in the beginning.
pub const LOCATIONS: [&str; 2] = ["x", "y"];

/// The location x.
pub const X: usize = 0;
/// The location y.
pub const Y: usize = 1;

/// What a thread does in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Reads a location into the next register.
    Load(usize, Ordering),
    /// Writes a constant to a location.
    Store(usize, u64, Ordering),
    /// Reads a location into the next register and writes a constant to it, in one step.
    Swap(usize, u64, Ordering),
    /// Orders what is before it and what is after.
    Fence(Ordering),
}

/// What an execution shows: the registers, in the order of the threads and of their instructions, and then, if the program
/// observes them, the final values of the locations.
pub type Outcome = Vec<u64>;

/// Threads of instructions, without branches and loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// What each thread does, four threads at most.
    pub threads: Vec<Vec<Instruction>>,
    /// Whether final values are part of the outcome: those of the locations that are written more than once.
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

    /// What the numbers of an outcome are, in their order: registers, then final values.
    pub fn columns(&self) -> Vec<String> {
        let is_read = |instruction: &&Instruction| matches!(instruction, Instruction::Load(..) | Instruction::Swap(..));
        let registers = self.threads.iter().flatten().filter(is_read).count();
        let finals = self.finals().into_iter().map(|location| format!("final {}", LOCATIONS[location]));
        (1..=registers).map(|register| format!("r{register}")).chain(finals).collect()
    }
}

/// Does what one thread does, and returns its registers.
pub fn run(instructions: &[Instruction], memory: &[AtomicU64]) -> Vec<u64> {
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

impl fmt::Display for Program {
    /// One line a thread, registers counted through.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut register = 0;
        for (number, thread) in self.threads.iter().enumerate() {
            let steps: Vec<_> = thread.iter().map(|instruction| step(*instruction, &mut register)).collect();
            writeln!(formatter, "thread {}: {}", number + 1, steps.join("; "))?;
        }
        Ok(())
    }
}

fn step(instruction: Instruction, register: &mut usize) -> String {
    if let Instruction::Load(..) | Instruction::Swap(..) = instruction {
        *register += 1;
    }
    match instruction {
        Instruction::Load(location, _) => format!("r{register} = {}", LOCATIONS[location]),
        Instruction::Store(location, value, _) => format!("{} = {value}", LOCATIONS[location]),
        Instruction::Swap(location, value, _) => format!("r{register} = swap {} {value}", LOCATIONS[location]),
        Instruction::Fence(ordering) => format!("fence {ordering:?}"),
    }
}
