//! The counters of the labs, explored exhaustively: which can lose an update, and by which schedule.
//!
//! A lab's `counters.rs` imports from `crate::sync` and from nowhere else. Here that same file is compiled once more, below
//! another [`sync`], and so loom, a model checker, explores the very lines that a student reads and that run on hardware.
//!
//! - [`sync`]: the door. Its names are those of `common::sync`; behind it is loom, and every operation is recorded.
//! - [`trace`]: what was recorded, in the order in which it happened; whether it is an interleaving.
//! - [`memory`], [`waiting`]: what memory the threads have, and how a thread waits that tries again and again.
//! - [`exploration`]: one run of loom, with every limit set, and what became of it as a value.
//! - [`counting`]: a counter under the model, some threads, and what it holds in the end.
//! - [`subjects`], [`verdict`], [`table`]: what is judged, in one word and one sentence, at which sizes.
//! - [`witnesses`]: the schedules that the labs show.
//! - [`litmus`]: the model itself, judged by programs of which is known what they may do.
//! - [`mutation`]: the judge judged: does it notice a counter that is broken in one place?
//!
//! `cargo proofs` prints all of it ([`command_line`]), and the tests in `proofs` assert it.

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
