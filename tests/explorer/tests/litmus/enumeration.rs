//! Litmus tests by brute force: every interleaving of the instructions is executed, one by one, with and without store
//! buffers.
//!
//! This shares nothing with the explorer: it reads the instructions as data.

use litmus::{Instruction, Outcome, Program};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::atomic::Ordering::SeqCst;

/// An execution so far.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Execution {
    memory: [u64; 2],
    done: Vec<usize>,
    registers: Vec<Vec<u64>>,
    buffers: Vec<VecDeque<(usize, u64)>>,
}

impl Execution {
    fn new(program: &Program) -> Self {
        let threads = program.threads.len();
        Self {
            memory: [0; 2],
            done: vec![0; threads],
            registers: vec![Vec::new(); threads],
            buffers: vec![VecDeque::new(); threads],
        }
    }

    fn outcome(&self, program: &Program) -> Outcome {
        let finals = program.finals().into_iter().map(|location| self.memory[location]);
        self.registers.iter().flatten().copied().chain(finals).collect()
    }
}

/// Returns every outcome of the interleavings, with their number.
pub fn interleavings(program: &Program) -> BTreeMap<Outcome, u128> {
    fn go_on(program: &Program, execution: &Execution, outcomes: &mut BTreeMap<Outcome, u128>) {
        let next = successors(program, execution, false);
        next.iter().for_each(|next| go_on(program, next, outcomes));
        if next.is_empty() {
            *outcomes.entry(execution.outcome(program)).or_default() += 1;
        }
    }
    let mut outcomes = BTreeMap::new();
    go_on(program, &Execution::new(program), &mut outcomes);
    outcomes
}

/// Returns every outcome with store buffers.
pub fn buffered(program: &Program) -> BTreeSet<Outcome> {
    let start = Execution::new(program);
    let (mut outcomes, mut seen, mut left) = (BTreeSet::new(), HashSet::new(), vec![start]);
    while let Some(execution) = left.pop() {
        if seen.insert(execution.clone()) {
            let next = successors(program, &execution, true);
            if next.is_empty() {
                outcomes.insert(execution.outcome(program));
            }
            left.extend(next);
        }
    }
    outcomes
}

/// Returns what one step can lead to. A store that reaches memory is a step of its own if stores are buffered.
fn successors(program: &Program, execution: &Execution, buffered: bool) -> Vec<Execution> {
    let mut all = Vec::new();
    for thread in 0..program.threads.len() {
        if !execution.buffers[thread].is_empty() {
            let mut next = execution.clone();
            let (location, value) = next.buffers[thread].pop_front().expect("it is not empty");
            next.memory[location] = value;
            all.push(next);
        }
        if let Some(&instruction) = program.threads[thread].get(execution.done[thread]) {
            let mut next = execution.clone();
            next.done[thread] += 1;
            if next.takes(thread, instruction, buffered) {
                all.push(next);
            }
        }
    }
    all
}

impl Execution {
    /// Takes a step. Returns `false` if the instruction must wait until the thread's buffer is empty.
    fn takes(&mut self, thread: usize, instruction: Instruction, buffered: bool) -> bool {
        let buffer = &mut self.buffers[thread];
        match instruction {
            Instruction::Load(location, _) => {
                let own = buffer.iter().rev().find(|(stored, _)| *stored == location);
                self.registers[thread].push(own.map_or(self.memory[location], |&(_, value)| value));
                true
            }
            Instruction::Store(location, value, ordering) if buffered && ordering != SeqCst => {
                buffer.push_back((location, value));
                true
            }
            Instruction::Fence(ordering) if ordering != SeqCst => true,
            _ if !buffer.is_empty() => false,
            Instruction::Fence(_) => true,
            Instruction::Store(location, value, _) => {
                self.memory[location] = value;
                true
            }
            Instruction::Swap(location, value, _) => {
                self.registers[thread].push(self.memory[location]);
                self.memory[location] = value;
                true
            }
        }
    }
}
