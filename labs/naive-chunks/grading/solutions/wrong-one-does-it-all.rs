// fails: parallel
// Starts the workers, and lets one of them do everything.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    in_threads(workers, |worker| if worker == 0 { numbers.sum(0..numbers.len()) } else { 0 }).into_iter().sum()
}
