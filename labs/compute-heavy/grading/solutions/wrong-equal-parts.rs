// fails: balance
// Parts with equally many terms are not equal work.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let _ = (AtomicU64::new(0), Ordering::Relaxed);
    let bound = |worker: usize| terms.len() * worker / workers;
    let values = in_threads(workers, |worker| (bound(worker)..bound(worker + 1)).map(|index| terms.value(index)).collect::<Vec<_>>());
    values.into_iter().flatten().sum()
}
