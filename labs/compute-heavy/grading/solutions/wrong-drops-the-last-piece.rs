// fails: sum, balance, same-digits
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let (piece, next) = (32, AtomicU64::new(0));
    let work = |_| {
        let mut sums = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed) as usize;
            let start = number * piece;
            if start + piece > terms.len() {
                return sums;
            }
            let end = (start + piece).min(terms.len());
            sums.push((number, (start..end).map(|index| terms.value(index)).sum::<f64>()));
        }
    };
    let mut sums: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    sums.sort_by_key(|(number, _)| *number);
    sums.into_iter().map(|(_, sum)| sum).sum()
}
