// exercise: naive
// expected: fails sum, no-copy, parallel
// Returns 0 at once, and adds up later.
use common::exercise::*;

struct Later<'a>(&'a Numbers, usize);

impl Drop for Later<'_> {
    fn drop(&mut self) {
        let bound = |worker: usize| self.0.len() * worker / self.1;
        in_threads(self.1, |worker| self.0.sum(bound(worker)..bound(worker + 1)));
    }
}

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let _later = Later(numbers, workers);
    0
}
