//! Broken counters, each of which differs from one that is right by one thing.

use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Counter, Mutex, RacyCell, hint};

/// A load, then a store, with the strongest orderings that there are: no ordering makes two steps one.
#[derive(Default)]
pub struct StrongLoadStore(AtomicU64);

impl Counter for StrongLoadStore {
    fn increment(&self, _thread: usize) {
        let seen = self.0.load(SeqCst);
        self.0.store(seen + 1, SeqCst);
    }

    fn value(&self) -> u64 {
        self.0.load(SeqCst)
    }
}

/// A compare-exchange whose failure is ignored.
#[derive(Default)]
pub struct Ignored(AtomicU64);

impl Counter for Ignored {
    fn increment(&self, _thread: usize) {
        let seen = self.0.load(Relaxed);
        let _ = self.0.compare_exchange(seen, seen + 1, Relaxed, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// An increment that counts twice.
#[derive(Default)]
pub struct Doubled(AtomicU64);

impl Counter for Doubled {
    fn increment(&self, _thread: usize) {
        self.0.fetch_add(2, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A spin lock with the orderings that one gives it.
pub struct Spin {
    taken: AtomicBool,
    count: RacyCell,
    lock: Ordering,
    unlock: Ordering,
}

impl Spin {
    /// Creates a spin lock with these orderings.
    pub fn new(lock: Ordering, unlock: Ordering) -> Self {
        Self { taken: AtomicBool::new(false), count: RacyCell::new(0), lock, unlock }
    }
}

impl Counter for Spin {
    fn increment(&self, _thread: usize) {
        while self.taken.compare_exchange(false, true, self.lock, Relaxed).is_err() {
            hint::spin_loop();
        }
        // SAFETY: the lock is held; whether that is enough is the question.
        unsafe { self.count.write(self.count.read() + 1) };
        self.taken.store(false, self.unlock);
    }

    fn value(&self) -> u64 {
        // SAFETY: all threads have ended.
        unsafe { self.count.read() }
    }
}

/// The right orderings, and the first thread does not take the lock.
pub struct Forgotten {
    spin: Spin,
}

impl Default for Forgotten {
    fn default() -> Self {
        Self { spin: Spin::new(Acquire, Release) }
    }
}

impl Counter for Forgotten {
    fn increment(&self, thread: usize) {
        if thread > 0 {
            return self.spin.increment(thread);
        }
        // SAFETY: none, that is what is wrong here.
        unsafe { self.spin.count.write(self.spin.count.read() + 1) };
    }

    fn value(&self) -> u64 {
        self.spin.value()
    }
}

/// A mutex for each thread: each takes its own.
pub struct OwnMutexes {
    mutexes: Vec<Mutex<()>>,
    count: AtomicU64,
}

impl OwnMutexes {
    /// For so many threads.
    pub fn new(threads: usize) -> Self {
        Self { mutexes: (0..threads).map(|_| Mutex::new(())).collect(), count: AtomicU64::new(0) }
    }
}

impl Counter for OwnMutexes {
    fn increment(&self, thread: usize) {
        let _held = self.mutexes[thread].lock();
        let seen = self.count.load(Relaxed);
        self.count.store(seen + 1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

/// Two mutexes, taken in one order by the first thread and in the other by the rest.
#[derive(Default)]
pub struct Crossed(Mutex<()>, Mutex<u64>);

impl Counter for Crossed {
    fn increment(&self, thread: usize) {
        if thread == 0 {
            let _first = self.0.lock();
            *self.1.lock().expect("no holder panics") += 1;
        } else {
            let mut count = self.1.lock().expect("no holder panics");
            let _second = self.0.lock();
            *count += 1;
        }
    }

    fn value(&self) -> u64 {
        *self.1.lock().expect("no holder panics")
    }
}

/// A lock that is taken, and never given back.
#[derive(Default)]
pub struct Kept {
    taken: AtomicBool,
    count: AtomicU64,
}

impl Counter for Kept {
    fn increment(&self, _thread: usize) {
        while self.taken.compare_exchange(false, true, Acquire, Relaxed).is_err() {
            hint::spin_loop();
        }
        self.count.fetch_add(1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

/// Panics when it has counted to two.
#[derive(Default)]
pub struct Fragile(AtomicU64);

impl Counter for Fragile {
    fn increment(&self, _thread: usize) {
        assert!(self.0.fetch_add(1, Relaxed) < 1, "cannot count any further");
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
