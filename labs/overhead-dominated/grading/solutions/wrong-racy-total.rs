// fails: sum, between?, large?
// Between the load and the store another thread can change the total.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let ticks = |threads: u64| if threads == 1 { work } else { threads * costs::START + work / threads };
    let threads = (1..=cores as u64).min_by_key(|&threads| ticks(threads)).unwrap_or(1) as usize;
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    let total = AtomicU64::new(0);
    in_threads(threads, |worker| {
        let part = numbers.sum(bound(worker)..bound(worker + 1)) as u64;
        let seen = total.load(Ordering::SeqCst);
        total.store(seen.wrapping_add(part), Ordering::SeqCst);
    });
    total.load(Ordering::SeqCst) as i64
}
