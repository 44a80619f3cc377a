// A piece is added to the total as soon as all pieces before it are.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let (piece, next) = (8, AtomicU64::new(0));
    let sums = Mutex::new((0.0, 0, vec![None; terms.len().div_ceil(piece)]));
    in_threads(workers, |_| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed) as usize;
            if number * piece >= terms.len() {
                return;
            }
            let end = ((number + 1) * piece).min(terms.len());
            let sum: f64 = (number * piece..end).map(|index| terms.value(index)).sum();
            let mut sums = sums.lock().unwrap();
            let (total, added, early) = &mut *sums;
            early[number] = Some(sum);
            while let Some(Some(sum)) = early.get(*added) {
                *total += sum;
                *added += 1;
            }
        }
    });
    sums.into_inner().unwrap().0
}
