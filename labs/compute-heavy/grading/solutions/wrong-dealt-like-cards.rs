// fails: balance
// The terms are assigned in advance, in turn, so neighbouring terms go to different workers.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let work = |worker: usize| (worker..terms.len()).step_by(workers).map(|index| (index, terms.value(index))).collect::<Vec<_>>();
    let mut values: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    values.sort_by_key(|(index, _)| *index);
    values.into_iter().map(|(_, value)| value).sum()
}
