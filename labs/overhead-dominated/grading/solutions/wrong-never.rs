// fails: between, large
// One core, whatever there is to do.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let _ = cores;
    numbers.sum(0..numbers.len())
}
