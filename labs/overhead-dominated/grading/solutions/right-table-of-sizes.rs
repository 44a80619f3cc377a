// A table has the smallest size for each number of threads.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let mut smallest = vec![0];
    for threads in 2..=cores as u64 {
        smallest.push((costs::START * threads * (threads - 1).max(2)) / costs::ELEMENT);
    }
    let threads = smallest.partition_point(|&size| size <= numbers.len() as u64);
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    in_threads(threads, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
