//! Checks `shm`: a histogram that several workers fill at the same time.

use crate::model::{self, Experiment};
use crate::{Finding, Random};

/// The interface that a submission must provide.
pub trait Histogram: Send + Sync {
    /// Counts `value` in its bin.
    fn add(&self, value: u64);
    /// Returns how many values a bin has counted.
    fn count(&self, bin: usize) -> u64;
}

/// Creates an empty histogram of the submission.
pub type New = fn() -> Box<dyn Histogram>;

const BINS: usize = 4;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, new: New) -> Option<Finding> {
    Some(match item {
        "counts" => model::once(move |random| counts(random, new), random.clone()),
        "model" => model::check(Experiment::<Box<dyn Histogram>> {
            new: Box::new(new),
            act: |histogram, thread| {
                histogram.add(13);
                histogram.add(10 + thread as u64);
                Vec::new()
            },
            actions: 2,
            expected: 4,
            wrong: |histogram, _| {
                let count = histogram.count(1);
                (count != 4).then(|| (count, format!("2 threads each added 2 values to bin 1: count(1) returned {count}, expected 4")))
            },
        }),
        _ => return None,
    })
}

fn counts(random: &mut Random, new: New) -> Option<String> {
    let edges = [0, 9, 10, 19, 20, 29, 30, 39, 40, 1_000_000, u64::MAX];
    let values: Vec<u64> = edges.into_iter().chain((0..40).map(|_| random.draw() % 60)).collect();
    let histogram = new();
    let mut expected = [0; BINS];
    for value in &values {
        histogram.add(*value);
        expected[usize::try_from(value / 10).unwrap_or(BINS).min(BINS - 1)] += 1;
    }
    (0..BINS).find_map(|bin| {
        let (got, expected) = (histogram.count(bin), expected[bin]);
        (got != expected).then(|| format!("after {} calls of add(): count({bin}) returned {got}, expected {expected}", values.len()))
    })
}
