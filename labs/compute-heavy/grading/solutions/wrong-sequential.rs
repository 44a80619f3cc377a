// fails: balance
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let _ = (AtomicU64::new(0), Ordering::Relaxed, workers);
    (0..terms.len()).map(|index| terms.value(index)).sum()
}
