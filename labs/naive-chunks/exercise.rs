//! Exercise: a parallel sum that copies nothing and loses nothing.
//!
//! Several workers add up the numbers, each its own part, and the parts lie where they are: `numbers.sum(range)` reads them in
//! place, `numbers.copy(range)` would copy them. Every number counts once, also when the workers do not divide their count, and
//! when there are fewer numbers than workers. No worker does much more than its share.
//!
//! Grade it: `cargo grade naive`

use common::exercise::*;

/// The sum of all numbers, by `workers` threads (at least 1).
pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    todo!("start the workers with in_threads(workers, |worker| ...)")
}
