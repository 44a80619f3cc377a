//! What an exercise is made of, under a model checker: the names of `common::exercise`, over loom. An `exercise.rs` is compiled against
//! this crate under the name `common`, and so loom explores the very lines that a student wrote.

/// The module that an exercise imports.
pub mod exercise {
    pub use common::exercise::costs;
    pub use model::sync::{Mutex, MutexGuard};
    pub use std::boxed::Box;
    pub use std::{vec, vec::Vec};

    /// Integers that threads may share, and the orderings of their accesses.
    pub mod atomic {
        pub use model::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    }

    /// What a thread says while it waits.
    pub mod hint {
        pub use model::sync::hint::spin_loop;
    }
}
