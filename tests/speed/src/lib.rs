//! The labs' kernels, from the very files that the labs run, for whoever measures them beside others.

pub mod growth;
pub mod heavy;
pub mod instructions;
pub mod naive;
pub mod overhead;
pub mod program;
pub mod sync;

#[path = "../../../labs/atomic-fix/src/counters.rs"]
pub mod atomic;
/// What the sums of `lab-shm` need beside them.
#[path = "../../../labs/shared-memory/src/crew.rs"]
pub mod crew;
#[path = "../../../labs/mutex-fix/src/counters.rs"]
pub mod mutex;
#[path = "../../../labs/data-race/src/counters.rs"]
pub mod race;
pub mod scoreboard;
pub mod shared;
