//! The primitives of `counters.rs`: those of all labs, and padding to a cache line.

pub use common::sync::*;
pub use crossbeam::utils::CachePadded;
