//! Locks: deadlocks, poison, attempts, read-write locks and initialisation.

use explorer::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use explorer::sync::{Mutex, Once, RacyCell, RwLock};
use explorer::{Act, Memory, Problem, Program, Subject, Verdict, WaitsFor, explore};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn two_locks(same_order: bool) -> impl Subject {
    Program::new(<[Mutex<u64>; 2]>::default)
        .threads(2, move |locks, me| {
            let (first, second) = if same_order || me == 0 { (0, 1) } else { (1, 0) };
            let mut one = locks[first].lock().unwrap();
            let mut two = locks[second].lock().unwrap();
            *one += 1;
            *two += 1;
        })
        .end(|locks| locks.each_ref().map(|lock| *lock.lock().unwrap()))
}

#[test]
fn two_locks_in_two_orders_are_a_deadlock() {
    for memory in Memory::ALL {
        let report = explore(&two_locks(false), memory);
        let hang = report.hang().expect("a deadlock");
        let Problem::Deadlock { cycle } = &hang.problem else { panic!("{:?}", hang.problem) };
        let waits: Vec<_> = cycle.iter().map(|waiting| (waiting.thread, waiting.waits_for.clone())).collect();
        let lock = |object, holder| WaitsFor::Lock { object, holders: vec![holder] };
        assert_eq!(waits, [(0, lock(1, 1)), (1, lock(0, 0))], "{memory:?}");
        let steps: Vec<_> = hang.schedule.iter().map(|step| (step.thread, step.act, step.object)).collect();
        assert_eq!(steps, [(0, Act::Lock, Some(0)), (1, Act::Lock, Some(1))], "{memory:?}");
        let text = hang.to_string();
        assert!(text.starts_with("deadlock: T1 waits for lock #1, held by T2 ("), "{text}");
        assert!(text.contains("\n  2. T2 locks #1, content 0 ("), "{text}");
        // The executions that end are right.
        assert_eq!(report.finals(), [[2, 2]]);
    }
}

#[test]
fn two_locks_in_one_order_are_right() {
    for memory in Memory::ALL {
        let report = explore(&two_locks(true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![2, 2]]), "{memory:?}");
    }
}

#[test]
fn a_lock_that_its_holder_locks_again_is_a_deadlock() {
    let program = Program::new(Mutex::<u64>::default).thread(|lock| {
        let _held = lock.lock();
        let _again = lock.lock();
    });
    let report = explore(&program, Memory::Interleaved);
    assert!(matches!(&report.hang().unwrap().problem, Problem::Deadlock { cycle } if cycle.len() == 1));
}

#[test]
fn an_attempt_fails_while_the_lock_is_held() {
    let program = Program::new(Mutex::<u64>::default)
        .thread(|lock| *lock.lock().unwrap() += 1)
        .thread(|lock| lock.try_lock().map_or(9, |held| *held));
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[0], [1], [9]], "{memory:?}");
    }
}

#[test]
fn attempts_that_back_off_cannot_hang_but_can_without_backing_off() {
    let back_off = |backs_off| {
        Program::new(<[Mutex<u64>; 2]>::default).threads(2, move |locks: &[Mutex<u64>; 2], me| {
            loop {
                let mut one = locks[me].lock().unwrap();
                loop {
                    if let Ok(mut two) = locks[1 - me].try_lock() {
                        *one += 1;
                        *two += 1;
                        return;
                    }
                    if backs_off {
                        break;
                    }
                }
            }
        })
    };
    assert_eq!(explore(&back_off(true), Memory::Interleaved).verdict(), Verdict::NothingFound);
    assert!(explore(&back_off(false), Memory::Interleaved).hang().is_some());
    assert!(explore(&back_off(false), Memory::Cpp20).hang().is_some());
}

#[test]
fn a_panic_poisons_the_mutex_that_the_thread_holds() {
    let program = |panics: bool| {
        Program::new(Mutex::<u64>::default)
            .thread(move |lock| {
                let caught = catch_unwind(AssertUnwindSafe(|| {
                    let _held = lock.lock();
                    assert!(!panics, "on purpose");
                }));
                caught.is_err()
            })
            .end(|lock| [lock.is_poisoned_when_locked(), lock.lock().is_err()].map(u64::from))
    };
    for memory in Memory::ALL {
        assert_eq!(explore(&program(true), memory).finals(), [[1, 1, 1]], "{memory:?}");
        assert_eq!(explore(&program(false), memory).finals(), [[0, 0, 0]], "{memory:?}");
    }
}

trait Poisoned {
    fn is_poisoned_when_locked(&self) -> bool;
}

impl Poisoned for Mutex<u64> {
    fn is_poisoned_when_locked(&self) -> bool {
        self.try_lock().is_err()
    }
}

#[test]
fn readers_read_together_and_writers_write_alone() {
    let program = |writers: usize| {
        Program::new(<(RwLock<u64>, AtomicU64)>::default)
            .threads(writers, |(lock, _), _| *lock.write().unwrap() += 1)
            .threads(2, |(lock, inside), _| {
                let seen = lock.read().unwrap();
                let others = inside.fetch_add(1, Relaxed);
                inside.fetch_sub(1, Relaxed);
                10 * others + *seen
            })
    };
    let together = explore(&program(0), Memory::Interleaved).finals();
    assert_eq!(together, [[0, 0], [0, 10], [10, 0]]);
    for memory in Memory::ALL {
        let report = explore(&program(1), memory);
        assert_eq!(report.verdict(), Verdict::NothingFound);
        assert!(report.finals().contains(&vec![1, 0]) && report.finals().contains(&vec![11, 1]), "{memory:?}");
    }
}

/// Plain memory that a read-write lock protects.
fn guarded(writers_lock_to_write: bool) -> impl Subject {
    Program::new(<(RwLock<()>, RacyCell)>::default).threads(2, move |(lock, data), me| {
        // SAFETY: none is needed: the explorer looks for races.
        unsafe {
            if me == 0 && writers_lock_to_write {
                let _held = lock.write();
                data.write(data.read() + 1);
            } else if me == 0 {
                let _held = lock.read();
                data.write(data.read() + 1);
            } else {
                let _held = lock.read();
                data.read();
            }
        }
    })
}

#[test]
fn a_read_lock_does_not_protect_writing() {
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        assert_eq!(explore(&guarded(true), memory).verdict(), Verdict::NothingFound, "{memory:?}");
        assert!(explore(&guarded(false), memory).race().is_some(), "{memory:?}");
    }
}

#[test]
fn what_happens_once_happens_before_all_calls_return() {
    let program = |checked_by_hand: bool| {
        Program::new(|| (Once::new(), AtomicBool::default(), RacyCell::default())).threads(
            3,
            move |(once, done, data), _| {
                // SAFETY: none is needed: the explorer looks for races.
                let initialise = || unsafe { data.write(data.read() + 1) };
                if !checked_by_hand {
                    once.call_once(initialise);
                } else if !done.load(Relaxed) {
                    once.call_once(initialise);
                    done.store(true, Relaxed);
                }
                // SAFETY: none is needed: the explorer looks for races.
                unsafe { data.read() }
            },
        )
    };
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        assert_eq!(explore(&program(false), memory).finals(), [[1, 1, 1]], "{memory:?}");
    }
    assert!(explore(&program(true), Memory::Cpp20).race().is_some());
}

#[test]
fn a_closure_that_panics_in_call_once_is_not_decided() {
    let program = Program::new(Once::new)
        .thread(|once| catch_unwind(AssertUnwindSafe(|| once.call_once(|| panic!("on purpose")))).is_err());
    let verdict = explore(&program, Memory::Interleaved).verdict();
    assert!(matches!(verdict, Verdict::NotDecided(explorer::Bound::Unsupported(_))), "{verdict:?}");
}
