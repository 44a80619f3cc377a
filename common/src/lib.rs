//! Code that every lab shares.
//!
//! A lab measures something and reports on it. This crate holds everything that two labs would otherwise both contain.
//! It does not depend on any lab.
//!
//! Code of this crate that runs while the clock does is generic or `#[inline]`, so that it is compiled in the lab, with
//! the lab's optimisation. The workspace compiles this crate itself for short build times, not for speed.
//!
//! The modules, in the order in which a lab uses them:
//!
//! - [`lab`]: what a lab declares about itself, once.
//! - [`run()`]: `main` in one line: read the [`arguments`], let the lab fill a [`report`], print it ([`command_line`]).
//! - [`data`], [`huge_pages`] and [`partition`]: the same array on every machine, in large pages, and chunks that never drop an
//!   element; [`prefetch`] requests what is read next.
//! - [`timing`]: variants run in turn, A B A B, and are compared pair by pair.
//! - [`cost_model`]: predicts times at sizes that were not measured, and where parallel work is faster.
//! - [`sync`], [`counter`] and [`counting`]: the primitives of a counter, the threads that use it, and a measured table
//!   of counters.
//! - [`exercise`]: the items that an exercise may use.
//! - [`schedule`]: forces real threads through one interleaving, so that a race ends at a chosen value.
//! - [`source`]: the lines of a counter that a schedule refers to.
//! - [`witness`]: prints stored schedules that lose an update, one lane per thread.
//! - [`workers`] and [`shared_memory`]: worker processes, their input, and their shared memory.
//! - [`machine`], [`optimization`], [`pin`], [`usage`] and [`warning`]: what the machine grants, and what to do when that is too little.
//! - [`python`]: the lecture's own programs, run beside ours.

pub mod arguments;
pub mod command_line;
pub mod cost_model;
pub mod counter;
pub mod counting;
pub mod data;
pub mod describe;
pub mod error;
pub mod exercise;
pub mod format;
pub mod huge_pages;
pub mod lab;
pub mod layout;
pub mod machine;
pub mod optimization;
pub mod parameter;
pub mod partition;
pub mod pin;
pub mod prefetch;
pub mod python;
pub mod racy_cell;
pub mod report;
mod run;
pub mod schedule;
pub mod shared_memory;
pub mod source;
pub mod sync;
pub mod timing;
pub mod usage;
pub mod warning;
pub mod witness;
pub mod workers;

pub use arguments::Arguments;
pub use error::Error;
pub use lab::{Figure, Lab, Lecture, PythonProgram, Question};
pub use parameter::Parameter;
pub use report::{Report, Row};
pub use run::run;
