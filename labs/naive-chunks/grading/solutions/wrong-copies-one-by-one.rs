// fails: no-copy
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let bound = |worker: usize| numbers.len() * worker / workers;
    in_threads(workers, |worker| {
        let part: Vec<i64> = (bound(worker)..bound(worker + 1)).map(|index| numbers.sum(index..index + 1)).collect();
        part.iter().sum::<i64>()
    })
    .into_iter()
    .sum()
}
