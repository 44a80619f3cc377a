//! The items of `common::exercise` for the model checker. An `exercise.rs` is compiled against this crate under the
//! name `common`, so the explorer runs exactly the lines that a student wrote.

/// The module that an exercise imports.
pub mod exercise {
    pub use crate::println;
    pub use common::exercise::costs;
    pub use explorer::sync::{Mutex, MutexGuard};
    pub use std::borrow::ToOwned;
    pub use std::boxed::Box;
    pub use std::collections::BTreeMap;
    pub use std::string::{String, ToString};
    pub use std::{format, vec, vec::Vec};

    /// Atomic integers, and the orderings of their accesses.
    pub mod atomic {
        pub use explorer::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering, fence};
    }

    /// The hint that a thread gives while it waits.
    pub mod hint {
        pub use explorer::sync::hint::spin_loop;
    }
}

/// Formats its arguments and prints nothing: the grader has no place for a submission's output.
#[macro_export]
macro_rules! println {
    ($($arguments:tt)*) => {{
        let _ = $crate::exercise::format!($($arguments)*);
    }};
}
