//! The door through which `counters.rs` reaches its primitives: the one that all labs have, and parking_lot's mutex.

pub use common::sync::*;
pub use parking_lot::Mutex as ParkingLotMutex;
