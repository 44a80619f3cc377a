//! shuttle, which runs the labs' counters in random schedules. It cannot prove that a counter is right.
//!
//! This crate is empty without its feature `shuttle`, so that only a command that asks for shuttle builds it:
//! `cargo run -p proofs --features shuttle -- speed`.

#[cfg(feature = "shuttle")]
mod random;
#[cfg(feature = "shuttle")]
pub mod sync;

#[cfg(feature = "shuttle")]
pub use random::{Found, SHUTTLE, search};

#[cfg(feature = "shuttle")]
include!(concat!(env!("OUT_DIR"), "/counters.rs"));

#[cfg(feature = "shuttle")]
#[path = "../../model/src/algorithms.rs"]
pub mod algorithms;
