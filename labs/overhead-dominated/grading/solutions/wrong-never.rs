// fails: between, large
// Always uses one core.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let _ = cores;
    numbers.sum(0..numbers.len())
}
