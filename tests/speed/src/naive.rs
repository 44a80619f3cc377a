//! The sums of `lab-naive`.

#[path = "../../../labs/naive-chunks/src/sums.rs"]
pub mod sums;
