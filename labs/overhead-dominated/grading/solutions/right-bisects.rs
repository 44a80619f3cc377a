// One more thread repays its start up to a number that is found by bisection.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let repays = |threads: u64| work > costs::START * threads * (threads - 1);
    let (mut low, mut high) = (1, cores as u64 + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if repays(middle) { low = middle } else { high = middle }
    }
    // With two threads, both starts must be repaid.
    let threads = if work > 4 * costs::START { low as usize } else { 1 };
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
