// exercise: naive
// expected: fails parallel
// Defines `in_threads` itself, and starts no thread.
use common::exercise::*;

fn in_threads<T>(threads: usize, work: impl Fn(usize) -> T) -> Vec<T> {
    (0..threads).map(work).collect()
}

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    in_threads(workers, |worker| if worker == 0 { numbers.sum(0..numbers.len()) } else { 0 }).into_iter().sum()
}
