// exercise: naive
// expected: fails sum, no-copy?, parallel
// Asks for all memory at once.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let all: Vec<u8> = Vec::with_capacity(isize::MAX as usize - workers);
    all.len() as i64 + numbers.sum(0..numbers.len())
}
