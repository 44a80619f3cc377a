//! Explores the counters of the labs: which can lose an update, and by which schedule?
//!
//! A lab's `counters.rs` imports only from `crate::sync`. This crate compiles the same file with another [`sync`], the
//! door of the explorer. So the explorer runs exactly the lines that a student reads and that run on hardware.
//!
//! - [`sync`]: the primitives of the counters, with the names of `common::sync`.
//! - [`subjects`]: the counters, each as a program of some threads that increment it.
//! - [`two_locations`]: the lab's programs in which threads share two locations, and [`orders`]: their executions that
//!   no order of the loads and stores explains.
//! - [`algorithms`]: locks of the textbooks, which no lab has.
//! - [`verdict`], [`table`]: what the explorer says of each counter, in one word and in a sentence, at each size.
//! - [`witnesses`]: the schedules that the labs show.
//! - [`litmus`]: programs whose outcomes are known, under the explorer.
//! - [`mutation`]: checks that a counter with a mistake in one place is noticed.
//!
//! `cargo proofs` prints the results.

pub mod algorithms;
pub mod litmus;
pub mod mutation;
pub mod orders;
pub mod size;
pub mod subjects;
pub mod sync;
pub mod table;
#[path = "../../../labs/atomic-fix/src/two_locations.rs"]
pub mod two_locations;
pub mod verdict;
pub mod witnesses;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));
