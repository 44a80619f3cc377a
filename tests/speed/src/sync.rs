//! The primitives of the labs' counters, as in the labs.

pub use common::sync::*;
pub use crossbeam::utils::CachePadded;
pub use parking_lot::Mutex as ParkingLotMutex;
