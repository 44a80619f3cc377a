// Every fourth piece is added to the same of four sums.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    const PIECE: usize = 2;
    let len = terms.len();
    let pieces = len.div_ceil(PIECE);
    let next = AtomicU64::new(0);
    let results = in_threads(workers, |_| {
        let mut results = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed) as usize;
            if piece >= pieces {
                return results;
            }
            let mut sum = 0.0;
            for index in piece * PIECE..len.min((piece + 1) * PIECE) {
                sum += terms.value(index);
            }
            results.push((piece, sum));
        }
    });
    let mut sums = vec![0.0; pieces];
    for (piece, sum) in results.into_iter().flatten() {
        sums[piece] = sum;
    }
    let mut lanes = [0.0; 4];
    for (index, sum) in sums.iter().enumerate() {
        lanes[index % 4] += sum;
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}
