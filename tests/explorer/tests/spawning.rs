//! Programs that start their threads themselves.

use explorer::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use explorer::sync::atomic::{AtomicBool, AtomicU64};
use explorer::sync::mpsc::channel;
use explorer::sync::{Mutex, RacyCell, thread};
use explorer::{Act, Main, Memory, Problem, Program, Verdict, explore};
use std::sync::Arc;

#[test]
fn threads_are_started_and_joined() {
    let program = Main::new(|| {
        let (good, bad) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let handles: Vec<_> = (1..=2u64)
            .map(|number| {
                let (good, bad) = (good.clone(), bad.clone());
                thread::spawn(move || {
                    good.fetch_add(1, Relaxed);
                    let seen = bad.load(Relaxed);
                    bad.store(seen + 1, Relaxed);
                    number
                })
            })
            .collect();
        let sum: u64 = handles.into_iter().map(|handle| handle.join().unwrap()).sum();
        let good = Arc::try_unwrap(good).expect("the threads have ended, and with them their owners");
        [sum, good.into_inner(), bad.load(Relaxed)]
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        assert_eq!(report.finals(), [[3, 2, 1], [3, 2, 2]], "{memory:?}");
    }
    let report = explore(&program, Memory::Interleaved);
    let lost = &report.outcomes[&vec![3, 2, 1]].example;
    assert_eq!(lost.iter().filter(|step| step.act == Act::Spawn).count(), 2);
}

/// A thread writes plain memory, and `main` reads it, after joining or before.
fn reads(after_joining: bool) -> Main {
    Main::new(move || {
        let data = Arc::new(RacyCell::new(0));
        let theirs = data.clone();
        // SAFETY: none is needed: the explorer looks for races.
        let child = thread::spawn(move || unsafe { theirs.write(1) });
        // SAFETY: as above.
        let early = if after_joining { 0 } else { unsafe { data.read() } };
        child.join().unwrap();
        // SAFETY: as above.
        early + unsafe { data.read() }
    })
}

#[test]
fn joining_synchronises() {
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        let report = explore(&reads(true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![1]]), "{memory:?}");
        let report = explore(&reads(false), memory);
        let race = report.race().expect("nothing orders the read and the write");
        let Problem::DataRace { accesses } = &race.problem else { unreachable!("it is a race") };
        let mut threads = accesses.map(|access| (access.thread, access.writes));
        threads.sort_unstable();
        assert_eq!(threads, [(0, false), (1, true)], "{memory:?}");
    }
}

#[test]
fn a_child_sees_what_its_parent_wrote_before() {
    let program = Main::new(|| {
        let x = AtomicU64::new(0);
        x.store(5, Relaxed);
        thread::scope(|scope| scope.spawn(|| x.load(Relaxed)).join().unwrap())
    });
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[5]], "{memory:?}");
    }
}

#[test]
fn a_scope_joins_all_its_threads() {
    let program = Main::new(|| {
        let (total, seen) = (AtomicU64::new(0), Mutex::new(Vec::new()));
        let returned = thread::scope(|scope| {
            let first = scope.spawn(|| total.fetch_add(1, AcqRel));
            scope.spawn(|| seen.lock().unwrap().push(total.fetch_add(10, AcqRel)));
            first.join().unwrap()
        });
        let seen = seen.into_inner().unwrap();
        [total.load(Relaxed), returned, seen[0]]
    });
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[11, 0, 1], [11, 10, 0]], "{memory:?}");
    }
}

#[test]
fn grandchildren_run() {
    let program = Main::new(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = flag.clone();
        let child = thread::spawn(move || {
            let his = theirs.clone();
            let grandchild = thread::spawn(move || his.store(true, Release));
            while !theirs.load(Acquire) {}
            grandchild.join().unwrap();
            7u64
        });
        let early = u64::from(flag.load(Relaxed));
        [early, child.join().unwrap()]
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        assert_eq!(report.finals(), [[0, 7], [1, 7]], "{memory:?}");
    }
}

#[test]
fn threads_that_join_each_other_too_early_are_a_deadlock() {
    let program = Main::new(|| {
        let lock = Mutex::new(0u64);
        thread::scope(|scope| {
            let held = lock.lock().unwrap();
            let child = scope.spawn(|| *lock.lock().unwrap());
            let seen = child.join().unwrap();
            drop(held);
            seen
        })
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert!(report.finals().is_empty());
        let hang = report.hang().expect("a deadlock");
        assert!(matches!(&hang.problem, Problem::Deadlock { cycle } if cycle.len() == 2), "{:?}", hang.problem);
    }
}

#[test]
fn a_panic_in_a_child_is_a_finding_with_its_message() {
    let program = Main::new(|| {
        let x = AtomicU64::new(0);
        thread::scope(|scope| {
            scope.spawn(|| x.store(1, Relaxed));
            scope.spawn(|| assert_eq!(x.load(Relaxed), 0, "it came first"));
        });
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        let panic = report.panic().expect("the assertion fails in one schedule");
        let Problem::Panic { thread, message } = &panic.problem else { unreachable!("it is a panic") };
        assert_eq!(*thread, Some(2));
        assert!(message.contains("it came first"), "{message}");
    }
}

/// Two threads that each create a lock and hand it to a child of their own.
fn locks_of_their_own(is_shared: bool) -> Main {
    Main::new(move || {
        let shared = Arc::new(Mutex::new(0u64));
        let parents = [1, 2].map(|add| {
            let shared = shared.clone();
            thread::spawn(move || {
                let own = if is_shared { shared } else { Arc::new(Mutex::new(0u64)) };
                let theirs = own.clone();
                let child = thread::spawn(move || *theirs.lock().unwrap() += add);
                *own.lock().unwrap() += 10 * add;
                child.join().unwrap();
                let held = own.lock().unwrap();
                let total: u64 = *held;
                drop(held);
                total
            })
        });
        parents.map(|parent| parent.join().unwrap())
    })
}

#[test]
fn threads_create_objects() {
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        let report = explore(&locks_of_their_own(false), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![11, 22]]), "{memory:?}");
    }
    let shared = explore(&locks_of_their_own(true), Memory::Interleaved).finals();
    assert!(shared.contains(&vec![33, 33]) && shared.contains(&vec![11, 33]), "{shared:?}");
}

#[test]
fn the_number_of_an_object_does_not_depend_on_the_schedule() {
    let program = Program::new(|| ()).threads(2, |(), me| {
        let own = [AtomicU64::new(me as u64), AtomicU64::new(5)];
        own[0].fetch_add(1, Relaxed);
        own[0].load(Relaxed) + own[1].load(Relaxed)
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![6, 7]]), "{memory:?}");
        assert_eq!(report.executions.unwrap_or(1), 1, "{memory:?}");
        if memory == Memory::Interleaved {
            // 5 operations each: 6 x 6 places.
            assert_eq!((report.states, report.schedules(&[6, 7])), (36, Some(252)));
        }
    }
}

#[test]
fn main_can_create_objects_from_what_it_has_seen() {
    let program = Main::new(|| {
        let x = AtomicU64::new(3);
        let y = AtomicU64::new(x.load(Relaxed) + 1);
        thread::scope(|scope| {
            scope.spawn(|| y.fetch_add(10, Relaxed));
        });
        y.load(Relaxed)
    });
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[14]], "{memory:?}");
    }
}

#[test]
fn a_builder_gives_a_name_and_threads_have_ids() {
    let program = Main::new(|| {
        let is_named = || thread::current().name() == Some("worker");
        let child = thread::Builder::new().name("worker".to_string()).stack_size(1 << 16).spawn(is_named).unwrap();
        let other = thread::spawn(thread::current);
        let own = thread::current();
        let differs = child.thread().id() != other.thread().id() && own.id() == thread::current().id();
        let same = other.thread().id();
        let other = other.join().unwrap();
        let answers = [child.join().unwrap(), own.name() == Some("main"), differs, other.id() == same];
        answers.map(u64::from)
    });
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[1, 1, 1, 1]], "{memory:?}");
    }
}

#[test]
fn whether_a_thread_is_finished_says_nothing_about_what_it_did() {
    let finished = |joins: bool| {
        Main::new(move || {
            let x = Arc::new(AtomicU64::new(0));
            let theirs = x.clone();
            let child = thread::spawn(move || theirs.store(1, Relaxed));
            let is_finished = child.is_finished();
            if joins {
                child.join().unwrap();
            }
            [u64::from(is_finished), x.load(Relaxed)]
        })
    };
    assert_eq!(explore(&finished(false), Memory::Interleaved).finals(), [[0, 0], [0, 1], [1, 1]]);
    assert_eq!(explore(&finished(false), Memory::Cpp20).finals(), [[0, 0], [0, 1], [1, 0], [1, 1]]);
    assert_eq!(explore(&finished(true), Memory::Cpp20).finals(), [[0, 1], [1, 1]]);
}

/// A thread that waits for messages for ever, and a `main` that ends meanwhile, or joins it.
fn server(joins: bool) -> Main {
    Main::new(move || {
        let (requests, server) = channel::<u64>();
        let (answers, client) = channel();
        let kept = requests.clone();
        let server = thread::spawn(move || {
            let _kept = kept;
            for request in server {
                answers.send(request + 1).unwrap();
            }
        });
        requests.send(6).unwrap();
        let answer = client.recv().unwrap();
        if joins {
            server.join().unwrap();
        }
        answer
    })
}

#[test]
fn a_thread_that_waits_when_main_has_ended_is_not_a_hang() {
    for memory in Memory::ALL {
        let report = explore(&server(false), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![7]]), "{memory:?}");
        assert!(explore(&server(true), memory).hang().is_some(), "{memory:?}");
    }
}

#[test]
fn a_thread_may_still_do_something_when_main_has_ended() {
    let program = Main::new(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = flag.clone();
        thread::spawn(move || assert!(!theirs.load(Acquire), "too late"));
        flag.store(true, Release);
    });
    for memory in Memory::ALL {
        assert!(explore(&program, memory).panic().is_some(), "{memory:?}");
    }
}
