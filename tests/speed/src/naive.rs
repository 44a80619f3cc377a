//! The sums of `lab-naive`.

#[path = "../../../labs/naive-chunks/src/streams.rs"]
pub mod streams;

#[path = "../../../labs/naive-chunks/src/sums.rs"]
pub mod sums;
