//! Explores the counters of the labs with a model checker: which can lose an update, and by which schedule?
//!
//! A lab's `counters.rs` imports only from `crate::sync`. This crate compiles the same file with another [`sync`], so that loom, a model
//! checker, explores exactly the lines that a student reads and that run on hardware.
//!
//! - [`sync`]: the primitives of the counters, with the names of `common::sync`. They are built on loom, and record every operation.
//! - [`trace`]: the recorded operations in their order, and whether they are an interleaving.
//! - [`memory`], [`waiting`]: the memory model of an exploration, and threads that wait in a loop.
//! - [`exploration`]: one run of loom with limits, and its result as a value.
//! - [`counting`]: runs a counter with some threads in the model, and returns its final value.
//! - [`subjects`], [`verdict`], [`table`]: the counters to judge, the verdicts in one word and one sentence, and the sizes.
//! - [`witnesses`]: the schedules that the labs show.
//! - [`litmus`]: checks the model itself with programs whose possible outcomes are known.
//! - [`mutation`]: checks that the model notices a counter that is broken in one place.
//!
//! `cargo proofs` prints the results ([`command_line`]), and the tests in `proofs` check them.

pub mod command_line;
pub mod counting;
pub mod exploration;
pub mod litmus;
pub mod memory;
pub mod mutation;
pub mod subjects;
pub mod sync;
pub mod table;
pub mod trace;
pub mod verdict;
pub mod waiting;
pub mod witnesses;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));
