//! The recorder: loops that wait and loops that do not, code that is not deterministic, and bounds.

use explorer::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use explorer::sync::atomic::{AtomicBool, AtomicU64};
use explorer::sync::{Mutex, RacyCell, hint};
use explorer::{Bound, Bounds, Main, Memory, Program, Report, Subject, Verdict, explore, explore_within};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// A thread that sets a flag, and one that waits for it in a loop.
fn awaits(is_set: bool, wait: impl Fn(&AtomicBool) -> u64 + 'static) -> impl Subject {
    Program::new(AtomicBool::default)
        .thread(move |flag| {
            if is_set {
                flag.store(true, Release);
            }
        })
        .thread(wait)
}

fn waits(flag: &AtomicBool) -> u64 {
    while !flag.load(Acquire) {
        hint::spin_loop();
    }
    1
}

#[test]
fn a_loop_waits_for_what_comes_and_hangs_on_what_never_comes() {
    for memory in Memory::ALL {
        let report = explore(&awaits(true, waits), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![1]]), "{memory:?}");
        assert!(explore(&awaits(false, waits), memory).hang().is_some(), "{memory:?}");
    }
}

#[test]
fn a_loop_that_counts_its_tries_is_not_taken_for_one_that_waits() {
    for tries in [3, 20, 200] {
        let gives_up = move |flag: &AtomicBool| (0..tries).find(|_| flag.load(Acquire)).unwrap_or(999);
        let report = explore(&awaits(true, gives_up), Memory::Interleaved);
        assert_eq!(report.verdict(), Verdict::NothingFound);
        assert_eq!(report.outcomes.len() as u64, tries + 1, "each number of tries, and giving up");
        let report = explore(&awaits(false, gives_up), Memory::Interleaved);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![999]]));
    }
}

#[test]
fn a_loop_that_gives_up_after_very_many_tries_is_not_a_hang() {
    let gives_up = |flag: &AtomicBool| (0..5000).find(|_| flag.load(Acquire)).unwrap_or(9999);
    for memory in Memory::ALL {
        let verdict = explore(&awaits(false, gives_up), memory).verdict();
        assert!(matches!(verdict, Verdict::NotDecided(Bound::LongLoop { .. })), "{verdict:?}");
    }
}

#[test]
fn a_loop_that_remembers_all_its_tries_is_not_decided() {
    let counts = |flag: &AtomicBool| {
        let mut tries = 0;
        while !flag.load(Acquire) {
            tries += 1;
        }
        tries
    };
    for memory in Memory::ALL {
        let verdict = explore(&awaits(true, counts), memory).verdict();
        assert!(matches!(verdict, Verdict::NotDecided(Bound::Operations(_) | Bound::Events(_))), "{verdict:?}");
    }
}

#[test]
fn a_loop_reads_until_two_values_agree() {
    let program = Program::new(AtomicU64::default)
        .thread(|x| {
            x.store(1, Relaxed);
            x.store(2, Relaxed);
        })
        .thread(|x| {
            let mut last = None;
            loop {
                let now = x.load(Relaxed);
                if last == Some(now) {
                    return now;
                }
                last = Some(now);
            }
        });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0], vec![1], vec![2]]));
    }
}

#[test]
fn a_lock_that_retries_with_a_load_first_is_not_put_to_sleep() {
    let program = Program::new(AtomicU64::default)
        .threads(3, |sold, _| {
            loop {
                let seen = sold.load(Relaxed);
                if seen >= 2 {
                    return 9;
                }
                if sold.compare_exchange(seen, seen + 1, Relaxed, Relaxed).is_ok() {
                    return seen;
                }
                hint::spin_loop();
            }
        })
        .end(|sold| sold.load(Relaxed));
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        assert_eq!(report.outcomes.len(), 6, "two threads of three get the tickets 0 and 1");
        assert!(report.outcomes.keys().all(|outcome| outcome[3] == 2));
    }
}

#[test]
fn loops_without_an_end_are_bounds_and_not_hangs_of_the_explorer() {
    let only_hints = Program::new(|| ()).thread(|()| -> () {
        loop {
            hint::spin_loop();
        }
    });
    let verdict = explore(&only_hints, Memory::Interleaved).verdict();
    assert!(matches!(verdict, Verdict::NotDecided(Bound::Unsupported(_))), "{verdict:?}");
    let only_stores = Program::new(AtomicU64::default).thread(|x| -> () {
        loop {
            x.store(1, Relaxed);
        }
    });
    let only_updates = Program::new(AtomicU64::default).thread(|x| -> () {
        loop {
            x.fetch_add(1, Relaxed);
        }
    });
    for memory in Memory::ALL {
        for program in [&only_stores, &only_updates] {
            let report = explore_within(program, memory, &Bounds { states: 10_000, operations: 100 });
            assert!(matches!(report.verdict(), Verdict::NotDecided(_)), "{memory:?}");
        }
    }
}

/// A program whose code asks a counter outside of it.
fn moody(changes: impl Fn(u64) -> bool + 'static) -> impl Subject {
    let runs = Rc::new(Cell::new(0));
    Program::new(<(AtomicU64, AtomicU64)>::default).threads(2, move |(x, y), _| {
        runs.set(runs.get() + 1);
        if changes(runs.get()) {
            x.store(1, Relaxed);
        }
        y.fetch_add(1, Relaxed);
        y.fetch_add(1, Relaxed);
        x.load(Relaxed)
    })
}

#[test]
fn code_that_is_not_deterministic_is_named() {
    for changes in [|run| run % 3 == 0, |run| run > 5] {
        for memory in Memory::ALL {
            let Verdict::NotDecided(Bound::NotDeterministic { file, line }) =
                explore(&moody(changes), memory).verdict()
            else {
                panic!("it is not noticed under {memory:?}")
            };
            assert!(file.ends_with("recording.rs") && line > 1, "{file}:{line}");
        }
    }
    assert_eq!(explore(&moody(|_| true), Memory::Cpp20).verdict(), Verdict::NothingFound);
}

#[test]
fn code_that_catches_every_panic_cannot_keep_the_explorer_from_leaving_it() {
    let program = Program::new(AtomicU64::default)
        .threads(2, |x, _| {
            let add = AssertUnwindSafe(|| {
                let seen = x.load(Relaxed);
                x.store(seen + 1, Relaxed);
            });
            u64::from(catch_unwind(add).is_err())
        })
        .end(|x| x.load(Relaxed));
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[0, 0, 1], [0, 0, 2]], "{memory:?}");
    }
}

#[test]
fn a_guard_that_is_dropped_by_a_panic_unlocks() {
    let program = Program::new(Mutex::<u64>::default).threads(2, |lock, me| {
        let mut held = lock.lock().unwrap();
        *held += 1;
        assert!(me == 0 || *held == 1, "the second");
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert!(report.panic().is_some() && report.hang().is_none(), "{memory:?}");
    }
}

#[test]
fn nine_threads_are_too_many() {
    let program = Program::new(AtomicU64::default).threads(9, |x, _| x.load(Relaxed));
    assert_eq!(explore(&program, Memory::Interleaved).verdict(), Verdict::NotDecided(Bound::Size));
}

#[test]
fn too_many_objects_are_a_bound() {
    let program = Main::new(|| {
        for _ in 0..300 {
            let _object = AtomicU64::new(0);
        }
    });
    let bounds = Bounds { operations: 1000, ..Bounds::default() };
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        assert_eq!(explore_within(&program, memory, &bounds).verdict(), Verdict::NotDecided(Bound::Size));
    }
    let verdict = explore_within(&program, Memory::Cpp20, &bounds).verdict();
    assert!(matches!(verdict, Verdict::NotDecided(Bound::Events(_))), "{verdict:?}");
}

/// Exploring the same program twice says the same.
#[test]
fn an_exploration_can_be_repeated() {
    let program = awaits(true, waits);
    let summary = |report: Report| (report.states, report.executions, report.finals(), report.replays);
    for memory in Memory::ALL {
        assert_eq!(summary(explore(&program, memory)), summary(explore(&program, memory)));
    }
}

/// A loop that reads plain memory, and a write that comes only after the loop but is not ordered after it.
fn reads_in_a_loop(ordering: Ordering) -> impl Subject {
    Program::new(<(AtomicBool, AtomicBool, RacyCell)>::default)
        .thread(move |(go, gone, data)| {
            while !go.load(Relaxed) {
                // SAFETY: none is needed: the explorer looks for races.
                unsafe { data.read() };
            }
            gone.store(true, ordering);
        })
        .thread(|(go, gone, data)| {
            go.store(true, Relaxed);
            if gone.load(Acquire) {
                // SAFETY: as above.
                unsafe { data.write(1) };
            }
        })
}

#[test]
fn a_round_that_reads_plain_memory_is_not_forgotten() {
    assert!(explore(&reads_in_a_loop(Relaxed), Memory::Cpp20).race().is_some());
    let report = explore_within(&reads_in_a_loop(Release), Memory::Cpp20, &Bounds { states: 20_000, operations: 30 });
    assert!(matches!(report.verdict(), Verdict::NotDecided(_)), "{report}");
}
