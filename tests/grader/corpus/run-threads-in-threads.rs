// exercise: naive
// expected: fails sum, no-copy, parallel
// Starts workers inside workers.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    in_threads(workers, |_| in_threads(2, |_| 0_i64).len() as i64).len() as i64 + numbers.sum(0..0)
}
