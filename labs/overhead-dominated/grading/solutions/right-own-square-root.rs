// The best number of threads is a square root, by Newton's method.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    fn root(square: u64) -> u64 {
        let mut root = square;
        let mut next = square / 2 + 1;
        while next < root {
            root = next;
            next = (root + square / root) / 2;
        }
        root
    }
    let len = numbers.len();
    let ratio = len as u64 / costs::START;
    let best = (root(4 * ratio + 1) + 1) / 2;
    let threads = if ratio < 4 { 1 } else { (best as usize).min(cores) };
    if threads < 2 {
        return numbers.sum(0..len);
    }
    let cut = |thread: usize| (len as u128 * thread as u128 / threads as u128) as usize;
    in_threads(threads, |thread| numbers.sum(cut(thread)..cut(thread + 1))).into_iter().sum()
}
