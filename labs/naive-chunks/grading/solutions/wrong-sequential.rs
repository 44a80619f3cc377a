// fails: parallel
// The sum is right, but not parallel.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    numbers.sum(0..numbers.len())
}
