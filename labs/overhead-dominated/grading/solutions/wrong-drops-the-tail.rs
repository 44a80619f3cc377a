// fails: sum, between, large
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let ticks = |threads: u64| if threads == 1 { work } else { threads * costs::START + work / threads };
    let threads = (1..=cores as u64).min_by_key(|&threads| ticks(threads)).unwrap_or(1) as usize;
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let length = numbers.len() / threads;
    in_threads(threads, |worker| numbers.sum(worker * length..(worker + 1) * length)).into_iter().sum()
}
