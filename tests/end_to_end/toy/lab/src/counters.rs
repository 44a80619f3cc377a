//! Two tallies: one loses votes, the other does not.

use crate::sync::atomic::{AtomicU64, Ordering::Relaxed};
use crate::sync::{Counter, Declaration, Outcome, declare};

/// The counters, in the order of the report.
pub const COUNTERS: &[Declaration] = &[
    declare::<TwoSteps>("two-steps", Outcome::LostUpdates, "reads the tally, then writes it"),
    declare::<OneStep>("one-step", Outcome::Exact, "adds to the tally in one instruction"),
];

/// A load, then a store. Votes get lost between them.
#[derive(Default)]
pub struct TwoSteps(AtomicU64);

impl Counter for TwoSteps {
    fn increment(&self, _thread: usize) {
        let seen = self.0.load(Relaxed);
        self.0.store(seen + 1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// One instruction that no other thread can split.
#[derive(Default)]
pub struct OneStep(AtomicU64);

impl Counter for OneStep {
    fn increment(&self, _thread: usize) {
        self.0.fetch_add(1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
