// Adds up the terms with Kahan's algorithm, in their order.
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
    values.sort_by_key(|(index, _)| *index);
    let (mut total, mut lost) = (0.0, 0.0);
    for (_, value) in values {
        let next = value - lost;
        let sum = total + next;
        lost = (sum - total) - next;
        total = sum;
    }
    total
}
