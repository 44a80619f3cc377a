//! Exercise: a parallel sum that starts only as many threads as repay their start.
//!
//! Starting a thread costs `costs::START` ticks, whatever the thread does. So one core alone should sum a small
//! array, and all cores a large one. In between, two cores can be faster than one, and faster than four. The machine
//! has `cores` cores: at most that many threads may run at the same time, and fewer are allowed. Your sum may take a
//! tenth more ticks than with the best number of threads.
//!
//! Try it: `cargo try overhead`. Grade it: `cargo grade overhead`. You may use what `common::exercise` offers.

use common::exercise::*;

/// Returns the sum of all numbers, on a machine with `cores` cores (at least 1).
pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    todo!("decide how many threads to start, if any")
}
