//! The sums of `lab-shm`.

#[path = "../../../labs/shared-memory/src/sums.rs"]
pub mod sums;
