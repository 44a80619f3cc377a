//! The items of `common::exercise` for the simulated machine. Every operation costs a number of ticks, and the thread
//! whose clock is furthest behind runs next. A run takes the same ticks on a laptop, on a server and on a busy machine,
//! and records what each thread did, so parallelism is checked without a stopwatch.

mod machine;

/// Formats its arguments and prints nothing: the grader has no place for a submission's output.
#[macro_export]
macro_rules! println {
    ($($arguments:tt)*) => {{
        let _ = $crate::exercise::format!($($arguments)*);
    }};
}

pub use machine::{Report, measure};

/// The module that an exercise imports.
pub mod exercise {
    pub use crate::machine::in_threads;
    pub use crate::println;
    pub use common::exercise::costs;
    pub use std::borrow::ToOwned;
    pub use std::boxed::Box;
    pub use std::collections::BTreeMap;
    pub use std::string::{String, ToString};
    pub use std::{format, vec, vec::Vec};

    use crate::machine::{self, Work};
    use std::ops::Range;

    /// Atomic integers, and the orderings of their accesses.
    pub mod atomic {
        pub use std::sync::atomic::Ordering;

        use super::costs;
        use crate::machine;

        macro_rules! atomic {
            ($name:ident, $value:ty) => {
                /// Wraps the standard library's atomic. Every operation costs [`costs::SHARED`] ticks.
                #[derive(Debug, Default)]
                pub struct $name(std::sync::atomic::$name);

                impl $name {
                    /// Creates an atomic that holds `value`.
                    pub const fn new(value: $value) -> Self {
                        Self(std::sync::atomic::$name::new(value))
                    }

                    /// Reads the value, for [`costs::SHARED`] ticks.
                    pub fn load(&self, ordering: Ordering) -> $value {
                        machine::spend(costs::SHARED);
                        self.0.load(ordering)
                    }

                    /// Writes the value, for [`costs::SHARED`] ticks.
                    pub fn store(&self, value: $value, ordering: Ordering) {
                        machine::spend(costs::SHARED);
                        self.0.store(value, ordering);
                    }

                    /// Stores `value` and returns the value before, in one step.
                    pub fn swap(&self, value: $value, ordering: Ordering) -> $value {
                        machine::spend(costs::SHARED);
                        self.0.swap(value, ordering)
                    }

                    /// Stores `new` if the value is `current`, in one step.
                    ///
                    /// # Errors
                    ///
                    /// The value that was found instead.
                    pub fn compare_exchange(
                        &self,
                        current: $value,
                        new: $value,
                        success: Ordering,
                        failure: Ordering,
                    ) -> Result<$value, $value> {
                        machine::spend(costs::SHARED);
                        self.0.compare_exchange(current, new, success, failure)
                    }

                    /// Does the same as `compare_exchange`; here it never fails spuriously.
                    ///
                    /// # Errors
                    ///
                    /// The value that was found instead.
                    pub fn compare_exchange_weak(
                        &self,
                        current: $value,
                        new: $value,
                        success: Ordering,
                        failure: Ordering,
                    ) -> Result<$value, $value> {
                        self.compare_exchange(current, new, success, failure)
                    }
                }
            };
        }

        atomic!(AtomicBool, bool);
        atomic!(AtomicU64, u64);

        impl AtomicU64 {
            /// Adds `value` and returns the value before, in one step.
            pub fn fetch_add(&self, value: u64, ordering: Ordering) -> u64 {
                machine::spend(costs::SHARED);
                self.0.fetch_add(value, ordering)
            }
        }
    }

    /// The hint that a thread gives while it waits.
    pub mod hint {
        /// Lets [`SHARED`](super::costs::SHARED) ticks pass while the thread waits.
        pub fn spin_loop() {
            crate::machine::spend(super::costs::SHARED);
        }
    }

    /// Wraps the standard library's mutex. A waiting thread tries again every [`costs::SHARED`] ticks.
    #[derive(Debug, Default)]
    pub struct Mutex<T> {
        inner: std::sync::Mutex<T>,
        /// The time in ticks at which the last holder unlocked it.
        free_at: std::sync::atomic::AtomicU64,
    }

    /// The guard of a locked mutex.
    #[derive(Debug)]
    pub struct MutexGuard<'a, T> {
        inner: std::sync::MutexGuard<'a, T>,
        free_at: &'a std::sync::atomic::AtomicU64,
    }

    impl<T> Mutex<T> {
        /// Creates a free mutex around `value`.
        pub const fn new(value: T) -> Self {
            Self { inner: std::sync::Mutex::new(value), free_at: std::sync::atomic::AtomicU64::new(0) }
        }

        /// Waits until the mutex is free, and locks it.
        ///
        /// # Errors
        ///
        /// Never: a panic of a holder ends the run.
        pub fn lock(&self) -> std::sync::LockResult<MutexGuard<'_, T>> {
            loop {
                machine::spend(costs::SHARED);
                let inner = match self.inner.try_lock() {
                    Ok(inner) => inner,
                    Err(std::sync::TryLockError::Poisoned(error)) => error.into_inner(),
                    Err(std::sync::TryLockError::WouldBlock) => continue,
                };
                // A thread that arrives before the last holder left has waited for the lock.
                machine::wait_until(self.free_at.load(atomic::Ordering::Relaxed));
                return Ok(MutexGuard { inner, free_at: &self.free_at });
            }
        }

        /// Returns the value in the mutex.
        ///
        /// # Errors
        ///
        /// A holder panicked.
        pub fn into_inner(self) -> std::sync::LockResult<T> {
            self.inner.into_inner()
        }
    }

    impl<T> Drop for MutexGuard<'_, T> {
        fn drop(&mut self) {
            self.free_at.store(machine::now(), atomic::Ordering::Relaxed);
        }
    }

    impl<T> std::ops::Deref for MutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            &self.inner
        }
    }

    impl<T> std::ops::DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            &mut self.inner
        }
    }

    /// Numbers in memory, to be added up.
    pub struct Numbers(Vec<i64>);

    impl std::fmt::Debug for Numbers {
        /// Prints the count, and nothing of the content.
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
            let numbers = &self.0[range];
            machine::work(Work::Elements(numbers.len() as u64), costs::ELEMENT * numbers.len() as u64 + 1);
            numbers.iter().sum()
        }

        /// Returns a copy of the numbers in `range`.
        pub fn copy(&self, range: Range<usize>) -> Vec<i64> {
            let numbers = &self.0[range];
            machine::work(Work::Copied(numbers.len() as u64), costs::COPY * numbers.len() as u64 + 1);
            numbers.to_vec()
        }
    }

    /// The terms of a sum. Each has to be computed; some take much longer than others.
    pub struct Terms(Vec<u64>);

    impl std::fmt::Debug for Terms {
        /// Prints the count, and nothing of the content.
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.debug_struct("Terms").field("len", &self.len()).finish_non_exhaustive()
        }
    }

    impl Terms {
        /// Creates one term for each entry, which is its cost in ticks.
        pub fn new(ticks: Vec<u64>) -> Self {
            Self(ticks)
        }

        /// Returns how many terms there are.
        pub fn len(&self) -> usize {
            self.0.len()
        }

        /// Returns whether there are no terms.
        pub fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        /// Computes term `index`. Panics if it is out of range.
        pub fn value(&self, index: usize) -> f64 {
            machine::work(Work::Elements(1), self.0[index]);
            common::exercise::term(index)
        }
    }
}
