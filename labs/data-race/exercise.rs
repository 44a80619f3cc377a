//! Exercise: find the smallest possible final value of a counter, and a schedule that ends there.
//!
//! *Three* threads add one to a counter, *three times* each. They load and store without a lock, as `load-store` in
//! `src/counters.rs` does. What is the smallest possible final value? In which order must the threads take their
//! steps to reach it? Each thread takes six steps: load, store, load, store, load, store. Write down, for each of the
//! eighteen steps, which thread takes it. The grader replays the steps.
//!
//! Try it: `cargo try race`. Grade it: `cargo grade race`. You may use what `common::exercise` offers.

use common::exercise::*;

/// The smallest possible final value of the counter. Replace the 0.
pub const SMALLEST: u64 = 0;

/// The thread that takes each step (1, 2 or 3): eighteen steps, six of each thread. Replace the zeros.
pub const SCHEDULE: [u8; 18] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
