//! `naive`: a parallel sum that copies nothing and loses nothing.

use crate::{Finding, Random, allocation};
use common::exercise::costs;
use kit_simulated::exercise::Numbers;
use kit_simulated::measure;

/// The interface that a submission must provide.
pub type Sum = fn(&Numbers, usize) -> i64;

/// Sizes and workers: none, one, fewer than workers, uneven, even.
const CASES: [(usize, usize); 12] =
    [(0, 1), (0, 4), (1, 1), (1, 8), (3, 8), (7, 3), (100, 1), (1000, 8), (1003, 4), (1009, 7), (4096, 2), (10_007, 6)];

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, sum: Sum) -> Option<Finding> {
    Some(match item {
        "sum" => Finding::of(CASES.iter().find_map(|&case| wrong(case, random, sum))),
        "no-copy" => Finding::of(CASES.iter().find_map(|&case| copies(case, random, sum))),
        "parallel" => Finding::of(LARGE.iter().find_map(|&case| unfair(case, random, sum))),
        _ => return None,
    })
}

fn wrong((size, workers): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let integers = random.integers(size);
    let expected: i64 = integers.iter().sum();
    let (got, _) = measure(|| sum(&Numbers::new(integers), workers));
    (got != expected).then(|| format!("{size} numbers, {workers} workers: the sum is {expected}, and it says {got}"))
}

/// The memory for threads, and for one partial sum each.
const ROOM: usize = 4096;

fn copies((size, workers): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let numbers = Numbers::new(random.integers(size * 20));
    let ((_, report), bytes) = allocation::during(|| measure(|| sum(&numbers, workers)));
    let size = numbers.len();
    if report.copied > 0 {
        return Some(format!("{size} numbers, {workers} workers: {} numbers were copied", report.copied));
    }
    (bytes > ROOM * (1 + workers) && bytes > size * 4)
        .then(|| format!("{size} numbers, {workers} workers: {bytes} bytes were allocated, as much as a copy takes"))
}

/// A size at which the start of the workers does not matter.
const LARGE: [(usize, usize); 3] = [(400_000, 2), (900_001, 3), (2_000_003, 4)];

fn unfair((size, workers): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let numbers = Numbers::new(random.integers(size));
    let (_, report) = measure(|| sum(&numbers, workers));
    // A worker that starts early may take the work of workers that have not started yet.
    let share = (size / workers) as u64;
    let fair = share + share / 8 + (workers as u64 - 1) * costs::START;
    let most = report.elements.iter().copied().max().unwrap_or(0);
    (most > fair)
        .then(|| format!("{size} numbers, {workers} workers: one of them adds up {most}, and its share is {share}"))
}
