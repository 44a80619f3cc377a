// exercise: overhead
// expected: fails sum, small, between, large
// Starts two threads in each thread, and so on.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    fn tree(depth: u32) -> u64 {
        if depth == 0 { 1 } else { in_threads(2, |_| tree(depth - 1)).into_iter().sum() }
    }
    tree(20) as i64 * 0 + cores as i64 * 0 + numbers.sum(0..numbers.len())
}
