// Adds up the terms by size. This order does not depend on the workers either.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let next = AtomicU64::new(0);
    let work = |_| {
        let mut values = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed) as usize;
            if index >= terms.len() {
                return values;
            }
            values.push((index, terms.value(index)));
        }
    };
    let mut values: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    values.sort_by(|(_, left), (_, right)| left.total_cmp(right));
    values.into_iter().map(|(_, value)| value).sum()
}
