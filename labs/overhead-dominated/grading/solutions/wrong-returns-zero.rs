// fails: sum, small, between, large
// Chooses the right number of threads, and returns 0.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let ticks = |threads: u64| if threads == 1 { work } else { threads * costs::START + work / threads };
    let threads = (1..=cores as u64).min_by_key(|&threads| ticks(threads)).unwrap_or(1) as usize;
    if threads == 1 {
        numbers.sum(0..numbers.len());
        return 0;
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1)));
    0
}
