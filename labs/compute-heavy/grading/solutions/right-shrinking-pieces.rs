// Each piece is 1/1024 of the terms that are left, for any number of workers.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let mut bounds = vec![0];
    while let Some(&start) = bounds.last().filter(|&&start| start < terms.len()) {
        bounds.push(start + (terms.len() - start).div_ceil(1024));
    }
    let next = AtomicU64::new(0);
    let work = |_| {
        let mut sums = Vec::new();
        while let Some(&[start, end]) = bounds.windows(2).nth(next.fetch_add(1, Ordering::Relaxed) as usize) {
            sums.push((start, (start..end).map(|index| terms.value(index)).sum::<f64>()));
        }
        sums
    };
    let mut sums: Vec<(usize, f64)> = in_threads(workers, work).into_iter().flatten().collect();
    sums.sort_by_key(|(start, _)| *start);
    sums.into_iter().map(|(_, sum)| sum).sum()
}
