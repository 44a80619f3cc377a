//! Atomics over loom's.

use super::step;
use crate::trace::{self, Operation};
pub use loom::sync::atomic::fence;
pub use std::sync::atomic::Ordering;

macro_rules! atomic {
    ($name:ident, $value:ty, $what:literal) => {
        #[doc = $what]
        #[derive(Debug)]
        pub struct $name {
            inner: loom::sync::atomic::$name,
            loads: step::Loads,
            object: usize,
        }

        impl $name {
            /// One that holds `value`.
            #[track_caller]
            pub fn new(value: $value) -> Self {
                let inner = loom::sync::atomic::$name::new(value);
                Self { inner, loads: step::Loads::new(), object: trace::create(Some(value.into())) }
            }

            /// Reads.
            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $value {
                let _step = step::begin();
                self.loads.count();
                let seen = self.inner.load(ordering);
                trace::record(self.object, Operation::Load, Some(seen.into()), None);
                seen
            }

            /// Writes.
            #[track_caller]
            pub fn store(&self, value: $value, ordering: Ordering) {
                let _step = step::begin();
                self.inner.store(value, ordering);
                trace::record(self.object, Operation::Store, None, Some(value.into()));
            }

            /// Writes `new` if it holds `current`, in one step.
            ///
            /// # Errors
            ///
            /// What it holds instead.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let _step = step::begin();
                let result = self.inner.compare_exchange(current, new, success, failure);
                let (Ok(seen) | Err(seen)) = result;
                let written = result.is_ok().then_some(new.into());
                trace::record(self.object, Operation::CompareExchange, Some(seen.into()), written);
                result
            }

            /// The same: the model's never fails without a cause, as a machine's may.
            ///
            /// # Errors
            ///
            /// What it holds instead.
            #[track_caller]
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

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                Self::new(Default::default())
            }
        }
    };
}

atomic!(AtomicBool, bool, "A flag that threads share.");
atomic!(AtomicU64, u64, "An integer that threads share.");

impl AtomicBool {
    /// Reads and writes in one step. One that leaves what was there only reads: loom could otherwise put another thread's store in
    /// between, and a lock that is taken by `swap` would stay taken for ever.
    #[track_caller]
    pub fn swap(&self, value: bool, ordering: Ordering) -> bool {
        let _step = step::begin();
        let reading = match ordering {
            Ordering::Release | Ordering::Relaxed => Ordering::Relaxed,
            Ordering::SeqCst => Ordering::SeqCst,
            _ => Ordering::Acquire,
        };
        let seen = match self.inner.compare_exchange(!value, value, ordering, reading) {
            Ok(seen) | Err(seen) => seen,
        };
        trace::record(self.object, Operation::Swap, Some(seen.into()), Some(value.into()));
        seen
    }
}

impl AtomicU64 {
    /// Reads and writes in one step.
    #[track_caller]
    pub fn swap(&self, value: u64, ordering: Ordering) -> u64 {
        let _step = step::begin();
        let seen = self.inner.swap(value, ordering);
        trace::record(self.object, Operation::Swap, Some(seen), Some(value));
        seen
    }

    /// Adds in one step, and returns what it held before.
    #[track_caller]
    pub fn fetch_add(&self, value: u64, ordering: Ordering) -> u64 {
        let _step = step::begin();
        let seen = self.inner.fetch_add(value, ordering);
        trace::record(self.object, Operation::FetchAdd, Some(seen), Some(seen.wrapping_add(value)));
        seen
    }
}
