//! The list of what an `exercise.rs` may use, in addition to `core`. It imports from here and from nowhere else.
//!
//! Here they are the standard library's own types, so an editor completes them and `cargo try` runs them on real threads. The grader
//! compiles the *same file* against another crate with the same names and methods. There, threads run in every order, time is counted in
//! ticks, and `println!` prints nothing.
//!
//! [`BTreeMap`] is here and `HashMap` is not, because the order of a `HashMap` changes from run to run.

pub use std::borrow::ToOwned;
pub use std::boxed::Box;
pub use std::collections::BTreeMap;
pub use std::string::{String, ToString};
pub use std::sync::{Mutex, MutexGuard};
pub use std::{format, println, vec, vec::Vec};

use std::ops::Range;
use std::panic;
use std::{fmt, thread};

/// Atomic integers, the orderings of their accesses, and fences.
pub mod atomic {
    pub use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering, fence};
}

pub mod costs;

/// The hint that a thread gives the processor while it waits.
pub mod hint {
    /// Gives the hint, and lets another thread run: it may be the one for which this thread waits, if there are more threads than
    /// CPUs.
    pub fn spin_loop() {
        std::hint::spin_loop();
        std::thread::yield_now();
    }
}

/// Runs `work` in `threads` threads, numbered from 0, and returns their results in that order. If a thread panics, so does
/// the caller.
pub fn in_threads<T: Send + 'static>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| panic::resume_unwind(panic))).collect()
    })
}

/// Numbers in memory, to be added up. Only [`sum`](Self::sum) and [`copy`](Self::copy) read them.
pub struct Numbers(Vec<i64>);

impl fmt::Debug for Numbers {
    /// Prints how many numbers there are, and none of them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Numbers").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Numbers {
    /// Wraps the given `numbers`.
    pub fn new(numbers: Vec<i64>) -> Self {
        Self(numbers)
    }

    /// Returns how many numbers there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no numbers.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the sum of the numbers in `range`, without copying them.
    pub fn sum(&self, range: Range<usize>) -> i64 {
        self.0[range].iter().sum()
    }

    /// Returns a copy of the numbers in `range`.
    pub fn copy(&self, range: Range<usize>) -> Vec<i64> {
        self.0[range].to_vec()
    }
}

/// The terms of a sum. Each has to be computed; some take much longer than others, and it is not known which.
pub struct Terms(usize);

impl fmt::Debug for Terms {
    /// Prints how many terms there are, and none of them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Terms").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Terms {
    /// Creates a sum of `count` terms.
    pub fn new(count: usize) -> Self {
        Self(count)
    }

    /// Returns how many terms there are.
    pub fn len(&self) -> usize {
        self.0
    }

    /// Returns whether there are no terms.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Computes term `index`. Panics if it is out of range.
    pub fn value(&self, index: usize) -> f64 {
        assert!(index < self.0, "there are only {} terms", self.0);
        term(index)
    }
}

/// Computes a term. Terms differ in size, so the order of the additions changes the last digits of the sum.
#[doc(hidden)] // for the grader: an exercise calls `Terms::value`
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
    fn a_panic_of_a_thread_reaches_the_caller_with_its_message() {
        let panic = panic::catch_unwind(|| in_threads(2, |thread| assert!(thread == 0, "thread {thread} fails")));
        assert_eq!(panic.unwrap_err().downcast_ref::<String>().unwrap(), "thread 1 fails");
    }

    #[test]
    fn numbers_and_terms_print_their_count_alone() {
        assert_eq!(format!("{:?}", Numbers::new(vec![171, 172])), "Numbers { len: 2, .. }");
        assert_eq!(format!("{:?}", Terms::new(3)), "Terms { len: 3, .. }");
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
