//! Exercise: balance the work, and return a sum that does not depend on the number of workers.
//!
//! Some terms take a hundred times as long to compute as others, and you cannot know which. So parts with the same
//! number of terms are not the same amount of work: hand out the work in small pieces, each to the next free worker.
//! Floating-point addition is not associative. So the *order* of the additions must be the same for any number of
//! workers; then the sum is the same to the last digit.
//!
//! Grade it: `cargo grade heavy`

use common::exercise::*;

/// Returns the sum of all terms, computed by `workers` threads (at least 1).
pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    todo!("hand out pieces of the work, and add up their results in a fixed order")
}
