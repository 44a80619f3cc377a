// Adds up the sums of the pieces in pairs, and pairs of pairs.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

fn tree(sums: &[(usize, f64)]) -> f64 {
    match sums {
        [] => 0.0,
        [(_, sum)] => *sum,
        _ => tree(&sums[..sums.len() / 2]) + tree(&sums[sums.len() / 2..]),
    }
}

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
    let mut sums: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    sums.sort_by_key(|(number, _)| *number);
    tree(&sums)
}
