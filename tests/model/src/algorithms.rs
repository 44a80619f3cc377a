//! Locks of the textbooks, each around plain memory. `model` explores this file, and `proofs` compiles it behind loom's
//! door.

use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use crate::sync::atomic::{AtomicBool, AtomicU64};
use crate::sync::{Counter, Declaration, Outcome, RacyCell, declare, hint};

/// The algorithms, the simplest first.
pub const ALGORITHMS: &[Declaration] = &[
    declare::<Tickets>("ticket", Outcome::Exact, "a lock that serves threads in the order of arrival"),
    declare::<Peterson>("peterson", Outcome::Exact, "Peterson's lock for two threads"),
    declare::<Dekker>("dekker", Outcome::Exact, "Dekker's lock for two threads"),
];

/// A ticket lock: a thread takes the next number, and waits until this number is served.
#[derive(Default)]
pub struct Tickets {
    next: AtomicU64,
    serving: AtomicU64,
    count: RacyCell,
}

impl Counter for Tickets {
    fn increment(&self, _thread: usize) {
        let mine = self.next.fetch_add(1, Relaxed);
        while self.serving.load(Acquire) != mine {
            hint::spin_loop();
        }
        // SAFETY: only the thread that is served is here, and Acquire orders it after the last one's Release.
        unsafe { self.count.write(self.count.read() + 1) };
        self.serving.store(mine + 1, Release);
    }

    fn value(&self) -> u64 {
        // SAFETY: all threads have ended.
        unsafe { self.count.read() }
    }
}

/// Peterson's lock: a thread that wants to enter lets the other go first.
#[derive(Default)]
pub struct Peterson {
    wants: [AtomicBool; 2],
    turn: AtomicU64,
    count: RacyCell,
}

impl Counter for Peterson {
    fn increment(&self, me: usize) {
        let other = 1 - me;
        self.wants[me].store(true, SeqCst);
        self.turn.store(other as u64, SeqCst);
        while self.wants[other].load(SeqCst) && self.turn.load(SeqCst) == other as u64 {
            hint::spin_loop();
        }
        // SAFETY: the other thread does not want to enter, or has given the turn to this one and waits.
        unsafe { self.count.write(self.count.read() + 1) };
        self.wants[me].store(false, SeqCst);
    }

    fn value(&self) -> u64 {
        // SAFETY: all threads have ended.
        unsafe { self.count.read() }
    }
}

/// Dekker's lock: if both threads want to enter, the one whose turn it is not steps back.
#[derive(Default)]
pub struct Dekker {
    wants: [AtomicBool; 2],
    turn: AtomicU64,
    count: RacyCell,
}

impl Counter for Dekker {
    fn increment(&self, me: usize) {
        let other = 1 - me;
        self.wants[me].store(true, SeqCst);
        while self.wants[other].load(SeqCst) {
            if self.turn.load(SeqCst) != me as u64 {
                self.wants[me].store(false, SeqCst);
                while self.turn.load(SeqCst) != me as u64 {
                    hint::spin_loop();
                }
                self.wants[me].store(true, SeqCst);
            }
        }
        // SAFETY: this thread wants to enter, and has seen after that that the other does not.
        unsafe { self.count.write(self.count.read() + 1) };
        self.turn.store(other as u64, SeqCst);
        self.wants[me].store(false, SeqCst);
    }

    fn value(&self) -> u64 {
        // SAFETY: all threads have ended.
        unsafe { self.count.read() }
    }
}
