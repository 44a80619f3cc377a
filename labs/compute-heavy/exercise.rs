//! Exercise: balanced work, and a sum that does not depend on how many workers there are.
//!
//! Some terms take a hundred times as long as others, and nobody says which: equal parts are not equal work. So hand the work out
//! in pieces, to whoever is free. And since floating-point addition is not associative, the *order* of the additions must be the same
//! with one worker and with eight: to the last digit.
//!
//! Grade it: `cargo grade heavy`

use common::exercise::*;

/// The sum of all terms, by `workers` threads (at least 1).
pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    todo!("hand out pieces of the work, and add up their results in a fixed order")
}
