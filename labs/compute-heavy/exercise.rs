//! Exercise: balance the work, and return a sum that does not depend on the number of workers.
//!
//! Some terms take a hundred times as long to compute as others, and you cannot know which. So parts with the same
//! number of terms are not the same amount of work. No worker may still compute long after the others have finished.
//! Do not assign all terms in advance: a worker that is free takes the next ones.
//!
//! Floating-point addition is not associative. So the *order* of the additions matters: the sum must be the same, bit
//! for bit, for any number of workers, and in whatever order the workers take their steps. It may differ from the sum
//! from left to right only in the last digits (relative error 1e-9).
//!
//! Try it: `cargo try heavy`. Grade it: `cargo grade heavy`. You may use what `common::exercise` offers.

use common::exercise::*;

/// Returns the sum of all terms, computed by `workers` threads (at least 1).
pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    todo!("divide the work, and add up the terms in an order that does not depend on the workers")
}
