// exercise: overhead
// expected: fails sum, small, between, large
// Starts as many threads as there are numbers of 64 bits.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    in_threads(usize::MAX - cores, |_| ());
    numbers.sum(0..numbers.len())
}
