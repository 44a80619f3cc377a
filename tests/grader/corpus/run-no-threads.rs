// exercise: overhead
// expected: fails between, large
// Starts no thread, ten thousand times.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    (0..10_000).for_each(|_| drop(in_threads(0, |_| cores)));
    numbers.sum(0..numbers.len())
}
