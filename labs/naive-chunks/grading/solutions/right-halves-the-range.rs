// Each worker finds its part by halving the range and the workers.
use common::exercise::*;

/// Returns the bounds of the part of `worker` if `workers` share the range.
fn part(start: usize, end: usize, worker: usize, workers: usize) -> (usize, usize) {
    if workers == 1 {
        return (start, end);
    }
    let left = workers / 2;
    let middle = start + (end - start) / workers * left + (end - start) % workers * left / workers;
    if worker < left { part(start, middle, worker, left) } else { part(middle, end, worker - left, workers - left) }
}

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let part = |worker| {
        let (start, end) = part(0, numbers.len(), worker, workers);
        numbers.sum(start..end)
    };
    in_threads(workers, part).into_iter().sum()
}
