//! A litmus test's program under the explorer.

use super::program::{Outcome, Program, run};
use crate::sync::atomic::AtomicU64;
use explorer::{Memory, explore};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

impl Program {
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

/// Returns every outcome that the explorer finds.
pub fn outcomes(program: &Program, memory: Memory) -> BTreeSet<Outcome> {
    let report = explore(&program.threads(), memory);
    assert_eq!(report.bound, None);
    report.outcomes.into_keys().collect()
}
