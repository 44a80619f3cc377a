//! The door of the model: the names of `common::sync` and of the labs' own `sync.rs`, over loom, with every operation recorded.
//!
//! A lab's `counters.rs` is compiled a second time behind this door, and so loom explores the lines that run on hardware.

pub mod atomic;
mod cell;
mod declaration;
mod mutex;
pub(crate) mod step;
pub(crate) mod waiting;

pub use cell::RacyCell;
pub use common::sync::{Counter, Outcome};
pub use declaration::{Declaration, Shareable, declare, declare_shared};
pub use mutex::{Mutex, MutexGuard, ParkingLotMutex};

use std::ops::{Deref, DerefMut};

/// What a thread says while it waits.
pub mod hint {
    pub use std::hint::black_box;

    /// Lets another thread go on: loom would otherwise try forever what no other thread can have changed.
    pub fn spin_loop() {
        super::waiting::wait();
    }
}

/// What a thread does that waits longer.
pub mod thread {
    /// Lets another thread go on.
    pub fn yield_now() {
        super::waiting::wait();
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
