//! The door through which the labs' counters reach their primitives: all that the labs' own doors have.

pub use common::sync::*;
pub use crossbeam::utils::CachePadded;
pub use parking_lot::Mutex as ParkingLotMutex;
