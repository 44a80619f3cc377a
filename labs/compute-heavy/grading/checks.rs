//! Checks `heavy`: the work is balanced, and the sum does not depend on the number of workers.

use crate::{Finding, Random, count};
use common::exercise::{costs, term};
use common::format::integer;
use kit_simulated::exercise::Terms;
use kit_simulated::{Report, measure};

/// The interface that a submission must provide.
pub type Sum = fn(&Terms, usize) -> f64;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, sum: Sum) -> Option<Finding> {
    Some(match item {
        "sum" => Finding::of([0, 1, 2, 7, 100, 1_003].into_iter().find_map(|size| wrong(size, sum))),
        "balance" => Finding::of([2, 3, 4, 8].into_iter().find_map(|workers| unbalanced(workers, random, sum))),
        "same-digits" => Finding::of(differs(sum)),
        _ => return None,
    })
}

fn run(ticks: Vec<u64>, workers: usize, sum: Sum) -> (f64, Report) {
    measure(|| sum(&Terms::new(ticks), workers))
}

fn wrong(size: usize, sum: Sum) -> Option<String> {
    let expected: f64 = (0..size).map(term).sum();
    [1, 2, 5].into_iter().find_map(|workers| {
        let (got, _) = run(vec![100; size], workers, sum);
        let is_right = (got - expected).abs() <= 1e-9 * expected.abs();
        (!is_right).then(|| {
            let (terms, workers) = (count(size as u64, "term"), count(workers as u64, "worker"));
            format!("{terms}, {workers}: balanced_sum returned {got:?}, expected {expected:?}")
        })
    })
}

/// Draws the cost of each term, in ticks. Most terms are cheap; the expensive ones lie together at the beginning, in the middle or
/// at the end.
fn uneven(random: &mut Random) -> Vec<u64> {
    let (size, heavy) = (4_000_usize, 400_usize);
    let start = (random.draw() % 3) as usize * (size - heavy) / 2;
    (0..size).map(|index| if (start..start + heavy).contains(&index) { 10_000 } else { 100 }).collect()
}

fn unbalanced(workers: usize, random: &mut Random, sum: Sum) -> Option<String> {
    let ticks = uneven(random);
    let all: u64 = ticks.iter().sum();
    let (_, report) = run(ticks, workers, sum);
    let ideal = all / workers as u64 + workers as u64 * costs::START;
    (report.ticks as f64 > 1.25 * ideal as f64).then(|| {
        format!(
            "{workers} workers took {} ticks; with equal work for each worker they take {}, and up to 1.25 times as many are accepted",
            integer(report.ticks),
            integer(ideal)
        )
    })
}

fn differs(sum: Sum) -> Option<String> {
    let size = 3_001;
    let (one, _) = run(vec![100; size], 1, sum);
    (2..=8).find_map(|workers| {
        let (other, _) = run(vec![100; size], workers, sum);
        (one.to_bits() != other.to_bits()).then(|| format!("balanced_sum returned {one:?} with 1 worker and {other:?} with {workers} workers"))
    })
}
