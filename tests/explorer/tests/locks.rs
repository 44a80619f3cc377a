//! Locks: deadlocks, poison, attempts, read-write locks and initialisation.

use explorer::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use explorer::sync::{LazyLock, Mutex, Once, OnceLock, RacyCell, RwLock, RwLockWriteGuard, thread};
use explorer::{Act, Main, Memory, Problem, Program, Subject, Verdict, WaitsFor, explore};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

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
            .end(|lock| [lock.is_poisoned(), lock.lock().is_err()].map(u64::from))
    };
    for memory in Memory::ALL {
        assert_eq!(explore(&program(true), memory).finals(), [[1, 1, 1]], "{memory:?}");
        assert_eq!(explore(&program(false), memory).finals(), [[0, 0, 0]], "{memory:?}");
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

/// A thread whose initialisation panics, and one that initialises too.
fn panics_once(force: bool) -> impl Subject {
    Program::new(|| (Once::new(), RacyCell::default()))
        .thread(|(once, _)| catch_unwind(AssertUnwindSafe(|| once.call_once(|| panic!("on purpose")))).is_err())
        .thread(move |(once, data)| {
            // SAFETY: none is needed: the explorer looks for races.
            let initialise = || unsafe { data.write(data.read() + 1) };
            let mut was_poisoned = false;
            let entered = catch_unwind(AssertUnwindSafe(|| {
                if force {
                    once.call_once_force(|state| {
                        was_poisoned = state.is_poisoned();
                        initialise();
                    });
                } else {
                    once.call_once(initialise);
                }
            }));
            [entered.is_ok(), was_poisoned, once.is_completed()].map(u64::from)
        })
}

#[test]
fn a_closure_that_panics_poisons_its_once() {
    for memory in Memory::ALL {
        // If the second thread comes first, the first one does not run its closure.
        let report = explore(&panics_once(false), memory);
        assert_eq!(
            (report.verdict(), report.finals()),
            (Verdict::NothingFound, vec![vec![0, 1, 0, 1], vec![1, 0, 0, 0]])
        );
        let report = explore(&panics_once(true), memory);
        assert_eq!(
            (report.verdict(), report.finals()),
            (Verdict::NothingFound, vec![vec![0, 1, 0, 1], vec![1, 1, 1, 1]])
        );
    }
}

#[test]
fn whether_a_once_is_completed_is_seen_before_and_after() {
    let program = Program::new(|| (Once::new(), RacyCell::default()))
        .thread(|(once, data)| {
            // SAFETY: none is needed: the explorer looks for races.
            once.call_once(|| unsafe { data.write(5) });
        })
        .thread(|(once, data)| {
            // SAFETY: as above.
            if once.is_completed() { unsafe { data.read() } } else { 0 }
        });
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        let report = explore(&program, memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0], vec![5]]), "{memory:?}");
    }
}

#[test]
fn the_first_value_of_a_once_lock_stays() {
    let program = Program::new(|| (OnceLock::new(), AtomicU64::new(0)))
        .threads(2, |(cell, runs), me| {
            let value = cell.get_or_init(|| {
                runs.fetch_add(1, Relaxed);
                Box::new(me as u64)
            });
            [**value, u64::from(cell.set(Box::new(9)).is_ok())]
        })
        .thread(|(cell, _)| cell.get().map_or(7, |value| **value))
        .end(|(cell, runs)| [**cell.get().unwrap(), runs.load(Relaxed)]);
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        let ends = [0, 1].map(|first| [7, first].map(|seen| vec![first, 0, first, 0, seen, first, 1]));
        let mut expected = ends.concat();
        expected.sort();
        assert_eq!(report.finals(), expected, "{memory:?}");
    }
    // Set in place of get_or_init: two threads that each look first may both compute, and one of them without success.
    let looks_first = Program::new(|| (OnceLock::new(), AtomicU64::new(0)))
        .threads(2, |(cell, runs), me| {
            if cell.get().is_none() {
                runs.fetch_add(1, Relaxed);
                let _ = cell.set(me);
            }
        })
        .end(|(_, runs)| runs.load(Relaxed));
    for memory in Memory::ALL {
        assert_eq!(explore(&looks_first, memory).finals(), [[1], [2]], "{memory:?}");
    }
}

#[test]
fn a_lazy_value_is_computed_once_and_a_panic_poisons_it() {
    let program = |panics: bool| {
        Program::new(move || {
            let runs = Arc::new(AtomicU64::new(0));
            let counted = runs.clone();
            let compute = move || {
                counted.fetch_add(1, Relaxed);
                assert!(!panics, "on purpose");
                vec![1.5, 2.5]
            };
            (LazyLock::new(compute), runs)
        })
        .threads(2, |(lazy, _), _| catch_unwind(AssertUnwindSafe(|| lazy.len() as u64)).unwrap_or(9))
        .end(|(_, runs)| runs.load(Relaxed))
    };
    for memory in Memory::ALL {
        assert_eq!(explore(&program(false), memory).finals(), [[2, 2, 1]], "{memory:?}");
        assert_eq!(explore(&program(true), memory).finals(), [[9, 9, 1]], "{memory:?}");
    }
}

/// A thread that writes and then reads, without giving up the lock in between, or with.
fn writes_and_reads(downgrades: bool) -> impl Subject {
    Program::new(RwLock::<u64>::default)
        .thread(move |lock| {
            let mut writes = lock.write().unwrap();
            *writes = 1;
            if downgrades {
                return *RwLockWriteGuard::downgrade(writes);
            }
            drop(writes);
            *lock.read().unwrap()
        })
        .thread(|lock| {
            let before = *lock.read().unwrap();
            *lock.write().unwrap() = 2;
            before
        })
}

#[test]
fn a_guard_that_is_downgraded_keeps_writers_out() {
    for memory in Memory::ALL {
        assert_eq!(explore(&writes_and_reads(true), memory).finals(), [[1, 0], [1, 1]], "{memory:?}");
        assert_eq!(explore(&writes_and_reads(false), memory).finals(), [[1, 0], [1, 1], [2, 0], [2, 1]], "{memory:?}");
    }
}

#[test]
fn poison_is_seen_and_cleared() {
    let program = |clears: bool| {
        Program::new(<(Mutex<u64>, RwLock<u64>)>::default)
            .thread(|(mutex, lock)| {
                let panics = || {
                    let (_one, _two) = (mutex.lock(), lock.write());
                    panic!("on purpose");
                };
                catch_unwind(AssertUnwindSafe(panics)).is_err()
            })
            .thread(move |(mutex, lock)| {
                if clears {
                    mutex.clear_poison();
                    lock.clear_poison();
                }
            })
            .end(|(mutex, lock)| [mutex.is_poisoned(), lock.is_poisoned(), mutex.lock().is_err()].map(u64::from))
    };
    for memory in Memory::ALL {
        let report = explore(&program(false), memory);
        assert_eq!(report.finals(), [[1, 1, 1, 1]], "{memory:?}");
        let report = explore(&program(true), memory);
        // The read-write lock is unlocked first.
        assert_eq!(report.finals(), [[1, 0, 0, 0], [1, 1, 0, 1], [1, 1, 1, 1]], "{memory:?}");
    }
}

#[test]
fn what_is_changed_without_locking_is_there() {
    let program = Main::new(|| {
        let mut mutex = Mutex::new(vec![1u64]);
        mutex.get_mut().unwrap().push(2);
        let mut lock = RwLock::new(Some(Box::new(5u64)));
        *lock.get_mut().unwrap() = Some(Box::new(6));
        let mut atomic = AtomicU64::new(3);
        *atomic.get_mut() += 1;
        let (seen, boxed, loaded) = thread::scope(|scope| {
            let child = scope.spawn(|| {
                mutex.lock().unwrap().push(3);
                let boxed = lock.read().unwrap().as_ref().map_or(0, |boxed| **boxed);
                (mutex.lock().unwrap().len() as u64, boxed, atomic.fetch_add(1, Relaxed))
            });
            child.join().unwrap()
        });
        *atomic.get_mut() *= 10;
        let sum: u64 = mutex.into_inner().unwrap().iter().sum();
        [seen, boxed, loaded, sum, lock.into_inner().unwrap().map_or(0, |boxed| *boxed), atomic.into_inner()]
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(
            (report.verdict(), report.finals()),
            (Verdict::NothingFound, vec![vec![3, 6, 4, 6, 6, 50]]),
            "{memory:?}"
        );
    }
}
