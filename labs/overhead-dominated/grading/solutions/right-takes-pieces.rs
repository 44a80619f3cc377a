// The threads take eight pieces each, from a shared index.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let ticks = |threads: u64| if threads == 1 { work } else { threads * costs::START + work / threads };
    let threads = (1..=cores as u64).min_by_key(|&threads| ticks(threads)).unwrap_or(1) as usize;
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let length = numbers.len().div_ceil(8 * threads);
    let next = AtomicU64::new(0);
    let work = |_| {
        let mut sum = 0;
        loop {
            let start = next.fetch_add(length as u64, Ordering::Relaxed) as usize;
            if start >= numbers.len() {
                return sum;
            }
            sum += numbers.sum(start..numbers.len().min(start + length));
        }
    };
    in_threads(threads, work).into_iter().sum()
}
