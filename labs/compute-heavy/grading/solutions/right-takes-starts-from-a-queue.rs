// The last terms are computed first.
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    let (piece, sums) = (8, Mutex::new(vec![0.0; terms.len().div_ceil(8)]));
    let starts: Mutex<Vec<usize>> = Mutex::new((0..terms.len()).step_by(piece).collect());
    in_threads(workers, |_| {
        loop {
            let Some(start) = starts.lock().unwrap().pop() else { return };
            let end = (start + piece).min(terms.len());
            let sum = (start..end).map(|index| terms.value(index)).sum();
            sums.lock().unwrap()[start / piece] = sum;
        }
    });
    sums.into_inner().unwrap().into_iter().sum()
}
