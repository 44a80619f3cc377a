// Adds threads as long as one more thread repays its start.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = (numbers.len() as u64 * costs::ELEMENT) as f64;
    let mut threads = 1;
    while threads < cores && {
        let next = (threads + 1) as f64;
        let now = if threads == 1 { work } else { threads as f64 * costs::START as f64 + work / threads as f64 };
        next * costs::START as f64 + work / next < now
    } {
        threads += 1;
    }
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
