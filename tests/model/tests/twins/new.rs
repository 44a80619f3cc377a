//! Counters that no table knows, as a new lab may declare them: what the model has to know of them it sees by itself.

use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::sync::atomic::{AtomicBool, AtomicU64};
use crate::sync::{Counter, Mutex, RacyCell, thread};

/// A lock that looks before it swaps.
#[derive(Default)]
pub struct Looks {
    taken: AtomicBool,
    count: RacyCell,
}

impl Counter for Looks {
    fn increment(&self, _thread: usize) {
        while self.taken.swap(true, Acquire) {
            while self.taken.load(Relaxed) {
                thread::yield_now();
            }
        }
        // SAFETY: the lock is held.
        unsafe { self.count.write(self.count.read() + 1) };
        self.taken.store(false, Release);
    }

    fn value(&self) -> u64 {
        // SAFETY: all threads have ended.
        unsafe { self.count.read() }
    }
}

/// A lock whose waiting threads do not say that they wait.
#[derive(Default)]
pub struct Mute {
    taken: AtomicBool,
    count: AtomicU64,
}

impl Counter for Mute {
    fn increment(&self, _thread: usize) {
        while self.taken.swap(true, Acquire) {}
        self.count.fetch_add(1, Relaxed);
        self.taken.store(false, Release);
    }

    fn value(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

/// A mutex around a number.
#[derive(Default)]
pub struct Guarded(Mutex<u64>);

impl Counter for Guarded {
    fn increment(&self, _thread: usize) {
        *self.0.lock().expect("no holder panics") += 1;
    }

    fn value(&self) -> u64 {
        *self.0.lock().expect("no holder panics")
    }
}

/// A load and a store, and in between a hint that means nothing.
#[derive(Default)]
pub struct Hesitates(AtomicU64);

impl Counter for Hesitates {
    fn increment(&self, _thread: usize) {
        let seen = self.0.load(Relaxed);
        thread::yield_now();
        self.0.store(seen + 1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
