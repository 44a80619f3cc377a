//! Parked threads, and the tokens that wake them up.

use explorer::sync::atomic::AtomicBool;
use explorer::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use explorer::sync::thread::{self, Thread};
use explorer::sync::{Mutex, RacyCell};
use explorer::{Main, Memory, Problem, Program, Subject, Verdict, WaitsFor, explore};
use std::time::Duration;

/// A child that waits for a flag by parking.
fn child_waits(unparks: bool, checks: bool) -> Main {
    Main::new(move || {
        let flag = AtomicBool::new(false);
        thread::scope(|scope| {
            let child = scope.spawn(|| {
                if checks {
                    while !flag.load(Acquire) {
                        thread::park();
                    }
                } else {
                    thread::park();
                }
                flag.load(Relaxed)
            });
            flag.store(true, Release);
            if unparks {
                child.thread().unpark();
            }
            u64::from(child.join().unwrap())
        })
    })
}

#[test]
fn a_token_that_comes_first_is_not_lost() {
    for memory in Memory::ALL {
        let report = explore(&child_waits(true, true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![1]]), "{memory:?}");
    }
}

#[test]
fn without_unpark_a_thread_can_wait_for_ever() {
    for memory in Memory::ALL {
        let report = explore(&child_waits(false, true), memory);
        let hang = report.hang().expect("the child parks before the flag is set");
        let Problem::WaitsForEver { waiting } = &hang.problem else { panic!("{hang}") };
        assert!(waiting.iter().any(|waiting| waiting.waits_for == WaitsFor::Unpark), "{hang}");
    }
}

#[test]
fn park_may_return_by_chance() {
    for memory in Memory::ALL {
        let report = explore(&child_waits(true, false), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0], vec![1]]), "{memory:?}");
    }
}

/// A thread writes plain memory and unparks the other, whose handle it finds in a mutex.
fn hands_over(waits_for_flag: bool) -> impl Subject {
    Program::new(<(Mutex<Option<Thread>>, AtomicBool, RacyCell)>::default)
        .thread(move |(handle, flag, data)| {
            *handle.lock().unwrap() = Some(thread::current());
            while waits_for_flag && !flag.load(Relaxed) {
                thread::park();
            }
            if !waits_for_flag {
                thread::park();
            }
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { data.read() }
        })
        .thread(|(handle, flag, data)| {
            // SAFETY: as above.
            unsafe { data.write(7) };
            flag.store(true, Relaxed);
            let parked = handle.lock().unwrap().clone();
            if let Some(parked) = parked {
                parked.unpark();
            }
        })
}

#[test]
fn unpark_synchronises_and_a_relaxed_flag_does_not() {
    // By chance the thread goes on without the token, and with the relaxed flag alone nothing orders the accesses.
    assert!(explore(&hands_over(true), Memory::Cpp20).race().is_some());
    assert!(explore(&hands_over(false), Memory::Cpp20).race().is_some());
    let unparked = Main::new(|| {
        let data = RacyCell::new(0);
        let parent = thread::current();
        thread::scope(|scope| {
            scope.spawn(|| {
                // SAFETY: none is needed: the explorer looks for races.
                unsafe { data.write(7) };
                parent.unpark();
            });
            thread::park();
            // SAFETY: as above.
            unsafe { data.read() }
        })
    });
    let report = explore(&unparked, Memory::Cpp20);
    let race = report.race().expect("park returns by chance");
    assert!(race.schedule.iter().any(|step| step.by_chance), "only by chance: {race}");
    assert!(report.finals().contains(&vec![7]), "{report}");
}

#[test]
fn parking_with_a_limit_of_time_ends_without_a_token() {
    let program = Main::new(|| {
        thread::park_timeout(Duration::from_millis(1));
        thread::current().unpark();
        thread::park();
        thread::sleep(Duration::from_millis(1));
        7
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![7]]), "{memory:?}");
    }
}

#[test]
fn a_token_is_taken_once() {
    // Two calls of park need two tokens, and the second token is there only after the first was taken.
    let parks = |times: usize| {
        Main::new(move || {
            let child = thread::spawn(move || (0..times).for_each(|_| thread::park()));
            child.thread().unpark();
            child.join().unwrap();
        })
    };
    for memory in Memory::ALL {
        assert_eq!(explore(&parks(1), memory).verdict(), Verdict::NothingFound, "{memory:?}");
        let report = explore(&parks(2), memory);
        let waits = |finding: &explorer::Finding| matches!(finding.problem, Problem::WaitsForEver { .. });
        assert!(report.hang().is_some_and(waits), "{memory:?}: {report}");
    }
}

/// Two calls of unpark leave one token if no call of park comes between them, and otherwise two.
#[test]
fn it_matters_whether_a_token_was_taken_before_the_next_one() {
    let program = Main::new(|| {
        let child = thread::spawn(|| (0..2).for_each(|_| thread::park()));
        (0..2).for_each(|_| child.thread().unpark());
        child.join().unwrap();
        7
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert!(report.hang().is_some() && report.finals() == [[7]], "{memory:?}: {report}");
    }
    // The end is reached without a wake-up by chance too.
    assert!(explore(&program, Memory::Interleaved).schedules(&[7]).is_some_and(|schedules| schedules > 0));
}
