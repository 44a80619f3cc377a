//! A litmus test's program as data, so that loom, the explorer and the axioms judge the same one.

use std::fmt;
use std::sync::atomic::Ordering;

/// The names of the shared locations. A location is an index into them, and holds 0 in the beginning.
pub const LOCATIONS: [&str; 2] = ["x", "y"];

/// The index of the location x.
pub const X: usize = 0;
/// The index of the location y.
pub const Y: usize = 1;

/// One step of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// Reads a location into the next register.
    Load(usize, Ordering),
    /// Writes a constant to a location.
    Store(usize, u64, Ordering),
    /// Reads a location into the next register and writes a constant to it, in one step.
    Swap(usize, u64, Ordering),
    /// Orders the accesses before it and after it.
    Fence(Ordering),
}

/// The result of an execution: the registers, in the order of the threads and of their instructions, and then, if the program
/// observes them, the final values of the locations.
pub type Outcome = Vec<u64>;

/// A program whose threads have neither branches nor loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The instructions of each thread. There are four threads at most.
    pub threads: Vec<Vec<Instruction>>,
    /// Whether final values are part of the outcome: those of the locations that are written more than once.
    pub shows_finals: bool,
}

impl Program {
    /// Returns the locations whose final values are part of the outcome.
    pub fn finals(&self) -> Vec<usize> {
        let writes_to = |instruction: &Instruction| match *instruction {
            Instruction::Store(location, ..) | Instruction::Swap(location, ..) => Some(location),
            Instruction::Load(..) | Instruction::Fence(_) => None,
        };
        let writes = |location| self.threads.iter().flatten().filter(|step| writes_to(step) == Some(location)).count();
        (0..LOCATIONS.len()).filter(|&location| self.shows_finals && writes(location) > 1).collect()
    }

    /// Returns the names of an outcome's numbers, in their order: registers, then final values.
    pub fn columns(&self) -> Vec<String> {
        let is_read = |instruction: &&Instruction| matches!(instruction, Instruction::Load(..) | Instruction::Swap(..));
        let registers = self.threads.iter().flatten().filter(is_read).count();
        let finals = self.finals().into_iter().map(|location| format!("final {}", LOCATIONS[location]));
        (1..=registers).map(|register| format!("r{register}")).chain(finals).collect()
    }
}

/// The shared locations under a model checker.
pub trait Memory {
    /// Loads from a location.
    fn load(&self, location: usize, ordering: Ordering) -> u64;
    /// Stores to a location.
    fn store(&self, location: usize, value: u64, ordering: Ordering);
    /// Stores to a location and returns the value before, in one step.
    fn swap(&self, location: usize, value: u64, ordering: Ordering) -> u64;
    /// Orders the accesses before it and after it.
    fn fence(&self, ordering: Ordering);
}

/// Does the instructions of one thread, and returns its registers.
pub fn run(instructions: &[Instruction], memory: &impl Memory) -> Vec<u64> {
    let mut registers = Vec::new();
    for &instruction in instructions {
        match instruction {
            Instruction::Load(location, ordering) => registers.push(memory.load(location, ordering)),
            Instruction::Store(location, value, ordering) => memory.store(location, value, ordering),
            Instruction::Swap(location, value, ordering) => registers.push(memory.swap(location, value, ordering)),
            Instruction::Fence(ordering) => memory.fence(ordering),
        }
    }
    registers
}

impl fmt::Display for Program {
    /// Formats the program with one line per thread. Registers are numbered through.
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
