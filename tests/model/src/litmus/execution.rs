//! A litmus test's program under loom.

use super::program::{LOCATIONS, Outcome, Program, run};
use crate::exploration::{self, Exploration, Limits};
use crate::sync::atomic::AtomicU64;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

impl Program {
    /// Returns every outcome that loom shows, and how the exploration ended. Unless it is complete, a missing outcome means nothing.
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
