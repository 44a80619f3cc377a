//! The items of `common::exercise` for a program that the grader asks for its next operation. The grader compiles an
//! `exercise.rs` against this crate under the name `common`, so it explores exactly the lines that a student wrote.
//!
//! The program holds no numbers, no memory and no verdict: it says what its threads do next, given what their operations
//! have returned so far. [`driver`] is what each exercise's driver uses.

#[path = "../../../common/src/exercise/costs.rs"]
pub mod costs;
pub mod driver;

/// The module that an exercise imports.
pub mod exercise {
    pub use crate::costs;
    pub use crate::println;
    pub use explorer::sync::{Mutex, MutexGuard};
    pub use std::borrow::ToOwned;
    pub use std::boxed::Box;
    pub use std::collections::BTreeMap;
    pub use std::string::{String, ToString};
    pub use std::{format, vec, vec::Vec};

    use crate::driver::{self, ADDED, COMPUTED, COPIED};
    use explorer::outside::{Work, result, values, work};
    use explorer::sync::thread;
    use std::fmt;
    use std::ops::Range;
    use std::panic;

    /// Atomic integers, and the orderings of their accesses.
    pub mod atomic {
        pub use explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering, fence};
    }

    /// The hint that a thread gives while it waits.
    pub mod hint {
        pub use explorer::sync::hint::spin_loop;
    }

    /// Runs `work` in `threads` threads, numbered from 0, and returns their results in that order. If a thread panics, so does
    /// the caller.
    #[track_caller]
    pub fn in_threads<T: Send + 'static>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        thread::scope(|scope| {
            let work = &work;
            let mut handles = Vec::new(); // it grows, because there may be a limit before the last thread
            for thread in 0..threads {
                handles.push(scope.spawn(move || driver::telling_memory(|| work(thread))));
            }
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or_else(|panic| panic::resume_unwind(panic)))
                .collect()
        })
    }

    /// Numbers in memory, to be added up. Only [`sum`](Self::sum) and [`copy`](Self::copy) read them.
    pub struct Numbers(pub(crate) usize);

    impl fmt::Debug for Numbers {
        /// Prints how many numbers there are, and none of them.
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.debug_struct("Numbers").field("len", &self.len()).finish_non_exhaustive()
        }
    }

    /// Up to this length `sum` fetches each number, because a request for their sum would take as long.
    const FEW: usize = 256;

    /// The largest copy. A larger one has no room.
    const LARGEST_COPY: usize = 1 << 24;

    impl Numbers {
        /// Returns how many numbers there are.
        pub fn len(&self) -> usize {
            self.0
        }

        /// Returns whether there are no numbers.
        pub fn is_empty(&self) -> bool {
            self.0 == 0
        }

        /// Returns the sum of the numbers in `range`, without copying them.
        #[track_caller]
        pub fn sum(&self, range: Range<usize>) -> i64 {
            let all = self.checked(ADDED, &range);
            if range.is_empty() {
                return 0;
            }
            work(all);
            if range.len() > FEW {
                return result(all) as i64;
            }
            let mut total = 0_i64;
            values(ADDED, range.start as u64..range.end as u64, |value| total = total.wrapping_add(value as i64));
            total
        }

        /// Returns a copy of the numbers in `range`.
        #[track_caller]
        pub fn copy(&self, range: Range<usize>) -> Vec<i64> {
            let all = self.checked(COPIED, &range);
            if range.is_empty() {
                return Vec::new();
            }
            assert!(range.len() <= LARGEST_COPY, "there is no room for a copy of {} numbers", range.len());
            work(all);
            let mut copy = Vec::with_capacity(range.len());
            values(ADDED, range.start as u64..range.end as u64, |value| copy.push(value as i64));
            copy
        }

        /// Checks the range as a slice does.
        #[track_caller]
        fn checked(&self, kind: u8, range: &Range<usize>) -> Work {
            let Range { start, end } = *range;
            assert!(start <= end, "slice index starts at {start} but ends at {end}");
            assert!(end <= self.0, "range end index {end} out of range for slice of length {}", self.0);
            Work { kind, from: start as u64, to: end as u64, step: 1 }
        }
    }

    /// The terms of a sum. Each has to be computed; some take much longer than others, and it is not known which.
    pub struct Terms(pub(crate) usize);

    impl fmt::Debug for Terms {
        /// Prints how many terms there are, and none of them.
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.debug_struct("Terms").field("len", &self.len()).finish_non_exhaustive()
        }
    }

    impl Terms {
        /// Returns how many terms there are.
        pub fn len(&self) -> usize {
            self.0
        }

        /// Returns whether there are no terms.
        pub fn is_empty(&self) -> bool {
            self.0 == 0
        }

        /// Computes term `index`. Panics if it is out of range.
        #[track_caller]
        pub fn value(&self, index: usize) -> f64 {
            assert!(index < self.0, "there are only {} terms", self.0);
            work(Work { kind: COMPUTED, from: index as u64, to: index as u64 + 1, step: 1 });
            let mut term = 0.0;
            values(COMPUTED, index as u64..index as u64 + 1, |value| term = f64::from_bits(value));
            term
        }
    }
}

/// What a submission gets in place of [`exercise`] if it creates atomics in constants.
pub mod constant {
    /// The module that an exercise imports.
    pub mod exercise {
        pub use crate::exercise::*;

        /// Atomic integers whose `new` is `const`, and the orderings of their accesses.
        pub mod atomic {
            pub use explorer::sync::atomic::constant::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize};
            pub use explorer::sync::atomic::{Ordering, fence};
        }
    }
}

/// Formats its arguments and prints nothing: the grader has no place for a submission's output.
#[macro_export]
macro_rules! println {
    ($($arguments:tt)*) => {{
        let _ = $crate::exercise::format!($($arguments)*);
    }};
}
