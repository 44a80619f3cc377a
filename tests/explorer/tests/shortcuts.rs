//! What keeps an exploration small must not change what it finds.

use explorer::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::{AtomicBool, AtomicU64, fence};
use explorer::sync::{Barrier, Condvar, Mutex, Once, RacyCell, RwLock, thread};
use explorer::{Bounds, Main, Memory, Program, Report, Shortcuts, Subject, explore_with};
use model::size::Size;
use model::subjects;

/// Programs that use each kind of object, right ones and wrong ones.
pub fn programs() -> Vec<(&'static str, Box<dyn Subject>)> {
    let mut all: Vec<(&'static str, Box<dyn Subject>)> = Vec::new();
    for counter in subjects::all() {
        all.push((counter.variant, Box::new((counter.program)(Size::new(2, 2)))));
    }
    let attempts = Program::new(<(Mutex<u64>, AtomicU64)>::default).threads(2, |(lock, missed), _| {
        match lock.try_lock() {
            Ok(mut held) => *held += 1,
            Err(_) => drop(missed.fetch_add(1, Relaxed)),
        }
        missed.load(Relaxed)
    });
    all.push(("attempts", Box::new(attempts)));
    let readers = Program::new(<(RwLock<u64>, RacyCell)>::default).threads(3, |(lock, data), me| {
        // SAFETY: none is needed: the explorer looks for races.
        unsafe {
            if me == 0 {
                let mut held = lock.write().unwrap();
                *held += 1;
                data.write(1);
            } else if let Ok(held) = lock.try_read() {
                return 10 + *held + data.read();
            }
        }
        0
    });
    all.push(("readers", Box::new(readers)));
    let conditions = Program::new(<(Mutex<bool>, Condvar)>::default)
        .thread(|(set, changed)| {
            *set.lock().unwrap() = true;
            changed.notify_one();
        })
        .thread(|(set, changed)| *changed.wait(set.lock().unwrap()).unwrap());
    all.push(("conditions", Box::new(conditions)));
    let once =
        Program::new(|| (Once::new(), RacyCell::new(0), Barrier::new(2))).threads(2, |(once, data, barrier), me| {
            // SAFETY: none is needed: the explorer looks for races.
            unsafe {
                once.call_once(|| data.write(5));
                barrier.wait();
                if me == 0 {
                    data.write(6);
                } else {
                    data.read();
                }
            }
        });
    all.push(("once", Box::new(once)));
    let spawning = Main::new(|| {
        let (x, flag) = (AtomicU64::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            let child = scope.spawn(|| {
                x.store(1, Relaxed);
                flag.store(true, Release);
                x.swap(2, AcqRel)
            });
            let early = [u64::from(flag.load(Acquire)), x.load(Relaxed)];
            let y = AtomicU64::new(x.fetch_add(10, SeqCst));
            scope.spawn(|| flag.store(false, SeqCst));
            [early[0], early[1], y.load(Relaxed), child.join().unwrap()]
        })
    });
    all.push(("spawning", Box::new(spawning)));
    let fences = Program::new(<[AtomicU64; 2]>::default).threads(3, |[x, y], me| {
        let (one, two) = if me == 0 { (x, y) } else { (y, x) };
        one.store(me as u64 + 1, Relaxed);
        fence(SeqCst);
        two.load(Relaxed)
    });
    all.push(("fences", Box::new(fences)));
    all
}

/// What must be the same: outcomes, the number of executions, and the kinds of problems.
fn summary(report: &Report) -> (Vec<Vec<u64>>, Option<usize>, [bool; 3]) {
    let problems = [report.race().is_some(), report.panic().is_some(), report.hang().is_some()];
    (report.finals(), report.executions, problems)
}

#[test]
fn the_reduction_loses_nothing() {
    let (mut smaller, bounds) = (0, Bounds::default());
    for (name, program) in programs() {
        let [reduced, whole] = [true, false].map(|reduce| {
            explore_with(&*program, Memory::Cpp20, &bounds, Shortcuts { reduce, ..Shortcuts::default() })
        });
        assert_eq!((reduced.bound, whole.bound), (None, None), "{name}");
        assert_eq!(summary(&reduced), summary(&whole), "{name}");
        smaller += usize::from(reduced.states < whole.states);
    }
    assert!(smaller >= 6, "only {smaller} programs have fewer states");
}

#[test]
fn joining_loops_loses_nothing() {
    let bounds = Bounds { states: 20_000, operations: 14 };
    let mut longer = 0;
    for (name, program) in programs() {
        for memory in Memory::ALL {
            let joined = explore_with(&*program, memory, &Bounds::default(), Shortcuts::default());
            let shortcuts = Shortcuts { join_loops: false, ..Shortcuts::default() };
            let apart = explore_with(&*program, memory, &bounds, shortcuts);
            assert_eq!(joined.bound, None, "{name} {memory:?}");
            let (all, some) = (joined.finals(), apart.finals());
            assert!(some.iter().all(|outcome| all.contains(outcome)), "{name} {memory:?}: {some:?} in {all:?}");
            if apart.bound.is_none() {
                assert_eq!(summary(&joined).2, summary(&apart).2, "{name} {memory:?}");
                assert_eq!(all, some, "{name} {memory:?}");
            }
            longer += usize::from(apart.bound.is_some());
        }
    }
    assert!(longer > 3, "only {longer} explorations wait in a loop");
}
