// Each worker has a part of its own. When that is empty, it takes pieces of the others.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let piece = 8;
    let pieces = terms.len().div_ceil(piece);
    let bound = |worker: usize| pieces * worker / workers;
    let nexts: Vec<AtomicU64> = (0..workers).map(|worker| AtomicU64::new(bound(worker) as u64)).collect();
    let work = |worker| {
        let mut sums = Vec::new();
        for victim in (worker..workers).chain(0..worker) {
            loop {
                let number = nexts[victim].fetch_add(1, Ordering::Relaxed) as usize;
                if number >= bound(victim + 1) {
                    break;
                }
                let end = ((number + 1) * piece).min(terms.len());
                sums.push((number, (number * piece..end).map(|index| terms.value(index)).sum::<f64>()));
            }
        }
        sums
    };
    let mut sums: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    sums.sort_by_key(|(number, _)| *number);
    sums.into_iter().map(|(_, sum)| sum).sum()
}
