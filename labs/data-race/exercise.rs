//! Exercise: name the smallest end, and show how to get there.
//!
//! *Three* threads add one to a counter, *twice* each, with a load and a store and no lock (`load-store` in `src/counters.rs`). What is
//! the smallest value that the counter can hold in the end? And in which order must the threads take their steps? A thread's steps
//! are: load, store, load, store. Write down who takes the next step, twelve times; the grader replays it.
//!
//! Grade it: `cargo grade race`

use common::exercise::*;

/// The smallest value that the counter can end at.
pub const SMALLEST: u64 = 6;

/// Who takes the next step: 1, 2 or 3, twelve steps, four of each thread.
pub const SCHEDULE: [u8; 12] = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3];
