// exercise: overhead
// expected: fails sum, small, between, large
// Asks for numbers that do not exist.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    numbers.sum(numbers.len() + cores..0) + numbers.sum(usize::MAX - 1..usize::MAX) + numbers.copy(0..usize::MAX).len() as i64
}
