// fails: sum, balance, same-digits
// Computes all terms, and returns 0.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let (piece, next) = (8, AtomicU64::new(0));
    let work = |_| {
        let mut sums = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed) as usize;
            let start = number * piece;
            if start >= terms.len() {
                return sums;
            }
            let end = (start + piece).min(terms.len());
            sums.push((number, (start..end).map(|index| terms.value(index)).sum::<f64>()));
        }
    };
    in_threads(workers, work);
    0.0
}
