// The time falls and then rises, so two thirds of the range remain after each comparison.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let len = numbers.len();
    let time = |threads: usize| threads as f64 * costs::START as f64 + len as f64 / threads as f64;
    let (mut low, mut high) = (1, cores);
    while high - low > 3 {
        let third = (high - low) / 3;
        if time(low + third) <= time(high - third) { high -= third } else { low += third }
    }
    let mut threads = low;
    for candidate in low..=high {
        if time(candidate) < time(threads) {
            threads = candidate;
        }
    }
    if time(threads) >= len as f64 {
        threads = 0;
    }
    if threads < 2 {
        return numbers.sum(0..len);
    }
    let cut = |thread: usize| (len as u128 * thread as u128 / threads as u128) as usize;
    in_threads(threads, |thread| numbers.sum(cut(thread)..cut(thread + 1))).into_iter().sum()
}
