// exercise: naive
// expected: fails sum, no-copy?, parallel
// Waits in each worker for a flag that stays false.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let flag = Mutex::new(false);
    in_threads(workers, |_| while !*flag.lock().unwrap() {});
    numbers.sum(0..numbers.len())
}
