//! What an exercise is made of. An `exercise.rs` imports from here and from nowhere else.
//!
//! Here everything is real: the standard library, as thin as can be. The grader compiles the *same file* against two other crates
//! with the same names: a machine that counts what each core does, where time is not taken but added up, so that a grade never
//! depends on how busy a computer is; and a model checker, which runs the threads in every order.

pub use std::boxed::Box;
pub use std::sync::{Mutex, MutexGuard};
pub use std::{vec, vec::Vec};

use std::ops::Range;
use std::thread;

/// Integers that threads may share, and the orderings of their accesses.
pub mod atomic {
    pub use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}

/// What a thread says while it waits.
pub mod hint {
    pub use std::hint::spin_loop;
}

/// What things cost on the grader's machine, in ticks: a tick is one addition.
pub mod costs {
    /// Starting a thread and waiting for its end; whoever starts it pays.
    pub const START: u64 = 50_000;
    /// An operation on an atomic, or taking a mutex.
    pub const SHARED: u64 = 100;
    /// Adding up one number in place.
    pub const ELEMENT: u64 = 1;
    /// Copying one number.
    pub const COPY: u64 = 4;
}

/// Runs `work` in so many threads, numbered from 0, and returns what each returned, in their order.
pub fn in_threads<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        handles.into_iter().map(|handle| handle.join().expect("a worker panicked")).collect()
    })
}

/// Numbers that lie in memory, to be added up.
#[derive(Debug)]
pub struct Numbers(Vec<i64>);

impl Numbers {
    /// These.
    pub fn new(numbers: Vec<i64>) -> Self {
        Self(numbers)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sum of some of them, where they lie.
    pub fn sum(&self, range: Range<usize>) -> i64 {
        self.0[range].iter().sum()
    }

    /// A copy of some of them.
    pub fn copy(&self, range: Range<usize>) -> Vec<i64> {
        self.0[range].to_vec()
    }
}

/// Terms of a sum, each of which has to be computed. Some take much longer than others, and nobody says which.
#[derive(Debug)]
pub struct Terms(usize);

impl Terms {
    /// So many.
    pub fn new(count: usize) -> Self {
        Self(count)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// One of them.
    pub fn value(&self, index: usize) -> f64 {
        assert!(index < self.0, "there are only {} terms", self.0);
        term(index)
    }
}

/// The term's value: numbers of different sizes, so that the order of the additions shows in the last digits.
pub fn term(index: usize) -> f64 {
    let x = ((index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11) as f64 / (1_u64 << 53) as f64;
    x * x + x.sin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_answer_in_their_order() {
        assert_eq!(in_threads(4, |thread| thread * 10), [0, 10, 20, 30]);
        assert!(in_threads(0, |thread| thread).is_empty());
    }

    #[test]
    fn numbers_are_added_up_where_they_lie() {
        let numbers = Numbers::new(vec![1, 2, 3, 4]);
        assert_eq!((numbers.len(), numbers.sum(1..3), numbers.sum(4..4)), (4, 5, 0));
        assert_eq!(numbers.copy(2..4), [3, 4]);
    }

    #[test]
    fn the_order_of_the_terms_shows_in_the_last_digits() {
        let terms = Terms::new(1000);
        let forward: f64 = (0..1000).map(|index| terms.value(index)).sum();
        let backward: f64 = (0..1000).rev().map(|index| terms.value(index)).sum();
        assert!(forward != backward && (forward - backward).abs() < 1e-9);
    }
}
