// fails: same-digits
// Adds a piece to the total as soon as it is computed.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let (piece, next, total) = (8, AtomicU64::new(0), Mutex::new(0.0));
    in_threads(workers, |_| {
        loop {
            let start = next.fetch_add(1, Ordering::Relaxed) as usize * piece;
            if start >= terms.len() {
                return;
            }
            let sum: f64 = (start..(start + piece).min(terms.len())).map(|index| terms.value(index)).sum();
            *total.lock().unwrap() += sum;
        }
    });
    total.into_inner().unwrap()
}
