//! The sums of `lab-overhead`.

#[path = "../../../labs/overhead-dominated/src/sums.rs"]
pub mod sums;
