// The function of the workers and their results are in boxes.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let len = numbers.len();
    let cut = |worker: usize| len * worker / workers;
    let part: Box<dyn Fn(usize) -> Box<i64> + Sync + '_> =
        Box::new(|worker| Box::new(numbers.sum(cut(worker)..cut(worker + 1))));
    let results: Vec<Box<i64>> = in_threads(workers, &*part);
    results.into_iter().map(|result| *result).sum()
}
