// fails: balance
// Holds one lock around everything, so one worker works and the others wait.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let (next, lock) = (AtomicU64::new(0), Mutex::new(()));
    let work = |_| {
        let mut values = Vec::new();
        loop {
            let _held = lock.lock().unwrap();
            let index = next.fetch_add(1, Ordering::Relaxed) as usize;
            if index >= terms.len() {
                return values;
            }
            values.push((index, terms.value(index)));
        }
    };
    let mut values: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    values.sort_by_key(|(index, _)| *index);
    values.into_iter().map(|(_, value)| value).sum()
}
