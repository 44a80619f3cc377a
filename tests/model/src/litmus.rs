//! Litmus tests under the explorer.

use explorer::sync::atomic::{AtomicU64, fence};
use explorer::{Memory, explore};
use litmus::{LOCATIONS, Outcome, Program, run};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// The shared locations of a litmus test.
#[derive(Debug, Default)]
pub struct Locations([AtomicU64; LOCATIONS.len()]);

impl litmus::Memory for Locations {
    #[track_caller]
    fn load(&self, location: usize, ordering: Ordering) -> u64 {
        self.0[location].load(ordering)
    }

    #[track_caller]
    fn store(&self, location: usize, value: u64, ordering: Ordering) {
        self.0[location].store(value, ordering);
    }

    #[track_caller]
    fn swap(&self, location: usize, value: u64, ordering: Ordering) -> u64 {
        self.0[location].swap(value, ordering)
    }

    #[track_caller]
    fn fence(&self, ordering: Ordering) {
        fence(ordering);
    }
}

/// Builds the program that the explorer runs. An outcome is the registers, and then the final values.
pub fn program(test: &Program) -> explorer::Program<Locations> {
    let mut program = explorer::Program::new(Locations::default);
    for instructions in test.threads.clone() {
        program = program.thread(move |locations| run(&instructions, locations));
    }
    let finals = test.finals();
    let value = |locations: &Locations, location: usize| locations.0[location].load(Ordering::Relaxed);
    program.end(move |locations| finals.iter().map(|&location| value(locations, location)).collect::<Vec<_>>())
}

/// Returns every outcome that the explorer finds under a memory.
///
/// # Panics
///
/// If the program is too large to be explored.
pub fn outcomes(test: &Program, memory: Memory) -> BTreeSet<Outcome> {
    let report = explore(&program(test), memory);
    assert_eq!(report.bound, None, "{test}");
    report.outcomes.into_keys().collect()
}
