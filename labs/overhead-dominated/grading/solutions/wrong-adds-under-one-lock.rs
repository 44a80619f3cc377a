// fails: between, large
// The threads hold one lock while they add, so they add one after the other.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let ticks = |threads: u64| if threads == 1 { work } else { threads * costs::START + work / threads };
    let threads = (1..=cores as u64).min_by_key(|&threads| ticks(threads)).unwrap_or(1) as usize;
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let bound = |worker: usize| numbers.len() * worker / threads;
    let lock = Mutex::new(());
    let work = |worker| {
        let _held = lock.lock().unwrap();
        numbers.sum(bound(worker)..bound(worker + 1))
    };
    in_threads(threads, work).into_iter().sum()
}
