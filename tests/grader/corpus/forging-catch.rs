// exercise: naive
// expected: rejected
// past: does-not-compile
// escaped: fails sum, no-copy?, parallel
// Catches the panics of the grader and answers.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    std::panic::set_hook(Box::new(|_| {}));
    std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| numbers.sum(0..usize::MAX))).unwrap_or(workers as i64)
}
