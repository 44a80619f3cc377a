// Each worker adds up one part from the front and one from the back.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let (length, middle) = (numbers.len(), numbers.len() / 2);
    let bound = |worker: usize| middle * worker / workers;
    let work = |worker| {
        let front = numbers.sum(bound(worker)..bound(worker + 1));
        let back = numbers.sum(length - bound(worker + 1)..length - bound(worker));
        let centre = if worker == 0 { numbers.sum(middle..length - middle) } else { 0 };
        front + back + centre
    };
    in_threads(workers, work).into_iter().sum()
}
