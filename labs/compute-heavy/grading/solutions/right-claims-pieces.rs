// Each piece has a flag. A worker takes every piece whose flag is still free.
use common::exercise::atomic::{AtomicBool, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let piece = 16;
    let taken: Vec<AtomicBool> = (0..terms.len()).step_by(piece).map(|_| AtomicBool::new(false)).collect();
    let work = |_| {
        let mut sums = Vec::new();
        for (number, taken) in taken.iter().enumerate() {
            if !taken.swap(true, Ordering::Relaxed) {
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
