//! What counters are made of: the one door through which a file of counters reaches threads and shared memory.
//!
//! A lab's `counters.rs` imports its primitives from `crate::sync` and from nowhere else. In the lab's binary that is this
//! module: the standard library, as thin as can be. A model checker compiles the *same file* a second time behind another
//! door with the same names, and so explores the very lines that run on hardware.

pub use crate::counter::{Counter, Declaration, Outcome, declare, declare_shared};
pub use crate::racy_cell::RacyCell;
pub use crate::shared_memory::Shareable;
pub use std::hint;
pub use std::sync::Mutex;
pub use std::thread;

/// Integers that threads may share, and the orderings of their accesses.
pub mod atomic {
    pub use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}
