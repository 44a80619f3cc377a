//! The labs' kernels, from the very files that the labs run, for whoever measures them beside others.

pub mod growth;
pub mod heavy;
pub mod instructions;
pub mod naive;
pub mod overhead;
pub mod sync;

/// What the sums of `lab-shm` need beside them.
#[path = "../../../labs/shared-memory/src/crew.rs"]
pub mod crew;
pub mod scoreboard;
pub mod shared;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));
