// exercise: naive
// expected: fails sum, no-copy, parallel
// Starts a million threads.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    in_threads(1_000_000, |_| 0);
    numbers.sum(0..numbers.len() / workers * workers)
}
