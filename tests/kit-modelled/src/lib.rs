//! The items of `common::exercise` for the model checker. An `exercise.rs` is compiled against this crate under the
//! name `common`, so the explorer runs exactly the lines that a student wrote.

/// The module that an exercise imports.
pub mod exercise {
    pub use common::exercise::costs;
    pub use explorer::sync::{Mutex, MutexGuard};
    pub use std::boxed::Box;
    pub use std::{vec, vec::Vec};

    /// Atomic integers, and the orderings of their accesses.
    pub mod atomic {
        pub use explorer::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    }

    /// The hint that a thread gives while it waits.
    pub mod hint {
        pub use explorer::sync::hint::spin_loop;
    }
}
