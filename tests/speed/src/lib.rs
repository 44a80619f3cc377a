//! The labs' kernels, compiled from the same files as the labs, to be compared with other implementations.

pub mod growth;
pub mod heavy;
pub mod instructions;
pub mod naive;
pub mod overhead;
pub mod sync;

/// The further modules that the sums of `lab-shm` need.
#[path = "../../../labs/shared-memory/src/crew.rs"]
pub mod crew;
pub mod scoreboard;
pub mod shared;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));
