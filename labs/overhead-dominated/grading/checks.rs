//! Checks `overhead`: the sum is right, and takes at most 1.1 times the ticks of the best number of threads.

use crate::{Finding, Random, count};
use common::exercise::costs::{ELEMENT, START};
use common::format::integer;
use kit_simulated::exercise::Numbers;
use kit_simulated::measure;

/// The interface that a submission must provide.
pub type Sum = fn(&Numbers, usize) -> i64;

/// Returns the best number of threads for a size and a number of cores, and the ticks that this number of threads takes.
fn best(size: usize, cores: usize) -> (usize, u64) {
    let ticks = |threads: usize| {
        if threads == 1 {
            size as u64 * ELEMENT
        } else {
            threads as u64 * START + (size as u64 * ELEMENT).div_ceil(threads as u64)
        }
    };
    (1..=cores).map(|threads| (threads, ticks(threads))).min_by_key(|(_, ticks)| *ticks).expect("there is a core")
}

/// The largest accepted number of ticks, as a multiple of the best; 1,000 ticks more are accepted.
const SLACK: f64 = 1.1;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, random: &mut Random, sum: Sum) -> Option<Finding> {
    let cases = |of: fn(usize, usize) -> bool| {
        let sizes = [
            0, 1, 10, 1_000, 50_000, 90_000, 150_000, 230_000, 320_000, 500_000, 900_000, 1_300_003, 2_000_000,
            6_000_001,
        ];
        let all = sizes.into_iter().flat_map(|size| [1, 2, 4, 8].map(|cores| (size, cores)));
        all.filter(move |&(size, cores)| of(best(size, cores).0, cores)).collect::<Vec<_>>()
    };
    let cases = match item {
        "sum" => {
            let cases = [(0, 1), (1, 8), (10, 4), (1_000, 2), (300_007, 2), (300_007, 8), (1_000_003, 3)];
            return Some(Finding::of(cases.into_iter().find_map(|case| wrong(case, random, sum))));
        }
        "small" => cases(|threads, _| threads == 1),
        "between" => cases(|threads, cores| threads > 1 && threads < cores),
        "large" => cases(|threads, cores| threads == cores && cores > 1),
        _ => return None,
    };
    Some(Finding::of(cases.into_iter().find_map(|case| slow(case, random, sum))))
}

/// Names a case: `10 numbers, 1 core`.
fn case(size: usize, cores: usize) -> String {
    format!("{}, {}", count(size as u64, "number"), count(cores as u64, "core"))
}

fn wrong((size, cores): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let integers = random.integers(size);
    let expected: i64 = integers.iter().sum();
    let (got, report) = measure(|| sum(&Numbers::new(integers), cores));
    if got != expected {
        return Some(format!("{}: frugal_sum returned {got}, expected {expected}", case(size, cores)));
    }
    (report.at_once > cores)
        .then(|| format!("{}: {} threads ran at the same time, expected at most {cores}", case(size, cores), report.at_once))
}

fn slow((size, cores): (usize, usize), random: &mut Random, sum: Sum) -> Option<String> {
    let numbers = Numbers::new(random.integers(size));
    let (_, report) = measure(|| sum(&numbers, cores));
    let (threads, ticks) = best(size, cores);
    (report.ticks as f64 > ticks as f64 * SLACK + 1_000.0).then(|| {
        let how = if threads == 1 { "one core alone takes".to_string() } else { format!("{threads} threads take") };
        format!(
            "{}: {how} {} ticks, but frugal_sum started {} and took {} ticks",
            case(size, cores),
            integer(ticks),
            count(report.started as u64, "thread"),
            integer(report.ticks)
        )
    })
}
