//! loom's proofs about the counters, the comparison of both judges, and `cargo proofs` itself.

mod command_line;
mod judges;
mod litmus;
