//! The door through which `counters.rs` reaches its primitives: the one that all labs have, and padding to a cache line.

pub use common::sync::*;
pub use crossbeam::utils::CachePadded;
