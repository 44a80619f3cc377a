//! Checks `naive`: the parallel sum copies no number and loses no number.

use crate::{Finding, Random, allocation, count};
use common::exercise::costs;
use common::format::integer;
use kit_simulated::exercise::Numbers;
use kit_simulated::measure;

/// The interface that a submission must provide.
pub type Sum = fn(&Numbers, usize) -> i64;

/// Pairs of a size and a number of workers: no number, one number, fewer numbers than workers, uneven and even parts.
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

/// Names a case: `3 numbers, 1 worker`.
fn case(size: usize, workers: usize) -> String {
    format!("{}, {}", count(size as u64, "number"), count(workers as u64, "worker"))
}

fn wrong((size, workers): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let integers = random.integers(size);
    let expected: i64 = integers.iter().sum();
    let (got, _) = measure(|| sum(&Numbers::new(integers), workers));
    (got != expected).then(|| format!("{}: parallel_sum returned {got}, expected {expected}", case(size, workers)))
}

/// The bytes that one thread and its partial sum may allocate.
const ROOM: usize = 4096;

fn copies((size, workers): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let numbers = Numbers::new(random.integers(size * 20));
    let ((_, report), bytes) = allocation::during(|| measure(|| sum(&numbers, workers)));
    let size = numbers.len();
    if report.copied > 0 {
        let copied = count(report.copied, "number");
        return Some(format!("{}: numbers.copy() copied {copied}, expected 0", case(size, workers)));
    }
    (bytes > ROOM * (1 + workers) && bytes > size * 4).then(|| {
        format!("{}: {} bytes were allocated; a copy of all numbers takes {} bytes", case(size, workers), integer(bytes as u64), integer(size as u64 * 8))
    })
}

/// Pairs of a size and a number of workers; the sizes are so large that the start of the workers hardly matters.
const LARGE: [(usize, usize); 3] = [(400_000, 2), (900_001, 3), (2_000_003, 4)];

fn unfair((size, workers): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let numbers = Numbers::new(random.integers(size));
    let (_, report) = measure(|| sum(&numbers, workers));
    // A worker that starts early may take the work of workers that have not started yet.
    let share = (size / workers) as u64;
    let fair = share + share / 8 + (workers as u64 - 1) * costs::START;
    let most = report.elements.iter().copied().max().unwrap_or(0);
    (most > fair)
        .then(|| format!("{}: one thread added up {}; an equal share is {}", case(size, workers), count(most, "number"), integer(share)))
}
