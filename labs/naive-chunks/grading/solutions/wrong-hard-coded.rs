// fails: sum, no-copy, parallel
// Returns an answer that is right for at most one test.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    in_threads(workers, |_| 0);
    let _ = numbers;
    42
}
