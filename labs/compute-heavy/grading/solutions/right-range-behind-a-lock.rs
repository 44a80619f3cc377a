// The pieces that are left are a range behind a lock.
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let pieces = Mutex::new(0..terms.len().div_ceil(4));
    let take = || pieces.lock().unwrap().next();
    let mut results: Vec<(usize, f64)> = in_threads(workers, |_| {
        let mut results = vec![];
        while let Some(piece) = take() {
            let end = terms.len().min(4 * piece + 4);
            results.push((piece, (4 * piece..end).map(|index| terms.value(index)).sum()));
        }
        results
    })
    .into_iter()
    .flatten()
    .collect();
    results.sort_unstable_by_key(|&(piece, _)| piece);
    results.into_iter().map(|(_, sum)| sum).sum()
}
