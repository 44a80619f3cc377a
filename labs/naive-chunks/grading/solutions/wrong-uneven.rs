// fails: parallel
// The first worker gets half of the numbers.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let half = numbers.len() / 2;
    let bound = |worker: usize| if worker == 0 { 0 } else { half + (numbers.len() - half) * (worker - 1).min(workers) / (workers - 1).max(1) };
    if workers == 1 {
        return numbers.sum(0..numbers.len());
    }
    in_threads(workers, |worker| numbers.sum(bound(worker)..if worker + 1 == workers { numbers.len() } else { bound(worker + 1) })).into_iter().sum()
}
