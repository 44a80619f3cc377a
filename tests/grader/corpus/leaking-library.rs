// exercise: naive
// expected: rejected
// past: does-not-compile
// escaped: does-not-compile
// Makes the linker read a file.
use common::exercise::*;

#[link(name = "../../../../etc/passwd", modifiers = "+verbatim", kind = "static")]
unsafe extern "C" {}

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let bound = |worker: usize| numbers.len() * worker / workers;
    in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
