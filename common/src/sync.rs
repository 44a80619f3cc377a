//! The primitives of counters: the only module through which a file of counters uses threads and shared memory.
//!
//! A lab's `counters.rs` imports its primitives from `crate::sync` and from nowhere else. In the lab's binary they are
//! thin wrappers of the standard library. The model checker compiles the *same file* with another `crate::sync` that
//! has the same names, and so explores exactly the lines that run on hardware.

pub use crate::counter::{Counter, Declaration, Outcome, declare, declare_shared};
pub use crate::racy_cell::RacyCell;
pub use crate::shared_memory::Shareable;
pub use std::hint;
pub use std::sync::Mutex;
pub use std::thread;

/// Atomic integers, and the orderings of their accesses.
pub mod atomic {
    pub use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}
