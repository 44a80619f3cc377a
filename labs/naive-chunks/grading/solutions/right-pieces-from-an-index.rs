use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let next = atomic::AtomicU64::new(0);
    let piece = numbers.len().div_ceil(workers * 4).max(1);
    let work = |_| {
        let mut sum = 0;
        loop {
            let start = next.fetch_add(piece as u64, atomic::Ordering::Relaxed) as usize;
            if start >= numbers.len() {
                return sum;
            }
            sum += numbers.sum(start..(start + piece).min(numbers.len()));
        }
    };
    in_threads(workers, work).into_iter().sum()
}
