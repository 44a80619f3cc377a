//! The primitives of `counters.rs`: those of all labs, and parking_lot's mutex.

pub use common::sync::*;
pub use parking_lot::Mutex as ParkingLotMutex;
