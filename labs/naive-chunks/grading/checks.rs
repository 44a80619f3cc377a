//! Checks `naive`: the parallel sum copies no number and loses no number, and the workers share the work.

use crate::sums::{Summed, add_up_numbers, affordable, every_order};
use crate::{Finding, count};
use common::exercise::costs::{COPY, ELEMENT, START};
use common::format::integer;
use explorer::outside::Outside;
use std::rc::Rc;

/// Pairs of a size and a number of workers: no number, one number, fewer numbers than workers, uneven and even parts.
const CASES: [(u64, u64); 21] = [
    (0, 1),
    (0, 4),
    (1, 1),
    (1, 8),
    (2, 3),
    (3, 8),
    (7, 3),
    (8, 8),
    (9, 8),
    (63, 64),
    (64, 64),
    (65, 64),
    (100, 1),
    (1_000, 8),
    (1_000, 33),
    (1_003, 4),
    (1_009, 7),
    (1_009, 100),
    (1_009, 12),
    (4_096, 2),
    (10_007, 6),
];

/// Sizes that need more than 32 bits, and more workers than most machines have.
const HUGE: [(u64, u64); 4] = [(3_000_000_011, 8), ((1 << 32) + 5, 3), (1 << 33, 16), ((1 << 40) + 7, 64)];

/// Sizes so large that the start of the workers hardly matters.
const LARGE: [(u64, u64); 6] =
    [(400_000, 1), (400_000, 2), (3_000_001, 3), (2_000_003, 4), (52_000_001, 16), (820_000_000, 64)];

/// The largest accepted number of ticks, as a multiple of equal work for each worker.
const SLACK: f64 = 1.25;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let add_up = |case| add_up_numbers(outside, case, "worker", "parallel_sum");
    let each = |cases: &[(u64, u64)], wrong: fn((u64, u64), &Summed) -> Option<String>| {
        Finding::first(cases.iter().map(|&case| match add_up(case) {
            Ok(summed) => Finding::of(wrong(case, &summed).map(|wrong| {
                format!("{}, {}: {wrong}", count(case.0, "number"), count(case.1, "worker"))
            })),
            Err(finding) => finding,
        }))
    };
    let most = affordable(outside);
    let within = |cases: &[(u64, u64)]| cases.iter().copied().filter(|(size, _)| *size <= most).collect::<Vec<_>>();
    Some(match item {
        "sum" => first!([
            each(&[&CASES[..], &LARGE[..2], &within(&HUGE)].concat(), |_, _| None),
            every_order(outside, (11, 2), "worker", "parallel_sum"),
            every_order(outside, (7, 3), "worker", "parallel_sum"),
        ]),
        "no-copy" => each(&[&CASES[..], &LARGE[1..4]].concat(), copies),
        "parallel" => each(&[&LARGE[..3], &within(&LARGE[3..])].concat(), slow),
        _ => return None,
    })
}

fn copies(_case: (u64, u64), summed: &Summed) -> Option<String> {
    match summed.copied() {
        0 => {}
        copied => return Some(format!("numbers.copy() copied {}, expected 0", count(copied, "number"))),
    }
    // Each thread first tells whether it has allocated much.
    let allocates = summed.run.threads.iter().any(|done| done.told.first() == Some(&1));
    allocates.then(|| "a thread allocated more than 1 MiB: the numbers need no second place".into())
}

fn slow((size, workers): (u64, u64), summed: &Summed) -> Option<String> {
    // What a copy costs is another item's.
    let equal = workers * START + (size * ELEMENT + summed.copied() * COPY).div_ceil(workers);
    let elements = summed.elements();
    let most = elements.iter().copied().max().unwrap_or(0);
    (summed.run.ticks as f64 > SLACK * equal as f64).then(|| {
        format!(
            "it took {} ticks, and one thread added up {}; with equal parts it takes {} ticks, and up to 1.25 times as many are \
             accepted",
            integer(summed.run.ticks),
            count(most, "number"),
            integer(equal)
        )
    })
}
