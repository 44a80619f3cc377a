// exercise: naive
// expected: fails sum, no-copy?, parallel
// Panics with a message of ten megabytes.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    panic!("{workers} {numbers:?} {}", String::from_utf8(vec![b'x'; 10_000_000]).unwrap());
}
