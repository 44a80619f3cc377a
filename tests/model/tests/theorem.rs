//! The theorem of `common::schedule` about a load and a store, for the counter of the lab at small sizes; and its
//! schedules at the lecture's size, on real threads.

use common::schedule::{self, Step, Turn};
use common::sync::atomic::{AtomicU64, Ordering::Relaxed};
use explorer::walk::{End, Pick, Walk};
use explorer::{Memory, explore};
use model::size::Size;
use model::subjects;
use std::collections::BTreeSet;
use std::time::Instant;

fn finals(variant: &str, size: Size) -> BTreeSet<u64> {
    let report = explore(&(subjects::of(variant).unwrap().program)(size), Memory::Interleaved);
    assert_eq!(report.bound, None, "{variant} {size}");
    report.outcomes.into_keys().map(|outcome| outcome[0]).collect()
}

#[test]
fn load_then_store_reaches_exactly_what_the_theorem_says() {
    let upto = |threads: usize, most: u64| (1..=most).map(move |increments| Size::new(threads, increments));
    let mut sizes: Vec<Size> = upto(1, 3).chain(upto(2, 12)).chain(upto(3, 4)).chain(upto(4, 3)).collect();
    sizes.extend(upto(5, 2).chain([6, 7, 8].map(|threads| Size::new(threads, 1))));
    if workspace::thorough() {
        sizes.extend([Size::new(2, 20), Size::new(3, 6), Size::new(4, 4), Size::new(6, 2)]);
    }
    for size in sizes {
        let expected = BTreeSet::from_iter(schedule::reachable(size.threads as u64, size.increments));
        assert_eq!(finals("load-store", size), expected, "{size}");
        if size.threads > 1 {
            assert_ne!(finals("fetch-add", size), expected, "{size}, as one step");
        }
    }
}

/// Follows the schedule of a target through the states of a counter, and returns the value at which it ends. A step less,
/// or a step in another order, ends elsewhere or is impossible.
fn replay(walk: &Walk, threads: &[usize]) -> Option<u64> {
    let path = walk.follow(threads.iter().map(|&thread| Pick::Run(thread))).ok()?;
    match &walk.states[path.end()].end {
        Some(End::Outcome(values)) => values.first().copied(),
        _ => None,
    }
}

#[test]
fn the_constructed_schedule_ends_at_every_target() {
    for size in [Size::new(2, 1), Size::new(2, 3), Size::new(3, 2), Size::new(2, 6), Size::new(4, 1)] {
        let Size { threads, increments } = size;
        let program = (subjects::of("load-store").unwrap().program)(size);
        let walk = Walk::new(&program, Memory::Interleaved).unwrap();
        let mut sums = 0;
        for target in schedule::reachable(threads as u64, increments) {
            let turns = schedule::ending_at(threads, increments, target).unwrap();
            let steps = |turn: &Turn| if let Step::Increments(count) = turn.step { 2 * count as usize } else { 1 };
            let mut order: Vec<usize> = turns.iter().flat_map(|turn| vec![turn.thread; steps(turn)]).collect();
            assert_eq!(replay(&walk, &order), Some(target), "{size} to {target}");
            // The twins: one step less, one step more, and the same steps one thread after the other.
            let last = order.pop().unwrap();
            assert_eq!(replay(&walk, &order), None, "{size} to {target}");
            order.extend([last, last]);
            assert_eq!(replay(&walk, &order), None, "{size} to {target}");
            order.pop();
            order.sort_unstable();
            assert_eq!(replay(&walk, &order), Some(size.expected()));
            sums += 1;
        }
        assert!(sums > 1);
    }
}

/// Returns in how many orders the steps of threads can be dealt out, `steps` for each thread.
fn multinomial(threads: u64, steps: u64) -> u128 {
    let choose = |n: u64, k: u64| (1..=k).fold(1, |product, i| product * u128::from(n - k + i) / u128::from(i));
    (1..=threads).map(|thread| choose(thread * steps, steps)).product()
}

#[test]
fn schedules_are_as_many_as_combinatorics_says() {
    let total = |variant: &str, size: Size| -> u128 {
        let report = explore(&(subjects::of(variant).unwrap().program)(size), Memory::Interleaved);
        report.outcomes.values().map(|outcome| outcome.schedules.unwrap()).sum()
    };
    for size in [Size::new(2, 3), Size::new(2, 10), Size::new(3, 3)] {
        let (threads, increments) = (size.threads as u64, size.increments);
        assert_eq!(total("load-store", size), multinomial(threads, 2 * increments), "{size}");
        assert_eq!(total("fetch-add", size), multinomial(threads, increments), "{size}");
        // A lock that is released in the gap has the schedules of the gap; one that is held has none there.
        assert_eq!(total("locked-twice", size), multinomial(threads, 2 * increments), "{size}");
        assert_eq!(total("std-mutex", size), multinomial(threads, increments), "{size}");
        let report = explore(&(subjects::of("load-store").unwrap().program)(size), Memory::Interleaved);
        // No update is lost only where every increment is as if it were one step.
        assert_eq!(report.schedules(&[size.expected()]), Some(multinomial(threads, increments)), "{size}");
    }
}

#[test]
fn real_threads_end_where_they_are_told_to() {
    let mut state = 7001_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let ends_at = |increments, target, in_one_step| {
        let counter = AtomicU64::new(0);
        let turns = schedule::ending_at(10, increments, target).unwrap();
        schedule::drive(&turns, 10, |gap| {
            let seen = counter.load(Relaxed);
            gap();
            if in_one_step { _ = counter.fetch_add(1, Relaxed) } else { counter.store(seen + 1, Relaxed) }
        });
        counter.into_inner()
    };
    let start = Instant::now();
    for target in [2, 170_066] {
        assert_eq!(ends_at(100_000, target, false), target);
        assert_eq!(ends_at(100_000, target, true), 1_000_000, "one step leaves no gap, whatever the schedule");
    }
    for run in 0..998 {
        let increments = if run % 50 == 0 { 100_000 } else { 100 };
        let target = 2 + random() % (10 * increments - 1);
        assert_eq!(ends_at(increments, target, false), target, "run {run}");
    }
    println!("1000 runs of 10 real threads: {:.1} s", start.elapsed().as_secs_f64());
}
