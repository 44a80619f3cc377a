//! loom's door: the names of `common::sync` and of the labs' own `sync.rs`, over loom.
//!
//! A lab's `counters.rs` is compiled behind this door too, and so loom explores the lines that run on hardware.

mod cell;
mod declaration;

pub use cell::RacyCell;
pub use common::sync::{Counter, Outcome};
pub use declaration::{Declaration, declare, declare_shared};
pub use loom::sync::{Mutex, MutexGuard, atomic};
pub use loom::thread;
pub use model::sync::{CachePadded, Shareable};

use std::sync::PoisonError;

/// Hints of a thread that waits.
pub mod hint {
    pub use loom::hint::spin_loop;
    pub use std::hint::black_box;
}

/// The mutex of the crate `parking_lot`, which is never poisoned. loom has one mutex, which stands for both.
#[derive(Debug, Default)]
pub struct ParkingLotMutex<T>(Mutex<T>);

impl<T> ParkingLotMutex<T> {
    /// Creates an unlocked mutex that holds `value`.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Waits until the mutex is free, and locks it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
