// The threads take pieces from a locked queue, and lock the total once each.
use common::exercise::*;

pub fn frugal_sum(numbers: &Numbers, cores: usize) -> i64 {
    let work = numbers.len() as u64 * costs::ELEMENT;
    let ticks = |threads: u64| if threads == 1 { work } else { threads * costs::START + work / threads };
    let threads = (1..=cores as u64).min_by_key(|&threads| ticks(threads)).unwrap_or(1) as usize;
    if threads == 1 {
        return numbers.sum(0..numbers.len());
    }
    let length = numbers.len().div_ceil(4 * threads);
    let starts: Mutex<Vec<usize>> = Mutex::new((0..numbers.len()).step_by(length).collect());
    let take = || starts.lock().unwrap().pop();
    let total = Mutex::new(0);
    in_threads(threads, |_| {
        let mut sum = 0;
        while let Some(start) = take() {
            sum += numbers.sum(start..numbers.len().min(start + length));
        }
        *total.lock().unwrap() += sum;
    });
    total.into_inner().unwrap()
}
