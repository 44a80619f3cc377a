//! The sums of `lab-heavy`.

#[path = "../../../labs/compute-heavy/src/sine.rs"]
pub mod sine;

#[path = "../../../labs/compute-heavy/src/sums.rs"]
pub mod sums;
