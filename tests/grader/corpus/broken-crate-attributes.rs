// exercise: naive
// expected: passes
// Has attributes of a crate, which mean nothing in a module.
#![crate_type = "proc-macro"]
#![crate_name = "common"]
#![no_main]
#![recursion_limit = "4294967295"]
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let bound = |worker: usize| numbers.len() * worker / workers;
    in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
