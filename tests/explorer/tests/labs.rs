//! The labs' counters, unchanged, against their theorem and the known numbers of schedules and executions.

use explorer::{Bound, Bounds, Memory, Report, Shortcuts, StateKind, Verdict, explore, explore_with};
use model::size::Size;
use model::subjects::{self, Subject};
use model::sync::Outcome;

pub fn counter(name: &str) -> &'static Subject {
    subjects::of(name).expect("a lab has this counter")
}

pub fn run(name: &str, [threads, increments]: [u64; 2], memory: Memory) -> Report {
    explore(&(counter(name).program)(Size::new(threads as usize, increments)), memory)
}

pub const SIZES: [[u64; 2]; 4] = [[2, 1], [2, 2], [2, 3], [3, 1]];

/// The smallest and the largest final value, and whether there is a race.
fn verdict(report: &Report) -> (u64, u64, bool) {
    let values: Vec<u64> = report.outcomes.keys().map(|outcome| outcome[0]).collect();
    let (first, last) = (values.first().copied(), values.last().copied());
    (first.unwrap_or(0), last.unwrap_or(0), report.race().is_some())
}

#[test]
fn every_counter_is_what_its_lab_says_under_every_memory() {
    let mut checked = 0;
    for counter in subjects::all() {
        for [threads, increments] in SIZES {
            let right = threads * increments;
            for memory in Memory::ALL {
                let report = run(counter.variant, [threads, increments], memory);
                let context = format!("{} {threads}x{increments} {memory:?}", counter.variant);
                assert_eq!(report.bound, None, "{context}");
                assert!(report.hang().is_none() && report.panic().is_none(), "{context}");
                let (least, most, races) = verdict(&report);
                match counter.outcome {
                    Outcome::Exact => assert_eq!((least, most, races), (right, right, false), "{context}"),
                    Outcome::LostUpdates => {
                        // The theorem: no fewer than 2, if each thread increments at least twice, and else no fewer
                        // than 1.
                        let smallest = if increments >= 2 { 2 } else { 1 };
                        assert_eq!((least, most, races), (smallest, right, false), "{context}");
                    }
                    Outcome::DataRace => {
                        assert_eq!(races, memory != Memory::StoreBuffers, "{context}");
                    }
                }
                checked += 1;
            }
        }
    }
    assert!(checked >= 12 * 4 * 3, "{checked} checks");
}

#[test]
fn schedules_of_load_store_are_counted() {
    for name in ["load-store", "load-spin-store", "plain"] {
        let report = run(name, [2, 3], Memory::Interleaved);
        let counts: Vec<_> = (2..=6).map(|value| report.schedules(&[value])).collect();
        assert_eq!(counts, [8, 300, 416, 180, 20].map(Some), "{name}");
        assert_eq!(counts.into_iter().flatten().sum::<u128>(), 924, "{name}"); // 12 choose 6
    }
    let report = run("load-store", [2, 10], Memory::Interleaved);
    assert_eq!(report.outcomes.values().filter_map(|outcome| outcome.schedules).sum::<u128>(), 137_846_528_820);
    assert_eq!(run("fetch-add", [2, 3], Memory::Interleaved).schedules(&[6]), Some(20));
}

#[test]
fn executions_under_cpp20_are_counted() {
    let executions = |name, size| run(name, size, Memory::Cpp20).executions.expect("few graphs");
    assert_eq!(SIZES.map(|size| executions("load-store", size)), [3, 15, 87, 16]);
    assert_eq!([[2, 2], [3, 1], [2, 3]].map(|size| executions("compare-exchange", size)), [40, 48, 496]);
}

#[test]
fn a_schedule_that_loses_an_update_names_its_lines() {
    let report = run("load-store", [2, 1], Memory::Interleaved);
    let steps = &report.outcomes[&vec![1]].example;
    let numbers: Vec<_> = steps.iter().map(|step| (step.thread, step.read, step.written, step.value_after)).collect();
    let expected = [
        (0, Some(0), None, Some(0)),
        (1, Some(0), None, Some(0)),
        (1, None, Some(1), Some(1)),
        (0, None, Some(1), Some(1)),
    ];
    assert_eq!(numbers, expected);
    let line = |step: &explorer::ScheduleStep| {
        let source = std::fs::read_to_string(step.file).or_else(|_| {
            std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(step.file))
        });
        source.expect("the source is there").lines().nth(step.line as usize - 1).map(str::trim).map(str::to_string)
    };
    assert_eq!(line(&steps[0]).as_deref(), Some("let seen = self.0.load(Relaxed);"));
    assert_eq!(line(&steps[2]).as_deref(), Some("self.0.store(seen + 1, Relaxed);"));
}

#[test]
fn the_smallest_sizes_that_outgrow_a_bound_are_not_decided() {
    let size = Size::new(3, 3);
    let bounds = Bounds { states: 100, ..Bounds::default() };
    let report = explorer::explore_within(&(counter("fetch-add").program)(size), Memory::Cpp20, &bounds);
    assert_eq!(report.verdict(), Verdict::NotDecided(Bound::States(100)));
}

#[test]
fn programs_with_many_graphs_are_decided_by_views() {
    let report = run("load-store", [3, 2], Memory::Cpp20);
    assert_eq!((report.state_kind, report.executions), (StateKind::Graph, Some(661)));
    let report = run("load-store", [3, 3], Memory::Cpp20);
    assert_eq!((report.state_kind, report.executions, report.bound), (StateKind::View, None, None));
    assert_eq!(report.finals(), (2..=9).map(|value| vec![value]).collect::<Vec<_>>());
    // The twin: graphs alone do not decide it.
    let size = Size::new(3, 3);
    let counter = (counter("load-store").program)(size);
    let graphs = Shortcuts { graphs: usize::MAX, ..Shortcuts::default() };
    let bounds = Bounds { states: 60_000, ..Bounds::default() };
    let report = explore_with(&counter, Memory::Cpp20, &bounds, graphs);
    assert_eq!(report.verdict(), Verdict::NotDecided(Bound::States(60_000)));
}
