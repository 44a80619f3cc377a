//! The door of the model: the names of `common::sync` and of the labs' own `sync.rs`, over loom, with every operation recorded.
//!
//! A lab's `counters.rs` is compiled a second time behind this door, and so loom explores the lines that run on hardware.

pub mod atomic;
mod cell;
mod declaration;
mod mutex;
mod step;

pub use cell::RacyCell;
pub use common::sync::{Counter, Outcome};
pub use declaration::{Declaration, Shareable, declare, declare_shared};
pub use mutex::{Mutex, MutexGuard, ParkingLotMutex};

use std::ops::{Deref, DerefMut};

/// What a thread says while it waits.
pub mod hint {
    pub use std::hint::black_box;

    /// Says that this thread may be waiting for another: loom would otherwise try forever what no other thread can have changed.
    #[track_caller]
    pub fn spin_loop() {
        crate::trace::hint();
    }
}

/// What a thread does that waits longer.
pub mod thread {
    /// Says that this thread may be waiting for another.
    #[track_caller]
    pub fn yield_now() {
        crate::trace::hint();
    }
}

/// A value on a cache line of its own. Where a value lies makes no difference to what the model explores.
#[derive(Debug, Default)]
pub struct CachePadded<T>(T);

impl<T> CachePadded<T> {
    /// Pads a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for CachePadded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for CachePadded<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
