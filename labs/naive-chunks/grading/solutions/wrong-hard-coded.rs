// fails: sum
// An answer that fits one test at most.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    in_threads(workers, |_| 0);
    let _ = numbers;
    42
}
