//! Counters that lose updates. They differ only in what stands between the load and the store.

use crate::sync::atomic::{AtomicU64, Ordering::Relaxed};
use crate::sync::{Counter, Declaration, Outcome, RacyCell, Shareable, declare, declare_shared, hint};

/// The counters, in the order of the report. None of them is sound, whatever a run ended at.
pub const COUNTERS: &[Declaration] = &[
    declare::<Plain>("plain", Outcome::DataRace, "counter += 1, plain memory"),
    declare::<LoadStore>("load-store", Outcome::LostUpdates, "atomic load, atomic store"),
    declare::<LoadSpinStore>("load-spin-store", Outcome::LostUpdates, "load, spin_loop(), store"),
    declare_shared::<LoadSpinStore>("process-load-spin-store", Outcome::LostUpdates, "the same, in processes"),
];

/// `counter += 1` on plain memory, as in the lecture's program: a data race, so its behaviour is undefined.
///
/// Optimised, it looks right: the compiler may assume that no other thread touches plain memory, and turns the whole loop
/// into one addition. Nothing promises that it will do so tomorrow.
#[derive(Default)]
pub struct Plain(RacyCell);

impl Counter for Plain {
    fn increment(&self, _thread: usize) {
        // SAFETY: none. Another thread may write between the two lines, and that is the bug under study.
        unsafe {
            let seen = self.0.read();
            self.0.write(seen + 1);
        }
    }

    fn value(&self) -> u64 {
        // SAFETY: called when all threads have ended, so no thread writes.
        unsafe { self.0.read() }
    }
}

/// The same with an atomic load and an atomic store: no data race any more, and just as wrong.
///
/// On x86-64 the optimiser may fuse both into one instruction. An interrupt cannot split it, but another CPU can get in between.
#[derive(Default)]
pub struct LoadStore(AtomicU64);

impl Counter for LoadStore {
    fn increment(&self, _thread: usize) {
        let seen = self.0.load(Relaxed);
        self.0.store(seen + 1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Calls `spin_loop()` between the load and the store, so that other threads get in between on any machine.
#[derive(Default)]
pub struct LoadSpinStore(AtomicU64);

impl LoadSpinStore {
    /// Increments, and calls `gap` between the load and the store.
    pub fn increment_around(&self, gap: impl FnOnce()) {
        let seen = self.0.load(Relaxed);
        gap();
        self.0.store(seen + 1, Relaxed);
    }
}

impl Counter for LoadSpinStore {
    fn increment(&self, _thread: usize) {
        self.increment_around(hint::spin_loop);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

// SAFETY: one atomic integer, for which zero is a value.
unsafe impl Shareable for LoadSpinStore {}
