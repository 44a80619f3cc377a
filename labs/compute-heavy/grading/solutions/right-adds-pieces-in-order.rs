// A piece is added as soon as all pieces before it are done, so the total grows while the workers compute.

use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// The sum of the first pieces, and the results that came too early.
struct Prefix {
    total: f64,
    added: usize,
    early: Vec<Option<f64>>,
}

impl Prefix {
    fn put(&mut self, piece: usize, sum: f64) {
        self.early[piece] = Some(sum);
        while let Some(Some(sum)) = self.early.get(self.added) {
            self.total += sum;
            self.added += 1;
        }
    }
}

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    const PIECE: usize = 5;
    let len = terms.len();
    let pieces = len.div_ceil(PIECE);
    let next = AtomicU64::new(0);
    let prefix = Mutex::new(Prefix { total: 0.0, added: 0, early: vec![None; pieces] });
    in_threads(workers, |_| {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed) as usize;
            if piece >= pieces {
                return;
            }
            let mut sum = 0.0;
            for index in piece * PIECE..len.min((piece + 1) * PIECE) {
                sum += terms.value(index);
            }
            prefix.lock().unwrap().put(piece, sum);
        }
    });
    prefix.into_inner().unwrap().total
}
