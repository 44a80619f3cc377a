//! loom's proofs about the counters, the comparison of both judges, `cargo proofs` itself, and the speed of all judges.

mod command_line;
mod judges;
mod litmus;
mod speed;
