//! Checks `heavy`: the work is balanced, and the sum does not depend on the number of workers.

use crate::sums::{Summed, Terms, add_up, every_outcome};
use crate::{Finding, Random, count};
use common::exercise::costs::START;
use common::format::integer;
use explorer::outside::Outside;
use std::rc::Rc;

/// The ticks of a term, and of one that takes much longer.
const LIGHT: u64 = 1_000;
const HEAVY: u64 = 20 * LIGHT;

/// Checks the item with this id; `None` if there is no such item.
pub fn check(item: &str, outside: &Rc<Outside>) -> Option<Finding> {
    Some(match item {
        "sum" => {
            let sizes = [0, 1, 2, 7, 31, 32, 33, 64, 100, 1_003];
            let cases = sizes.into_iter().flat_map(|size| [1, 3, 8, 64].map(|workers| (size, workers)));
            first!([
                Finding::first(cases.map(|(size, workers)| right(vec![LIGHT; size], workers, outside))),
                // So dear that each worker gets some of them.
                right(vec![1_000_000; 503], 100, outside),
                match takes_pieces(outside) {
                    // In the second case each worker gets some pieces, also if they are large.
                    Ok(true) => first!([right(vec![LIGHT; 20_001], 1, outside), right(vec![1_000_000; 1_601], 100, outside)]),
                    Ok(false) => Finding::Pass,
                    Err(finding) => finding,
                },
            ])
        }
        "balance" => balance(outside),
        "same-digits" => {
            let sizes = match takes_pieces(outside) {
                Ok(true) => &[(3, &ALL_WORKERS[..]), (100, &ALL_WORKERS), (1_003, &ALL_WORKERS), (20_001, &[1, 7, 32])][..],
                Ok(false) => &[(3, &ALL_WORKERS[..]), (100, &ALL_WORKERS), (503, &[1, 2, 3, 16])],
                Err(finding) => return Some(finding),
            };
            let same = sizes.iter().map(|(size, workers)| same(*size, workers, outside));
            first!([Finding::first(same), every_order(outside)])
        }
        _ => return None,
    })
}

/// Adds up terms with these costs. The last digits of the sum may differ from those of the sum from left to right.
fn summed(ticks: Vec<u64>, workers: u64, outside: &Rc<Outside>) -> Result<(Summed, u64), Finding> {
    let (size, terms) = (ticks.len() as u64, Rc::new(Terms::new(ticks)));
    let case = case(size, workers);
    let summed = add_up(outside, (size, workers), terms.clone(), &case)?;
    let (got, expected) = (f64::from_bits(summed.sum), terms.sum());
    if (got - expected).abs() > 1e-9 * expected.abs() || got.is_nan() {
        return Err(Finding::Fail(format!("{case}: balanced_sum returned {got:?}, expected {expected:?}")));
    }
    Ok((summed, terms.all_ticks()))
}

fn case(size: u64, workers: u64) -> String {
    format!("{}, {}", count(size, "term"), count(workers, "worker"))
}

fn right(ticks: Vec<u64>, workers: u64, outside: &Rc<Outside>) -> Finding {
    summed(ticks, workers, outside).map_or_else(|finding| finding, |_| Finding::Pass)
}

/// The largest accepted number of ticks, as a multiple of equal work for each worker.
const SLACK: f64 = 1.25;

/// Returns whether a worker takes more than one term with an operation on what the workers share. Other code is run with fewer
/// terms and workers, because it would take too long.
fn takes_pieces(outside: &Rc<Outside>) -> Result<bool, Finding> {
    let size = 1_000;
    summed(vec![LIGHT; size], 2, outside).map(|(summed, _)| summed.run.operations <= size / 2)
}

/// Checks that no worker still computes long after the others, whichever terms take long: those that lie together, and
/// those that one worker computed when all terms took equally long.
fn balance(outside: &Rc<Outside>) -> Finding {
    let all = match takes_pieces(outside) {
        Ok(true) => &[1, 2, 3, 4, 8, 16, 64][..],
        Ok(false) => &[1, 2, 3],
        Err(finding) => return finding,
    };
    Finding::first(all.iter().map(|&workers| balanced(workers, outside)))
}

fn balanced(workers: u64, outside: &Rc<Outside>) -> Finding {
    // More threads take longer to start, so each gets more work.
    let (light, heavy_ticks) = if workers > 16 { (40 * LIGHT, 160 * LIGHT) } else { (LIGHT, HEAVY) };
    let size = if workers > 16 { 250 } else { 500 } * workers as usize;
    let heavy = size / 4;
    let together = |place: usize| {
        let start = place * (size - heavy) / 2;
        let of = |index| if (start..start + heavy).contains(&index) { heavy_ticks } else { light };
        (0..size).map(of).collect::<Vec<u64>>()
    };
    let places = match workers {
        2 | 4 => vec![0, 1, 2],
        1 | 64 => vec![2],
        _ => vec![1],
    };
    let even = match summed(vec![light; size], workers, outside) {
        Ok((summed, _)) => summed,
        Err(finding) => return finding,
    };
    let mut of_one = vec![light; size];
    for work in even.run.threads.get(1).into_iter().flat_map(|done| &done.works) {
        for index in (work.from..work.to).step_by(work.step as usize) {
            of_one[index as usize] = heavy_ticks;
        }
    }
    Finding::first(places.into_iter().map(together).chain([of_one]).map(|ticks| {
        let size = ticks.len() as u64;
        let (summed, all) = match summed(ticks, workers, outside) {
            Ok(summed) => summed,
            Err(finding) => return finding,
        };
        let (case, most) = (case(size, workers), summed.run.at_once as u64);
        if most > workers {
            return Finding::Fail(format!("{case}: {} ran at the same time, expected at most {workers}", count(most, "thread")));
        }
        let equal = all / workers + workers * START;
        Finding::of((summed.run.ticks as f64 > SLACK * equal as f64).then(|| {
            format!(
                "{case}: it took {} ticks; with equal work for each worker it takes {}, and up to 1.25 times as many are accepted",
                integer(summed.run.ticks),
                integer(equal)
            )
        }))
    }))
}

const ALL_WORKERS: [u64; 9] = [1, 2, 3, 4, 5, 7, 8, 16, 64];

/// Checks that the sum has the same bits for each number of workers, also if the pieces end in another order.
fn same(size: usize, all: &[u64], outside: &Rc<Outside>) -> Finding {
    let mut random = Random::new(size as u64);
    let mut first: Option<u64> = None;
    for &workers in all {
        for is_uneven in [false, true] {
            let ticks = (0..size).map(|_| if is_uneven { 500 + random.draw() % 50_000 } else { LIGHT }).collect();
            let sum = match summed(ticks, workers, outside) {
                Ok((summed, _)) => summed.sum,
                Err(finding) => return finding,
            };
            let one = *first.get_or_insert(sum);
            if one != sum {
                let [one, sum] = [one, sum].map(f64::from_bits);
                return Finding::Fail(format!(
                    "{}: balanced_sum returned {one:?} with 1 worker and {sum:?} with {}{}",
                    count(size as u64, "term"),
                    count(workers, "worker"),
                    if is_uneven { ", some of which were slower" } else { "" }
                ));
            }
        }
    }
    Finding::Pass
}

/// Checks that two workers return the same bits in every order of their steps.
fn every_order(outside: &Rc<Outside>) -> Finding {
    let terms = Rc::new(Terms::new(vec![LIGHT; 3]));
    let mut first = None;
    every_outcome(outside, (3, 2), terms, &case(3, 2), |sum| {
        let one = *first.get_or_insert(sum);
        (one != sum).then(|| "the sum depends on the order in which the workers take their steps".into())
    })
}
