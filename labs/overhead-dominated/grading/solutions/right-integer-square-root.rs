// The best number n of threads is the largest with n * (n - 1) * START <= work.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let ratio = numbers.len() as u64 * costs::ELEMENT / costs::START;
    let best = ((4 * ratio + 1).isqrt() + 1) / 2;
    let threads = if ratio < 4 { 1 } else { cores.min(best as usize) };
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
