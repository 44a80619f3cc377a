// exercise: naive
// expected: fails sum, no-copy?, parallel
// Needs a stack of 256 MiB.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let mut frame = [0_u8; 1 << 28];
    frame[numbers.len() % 1_000] = workers as u8;
    frame.iter().map(|&part| i64::from(part)).sum()
}
