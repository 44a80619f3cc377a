//! A litmus test's program as data, so that loom and the axioms judge the same one.

use crate::exploration::{self, Exploration, Limits};
use crate::sync::atomic::{AtomicU64, fence};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

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

    /// Every outcome that loom shows, and how the exploration ended: unless it is complete, a missing outcome means nothing.
    pub fn explore(&self) -> (BTreeSet<Outcome>, Exploration) {
        let program = Arc::new(self.clone());
        let limits = Limits { record: false, ..Limits::default() };
        exploration::explore(
            &limits,
            move || execute(&program),
            |seen: &mut BTreeSet<_>, outcome, _| {
                seen.insert(outcome);
            },
        )
    }
}

/// One execution, from inside a model. The model's first thread only starts the others and waits for them: parked, and not by
/// joining one after the other, which gives loom three times as many executions to tell apart where there are two.
fn execute(program: &Arc<Program>) -> Outcome {
    let memory: Arc<[AtomicU64; LOCATIONS.len()]> = Arc::default();
    let ended = Arc::new(Mutex::new(BTreeMap::new())); // not loom's: it orders nothing
    let waiter = loom::thread::current();
    for thread in 0..program.threads.len() {
        let (program, memory, ended, waiter) = (program.clone(), memory.clone(), ended.clone(), waiter.clone());
        loom::thread::spawn(move || {
            let registers = run(&program.threads[thread], &*memory);
            ended.lock().expect("a panic ends the execution").insert(thread, registers);
            waiter.unpark();
        });
    }
    while ended.lock().expect("a panic ends the execution").len() < program.threads.len() {
        loom::thread::park();
    }
    let registers = std::mem::take(&mut *ended.lock().expect("a panic ends the execution"));
    let finals = program.finals().into_iter().map(|location| memory[location].load(Ordering::Relaxed));
    registers.into_values().flatten().chain(finals).collect()
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
