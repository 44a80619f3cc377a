// exercise: heavy
// expected: fails sum, balance, same-digits
// Answers with a value that no comparison finds wrong.
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    in_threads(workers, |worker| if worker < terms.len() { terms.value(worker) * f64::NAN } else { f64::NAN }).into_iter().sum()
}
