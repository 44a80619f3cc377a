//! The proofs: what the explorer says of every counter of the labs, and what loom, the second judge, says beside it.
//!
//! - [`sync`]: loom's door. This crate compiles the labs' `counters.rs` behind it, as `model` compiles them behind the
//!   explorer's.
//! - [`second`]: loom's explorations, each as a value.
//! - [`comparison`]: both judges on each counter, and the known gaps of loom.
//! - [`speed`]: how fast each of them is.
//! - [`litmus`]: both judges on programs whose possible outcomes are known.
//!
//! `cargo proofs` prints the results ([`command_line`]), and the tests check them.

#[path = "../../model/src/algorithms.rs"]
pub mod algorithms;
pub mod command_line;
pub mod comparison;
pub mod litmus;
pub mod second;
pub mod speed;
pub mod sync;
pub mod table;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));
