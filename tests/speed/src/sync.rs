//! The door of the labs' counters, as it is in the labs.

pub use common::sync::*;
pub use crossbeam::utils::CachePadded;
pub use parking_lot::Mutex as ParkingLotMutex;
