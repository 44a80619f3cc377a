// Each piece has an atomic, which gets the bits of its sum.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn balanced_sum(terms: &Terms, workers: usize) -> f64 {
    const PIECE: usize = 4;
    let len = terms.len();
    let pieces = len.div_ceil(PIECE);
    let next = AtomicU64::new(0);
    let slots: Vec<AtomicU64> = (0..pieces).map(|_| AtomicU64::new(0)).collect();
    in_threads(workers, |_| {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed) as usize;
            let Some(slot) = slots.get(piece) else { break };
            let sum: f64 = (piece * PIECE..len.min((piece + 1) * PIECE)).map(|index| terms.value(index)).sum();
            slot.store(sum.to_bits(), Ordering::Release);
        }
    });
    slots.iter().map(|slot| f64::from_bits(slot.load(Ordering::Acquire))).sum()
}
