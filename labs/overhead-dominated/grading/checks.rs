//! Checks `overhead`: the sum is right, and takes at most 1.1 times the ticks of the best number of threads.

use crate::sums::{add_up_numbers, affordable, every_order};
use crate::{Finding, count};
use common::exercise::costs::{ELEMENT, START};
use common::format::integer;
use explorer::outside::Outside;
use std::rc::Rc;

/// Returns the best number of threads for a size and a number of cores, and the ticks that this number of threads takes.
fn best((size, cores): (u64, u64)) -> (u64, u64) {
    let ticks = |threads: u64| {
        if threads == 1 { size * ELEMENT } else { threads * START + (size * ELEMENT).div_ceil(threads) }
    };
    (1..=cores).map(|threads| (threads, ticks(threads))).min_by_key(|(_, ticks)| *ticks).expect("there is a core")
}

/// The largest accepted number of ticks, as a multiple of the best; 1,000 ticks more are accepted.
const SLACK: f64 = 1.1;

const SIZES: [u64; 19] = [
    0, 1, 10, 1_000, 50_000, 90_000, 150_000, 230_000, 245_000, 290_000, 320_000, 500_000, 900_000, 1_300_003, 2_000_000, 6_000_001,
    20_000_003, 300_000_007, (1 << 40) + 7,
];
/// Sizes up to this one are added up however many pieces of work that takes.
const MOST_SMALL: u64 = 2_000_000;

const CORES: [u64; 8] = [1, 2, 3, 4, 8, 16, 64, 100];

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    let most = affordable(outside).max(MOST_SMALL);
    let cases = |of: fn(u64, u64) -> bool| {
        let all = SIZES.into_iter().filter(|size| *size <= most).flat_map(|size| CORES.map(|cores| (size, cores)));
        all.filter(move |&case| of(best(case).0, case.1)).collect::<Vec<_>>()
    };
    let cases = match item {
        "sum" => {
            let cases = [
                (0, 1), (0, 8), (1, 8), (7, 3), (10, 4), (1_000, 2), (300_007, 2), (300_007, 8), (1_000_003, 3),
                (1_000_000, 1), (5_000_011, 7), (100_000_007, 64), (400_000_000, 100), (3_000_000_011, 8), ((1 << 32) + 5, 3), ((1 << 40) + 7, 64),
            ];
            let cases = cases.into_iter().filter(|(size, _)| *size <= most);
            let orders = [(1_000_000, 2), (2_000_000, 3)];
            let orders = orders.into_iter().map(|case| every_order(outside, case, "core", "frugal_sum"));
            return Some(Finding::first(cases.map(|case| right(case, outside)).chain(orders)));
        }
        "small" => cases(|threads, _| threads == 1),
        "between" => cases(|threads, cores| threads > 1 && threads < cores),
        "large" => cases(|threads, cores| threads == cores && cores > 1),
        _ => return None,
    };
    Some(Finding::first(cases.into_iter().map(|case| slow(case, outside))))
}

fn right(case: (u64, u64), outside: &Rc<Outside>) -> Finding {
    add_up_numbers(outside, case, "core", "frugal_sum").map_or_else(|finding| finding, |_| Finding::Pass)
}

fn slow(case: (u64, u64), outside: &Rc<Outside>) -> Finding {
    let summed = match add_up_numbers(outside, case, "core", "frugal_sum") {
        Ok(summed) => summed,
        Err(finding) => return finding,
    };
    let (threads, ticks) = best(case);
    Finding::of((summed.run.ticks as f64 > ticks as f64 * SLACK + 1_000.0).then(|| {
        let how = if threads == 1 { "one core alone takes".to_string() } else { format!("{threads} threads take") };
        format!(
            "{}, {}: {how} {} ticks, but frugal_sum started {} and took {} ticks",
            count(case.0, "number"),
            count(case.1, "core"),
            integer(ticks),
            count(summed.run.started as u64, "thread"),
            integer(summed.run.ticks)
        )
    }))
}
