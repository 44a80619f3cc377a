// fails: sum, no-copy?, parallel?
// The product of the size and the worker does not fit in 32 bits.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let size = numbers.len() as u32;
    let product = |worker: usize| size.wrapping_mul(worker as u32) as usize / workers;
    let bound = |worker: usize| if worker == workers { numbers.len() } else { product(worker) };
    in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1).max(bound(worker)))).into_iter().sum()
}
