//! Counters without a lock. They differ only in how many threads share an integer, or a cache line.

use crate::sync::atomic::{AtomicU64, Ordering::Relaxed};
use crate::sync::{CachePadded, Counter, Declaration, Outcome, Shareable, declare, declare_shared, hint};

/// The counters, in the order of the report.
pub const COUNTERS: &[Declaration] = &[
    declare::<FetchAdd>("fetch-add", Outcome::Exact, "one atomic instruction"),
    declare::<CompareExchange>("compare-exchange", Outcome::Exact, "store if unchanged, else try again"),
    declare::<Padded>("padded", Outcome::Exact, "one integer and cache line per thread"),
    declare::<Adjacent>("adjacent", Outcome::Exact, "one integer per thread, side by side"),
    declare::<LocalThenAdd>("local-then-add", Outcome::Exact, "count alone, add once at the end"),
    declare_shared::<FetchAdd>("process-atomic", Outcome::Exact, "fetch-add, shared by processes"),
];

/// One instruction reads, adds and writes, and nothing can come between. Relaxed is enough, because only the counter is shared.
#[derive(Default)]
#[repr(transparent)]
pub struct FetchAdd(AtomicU64);

impl Counter for FetchAdd {
    fn increment(&self, _thread: usize) {
        self.0.fetch_add(1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Stores only if the counter still holds the value that was read, otherwise tries again with the value that it holds now.
/// This works for any operation, not only for an addition.
#[derive(Default)]
pub struct CompareExchange(AtomicU64);

impl Counter for CompareExchange {
    fn increment(&self, _thread: usize) {
        let mut seen = self.0.load(Relaxed);
        while let Err(now) = self.0.compare_exchange_weak(seen, seen + 1, Relaxed, Relaxed) {
            seen = now;
        }
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// One integer per thread, each on its own cache line, so that no thread waits for another. `CachePadded` takes 128 bytes on
/// x86-64, because its prefetcher fetches cache lines in pairs.
#[derive(Default)]
pub struct Padded(Box<[CachePadded<AtomicU64>]>);

impl Counter for Padded {
    fn for_threads(threads: usize) -> Self {
        Self((0..threads).map(|_| CachePadded::new(AtomicU64::new(0))).collect())
    }

    fn increment(&self, thread: usize) {
        self.0[thread].fetch_add(1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.iter().map(|own| own.load(Relaxed)).sum()
    }
}

/// One integer per thread again, but neighbours lie on one cache line, and CPUs hand around lines, not integers: *false
/// sharing*.
#[derive(Default)]
pub struct Adjacent(Box<[AtomicU64]>);

impl Counter for Adjacent {
    fn for_threads(threads: usize) -> Self {
        Self((0..threads).map(|_| AtomicU64::new(0)).collect())
    }

    fn increment(&self, thread: usize) {
        self.0[thread].fetch_add(1, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.iter().map(|own| own.load(Relaxed)).sum()
    }
}

/// Counts in a local variable and adds once at the end. Until then the counter holds none of its increments.
#[derive(Default)]
pub struct LocalThenAdd(AtomicU64);

impl Counter for LocalThenAdd {
    fn increment(&self, thread: usize) {
        self.add_many(thread, 1);
    }

    fn add_many(&self, _thread: usize, increments: u64) {
        let mut local = 0;
        for _ in 0..increments {
            local += hint::black_box(1); // or the compiler would see where this loop ends, and leave it out
        }
        self.0.fetch_add(local, Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

// SAFETY: one atomic integer, for which zero is a value.
unsafe impl Shareable for FetchAdd {}
