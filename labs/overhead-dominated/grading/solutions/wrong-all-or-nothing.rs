// fails: between
// Uses one core or all of them, and never a number in between.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let (work, threads) = (numbers.len() as u64 * costs::ELEMENT, cores);
    if cores == 1 || work < cores as u64 * costs::START + work / cores as u64 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
