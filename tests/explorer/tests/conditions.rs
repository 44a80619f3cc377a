//! Condition variables and barriers.

use explorer::sync::{Barrier, Condvar, Mutex, RacyCell};
use explorer::{Memory, Problem, Program, Subject, Verdict, WaitsFor, explore};
use std::collections::VecDeque;
use std::time::Duration;

/// What is wrong with a bounded buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// It waits with `if` in place of `while`.
    WaitsWithIf,
    /// It does not notify.
    NoNotification,
    /// It notifies one thread of those that wait for two different things.
    NotifiesTheWrongOne,
}

#[derive(Default)]
struct Buffer {
    queue: Mutex<VecDeque<u64>>,
    changed: Condvar,
}

impl Buffer {
    const ROOM: usize = 1;

    fn wait_until(&self, is_ready: fn(&VecDeque<u64>) -> bool, act: impl FnOnce(&mut VecDeque<u64>), mistake: Mistake) {
        let mut queue = self.queue.lock().unwrap();
        if mistake == Mistake::WaitsWithIf {
            if !is_ready(&queue) {
                queue = self.changed.wait(queue).unwrap();
            }
        } else {
            while !is_ready(&queue) {
                queue = self.changed.wait(queue).unwrap();
            }
        }
        act(&mut queue);
        match mistake {
            Mistake::NoNotification => {}
            Mistake::NotifiesTheWrongOne => self.changed.notify_one(),
            _ => self.changed.notify_all(),
        }
    }
}

fn bounded_buffer(threads: usize, items: u64, mistake: Mistake) -> impl Subject {
    Program::new(Buffer::default)
        .threads(threads, move |buffer, _| {
            for item in 0..items {
                buffer.wait_until(|queue| queue.len() < Buffer::ROOM, |queue| queue.push_back(item), mistake);
            }
        })
        .threads(threads, move |buffer, _| {
            let mut sum = 0;
            for _ in 0..items {
                let take = |queue: &mut VecDeque<u64>| sum += queue.pop_front().expect("the buffer is not empty");
                buffer.wait_until(|queue| !queue.is_empty(), take, mistake);
            }
        })
        .end(|buffer| buffer.queue.lock().unwrap().len() as u64)
}

#[test]
fn a_bounded_buffer_is_right() {
    for memory in Memory::ALL {
        let report = explore(&bounded_buffer(1, 2, Mistake::None), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0]]), "{memory:?}");
    }
    let report = explore(&bounded_buffer(2, 1, Mistake::None), Memory::Interleaved);
    assert_eq!(report.verdict(), Verdict::NothingFound);
}

#[test]
fn a_lost_wake_up_is_a_thread_that_waits_for_ever() {
    for memory in Memory::ALL {
        for mistake in [Mistake::NoNotification, Mistake::NotifiesTheWrongOne] {
            let threads = if mistake == Mistake::NoNotification { 1 } else { 2 };
            if threads == 2 && memory == Memory::Cpp20 {
                continue; // too many executions for a quick test
            }
            let report = explore(&bounded_buffer(threads, 1 + (2 - threads as u64), mistake), memory);
            let hang = report.hang().unwrap_or_else(|| panic!("{mistake:?} {memory:?}: no hang"));
            let Problem::WaitsForEver { waiting } = &hang.problem else { panic!("{:?}", hang.problem) };
            let notification = |waiting: &explorer::Waiting| matches!(waiting.waits_for, WaitsFor::Notification { .. });
            assert!(waiting.iter().all(notification), "{waiting:?}");
        }
    }
}

/// A thread that waits for a flag, and one that sets it. `checks_first` says whether the flag is looked at under the
/// lock.
fn flag(checks_first: bool) -> impl Subject {
    Program::new(<(Mutex<bool>, Condvar)>::default)
        .thread(|(set, changed)| {
            *set.lock().unwrap() = true;
            changed.notify_one();
        })
        .thread(move |(set, changed)| {
            let mut held = set.lock().unwrap();
            if checks_first {
                held = changed.wait_while(held, |set| !*set).unwrap();
            } else {
                held = changed.wait(held).unwrap();
            }
            *held
        })
}

#[test]
fn a_notification_that_comes_before_the_wait_is_lost() {
    for memory in Memory::ALL {
        let right = explore(&flag(true), memory);
        assert_eq!((right.verdict(), right.finals()), (Verdict::NothingFound, vec![vec![1]]), "{memory:?}");
        let wrong = explore(&flag(false), memory);
        assert!(wrong.hang().is_some(), "{memory:?}");
        // By chance it wakes up before the flag is set.
        assert_eq!(wrong.finals(), [[0], [1]], "{memory:?}");
    }
}

#[test]
fn if_in_place_of_while_meets_an_empty_buffer() {
    for memory in Memory::ALL {
        let report = explore(&bounded_buffer(1, 1, Mistake::WaitsWithIf), memory);
        let panic = report.panic().unwrap_or_else(|| panic!("{memory:?}: no panic"));
        let Problem::Panic { thread, message } = &panic.problem else { unreachable!("it is a panic") };
        assert_eq!((*thread, message.as_str()), (Some(1), "the buffer is not empty"));
        assert!(panic.schedule.iter().any(|step| step.by_chance), "a wake-up without a notification");
    }
}

/// Each thread writes its cell in each round and then reads the other's.
fn rounds(waits: usize) -> impl Subject {
    Program::new(|| (Barrier::new(2), [RacyCell::new(0), RacyCell::new(0)])).threads(2, move |(barrier, cells), me| {
        let mut sum = 0;
        for round in 1..=2 {
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { cells[me].write(round) };
            barrier.wait();
            // SAFETY: as above.
            sum += unsafe { cells[1 - me].read() };
            if waits == 2 {
                barrier.wait();
            }
        }
        sum
    })
}

#[test]
fn a_barrier_separates_rounds() {
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        let report = explore(&rounds(2), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![3, 3]]), "{memory:?}");
        assert!(explore(&rounds(1), memory).race().is_some(), "{memory:?}");
    }
}

#[test]
fn a_barrier_has_one_leader_in_each_round_and_waits_for_all() {
    let leaders = |size| {
        Program::new(move || Barrier::new(size))
            .threads(2, |barrier, _| (0..2).map(|_| u64::from(barrier.wait().is_leader())).collect::<Vec<_>>())
    };
    for memory in Memory::ALL {
        let report = explore(&leaders(2), memory);
        let finals = report.finals();
        assert_eq!(finals.len(), 4, "{memory:?}");
        assert!(finals.iter().all(|leads| leads[0] + leads[2] == 1 && leads[1] + leads[3] == 1));
        let report = explore(&leaders(3), memory);
        let hang = report.hang().expect("the third thread never comes");
        let Problem::WaitsForEver { waiting } = &hang.problem else { panic!("{:?}", hang.problem) };
        assert!(waiting.iter().any(|waiting| matches!(waiting.waits_for, WaitsFor::Barrier { .. })), "{memory:?}");
    }
}

/// A thread that writes plain memory under the lock and then waits, and one that reads it under the lock, or without.
fn writes_and_waits(reads_under_the_lock: bool) -> impl Subject {
    Program::new(<(Mutex<bool>, Condvar, RacyCell)>::default)
        .thread(|(seen, changed, data)| {
            let held = seen.lock().unwrap();
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { data.write(1) };
            drop(changed.wait_while(held, |seen| !*seen).unwrap());
        })
        .thread(move |(seen, changed, data)| {
            let mut held = seen.lock().unwrap();
            if !reads_under_the_lock {
                *held = true;
                drop(held);
                changed.notify_all();
                held = seen.lock().unwrap();
                drop(held);
                // SAFETY: as above.
                unsafe { data.read() };
                return;
            }
            *held = true;
            // SAFETY: as above.
            unsafe { data.read() };
            changed.notify_all();
        })
}

#[test]
fn waiting_hands_on_what_was_written_under_the_lock() {
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        assert_eq!(explore(&writes_and_waits(true), memory).verdict(), Verdict::NothingFound, "{memory:?}");
        assert!(explore(&writes_and_waits(false), memory).race().is_some(), "{memory:?}");
    }
}

#[test]
fn a_barrier_for_two_lets_four_threads_through_and_not_three() {
    let waits = |threads| {
        Program::new(|| Barrier::new(2)).threads(threads, |barrier, _| {
            barrier.wait();
        })
    };
    for memory in Memory::ALL {
        assert_eq!(explore(&waits(4), memory).verdict(), Verdict::NothingFound, "{memory:?}");
        assert!(explore(&waits(3), memory).hang().is_some(), "{memory:?}");
    }
}

/// A thread that waits for a flag with a limit of time, and one that may set it.
fn waits_with_a_limit(sets: bool, gives_up: bool) -> impl Subject {
    Program::new(<(Mutex<bool>, Condvar)>::default)
        .thread(move |(set, changed)| {
            if sets {
                *set.lock().unwrap() = true;
                changed.notify_one();
            }
        })
        .thread(move |(set, changed)| {
            let mut held = set.lock().unwrap();
            while !*held {
                let (again, result) = changed.wait_timeout(held, Duration::from_millis(1)).unwrap();
                held = again;
                if gives_up && result.timed_out() {
                    break;
                }
            }
            *held
        })
}

#[test]
fn a_wait_with_a_limit_of_time_ends_without_a_notification() {
    for memory in Memory::ALL {
        let report = explore(&waits_with_a_limit(true, true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0], vec![1]]), "{memory:?}");
        let report = explore(&waits_with_a_limit(false, true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0]]), "{memory:?}");
    }
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        let report = explore(&waits_with_a_limit(true, false), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![1]]), "{memory:?}");
        assert!(explore(&waits_with_a_limit(false, false), memory).hang().is_some(), "{memory:?}");
    }
}

#[test]
fn waiting_while_with_a_limit_of_time_says_whether_it_timed_out() {
    let program = Program::new(<(Mutex<bool>, Condvar)>::default)
        .thread(|(set, changed)| {
            *set.lock().unwrap() = true;
            changed.notify_one();
        })
        .thread(|(set, changed)| {
            let held = set.lock().unwrap();
            let (held, result) = changed.wait_timeout_while(held, Duration::from_millis(1), |set| !*set).unwrap();
            [u64::from(*held), u64::from(result.timed_out())]
        });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        assert_eq!(report.finals(), [[0, 1], [1, 0], [1, 1]], "{memory:?}");
    }
}

/// Thread 0 waits once. Thread 2 notifies it, unless it has already woken up by chance. Then thread 1 waits, and thread 2
/// notifies it: with `notifies` the first thread's wake-up by chance must not use up this notification.
fn waits_after_a_wake_up_by_chance(notifies: bool) -> impl Subject {
    /// Which threads have begun to wait, and whether the first is done.
    #[derive(Clone, PartialEq, Eq, Hash, Default)]
    struct State {
        waits: [bool; 2],
        is_done: bool,
    }
    type Shared = (Mutex<State>, Condvar);
    let spin_until = |(state, _): &Shared, is_so: fn(&State) -> bool| while !is_so(&state.lock().unwrap()) {};
    Program::new(<Shared>::default)
        .thread(|(state, changed)| {
            let mut held = state.lock().unwrap();
            held.waits[0] = true;
            held = changed.wait(held).unwrap();
            held.is_done = true;
        })
        .thread(move |shared| {
            spin_until(shared, |state| state.is_done);
            let mut held = shared.0.lock().unwrap();
            held.waits[1] = true;
            drop(shared.1.wait(held).unwrap());
        })
        .thread(move |shared| {
            spin_until(shared, |state| state.waits[0]);
            let held = shared.0.lock().unwrap();
            if !held.is_done {
                shared.1.notify_one();
            }
            drop(held);
            spin_until(shared, |state| state.waits[1]);
            if notifies {
                let _held = shared.0.lock().unwrap();
                shared.1.notify_one();
            }
        })
}

#[test]
fn a_thread_that_woke_up_by_chance_uses_up_no_notification() {
    let report = explore(&waits_after_a_wake_up_by_chance(true), Memory::Interleaved);
    assert_eq!(report.verdict(), Verdict::NothingFound, "{report}");
    assert!(explore(&waits_after_a_wake_up_by_chance(false), Memory::Interleaved).hang().is_some());
}
