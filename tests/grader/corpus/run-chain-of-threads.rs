// exercise: overhead
// expected: fails sum, small, between, large
// Starts a thread in a thread, a thousand times.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    fn chain(numbers: &Numbers, depth: usize) -> i64 {
        if depth == 0 { numbers.sum(0..numbers.len()) } else { in_threads(1, |_| chain(numbers, depth - 1))[0] }
    }
    chain(numbers, 1_000 + cores)
}
