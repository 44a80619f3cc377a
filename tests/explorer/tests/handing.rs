//! Values that threads hand to each other, of types that can neither be cloned nor compared.

use explorer::sync::atomic::AtomicBool;
use explorer::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use explorer::sync::{Condvar, Mutex, RwLock, hint, thread};
use explorer::{Bound, Main, Memory, Program, Verdict, explore};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

struct Account {
    balance: i64,
    history: Vec<Entry>,
}

struct Entry {
    thread: usize,
}

/// Two threads that each deposit twice. `in_one_step` says whether the lock is held from reading to writing.
fn deposits(in_one_step: bool) -> Program<Mutex<Account>> {
    Program::new(|| Mutex::new(Account { balance: 0, history: Vec::new() }))
        .threads(2, move |account, me| {
            for _ in 0..2 {
                let mut held = account.lock().unwrap();
                let balance = held.balance;
                if !in_one_step {
                    drop(held);
                    held = account.lock().unwrap();
                }
                held.balance = balance + 1;
                held.history.push(Entry { thread: me });
            }
        })
        .end(|account| {
            let account = account.lock().unwrap();
            let second = account.history.iter().filter(|entry| entry.thread == 1).count();
            [account.balance, account.history.len() as i64, second as i64].map(|number| number as u64)
        })
}

#[test]
fn a_lock_protects_a_type_that_cannot_be_cloned() {
    for memory in Memory::ALL {
        let report = explore(&deposits(true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![4, 4, 2]]), "{memory:?}");
        let balances: Vec<_> = explore(&deposits(false), memory).finals().iter().map(|end| end[0]).collect();
        assert_eq!(balances, [2, 3, 4], "{memory:?}");
    }
}

#[test]
fn floating_point_numbers_and_maps_are_handed_on() {
    let program = Program::new(<(Mutex<f64>, RwLock<HashMap<&'static str, f64>>)>::default)
        .threads(2, |(sum, map), me| {
            *sum.lock().unwrap() += 0.5;
            map.write().unwrap().insert(["a", "b"][me], 1.5);
            map.read().unwrap().len() as u64
        })
        .end(|(sum, map)| (*sum.lock().unwrap() + map.read().unwrap().values().sum::<f64>()) as u64);
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        assert_eq!(report.finals(), [[1, 2, 4], [2, 1, 4], [2, 2, 4]], "{memory:?}");
    }
}

/// A lock that a thread creates and hands to another, which uses it at the same time.
fn lock_from_a_thread(locks: bool) -> Main {
    Main::new(move || {
        let shared = Arc::new(Mutex::new(None::<Arc<Mutex<u64>>>));
        let theirs = shared.clone();
        let child = thread::spawn(move || {
            let made = Arc::new(Mutex::new(10));
            *theirs.lock().unwrap() = Some(made.clone());
            let seen = *made.lock().unwrap();
            if locks {
                *made.lock().unwrap() += 1;
            } else {
                *made.lock().unwrap() = seen + 1;
            }
            made
        });
        let found = shared.lock().unwrap().clone();
        if let Some(made) = &found {
            *made.lock().unwrap() += 100;
        }
        let made = child.join().unwrap();
        let total = *made.lock().unwrap();
        [u64::from(found.is_some()), total]
    })
}

#[test]
fn a_lock_that_a_thread_creates_is_one_lock_for_all() {
    for memory in Memory::ALL {
        let report = explore(&lock_from_a_thread(true), memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        assert_eq!(report.finals(), [[0, 11], [1, 111]], "{memory:?}");
        let finals = explore(&lock_from_a_thread(false), memory).finals();
        assert_eq!(finals, [[0, 11], [1, 11], [1, 111]], "{memory:?}");
    }
}

type Job = Box<dyn FnOnce() -> u64 + Send>;

#[test]
fn closures_are_handed_on() {
    let program = Main::new(|| {
        let jobs = Arc::new(Mutex::new(Vec::<Job>::new()));
        let workers = [0, 1].map(|_| {
            let jobs = jobs.clone();
            thread::spawn(move || {
                let job = jobs.lock().unwrap().pop();
                job.map_or(0, |job| job())
            })
        });
        let counter = Arc::new(Mutex::new(5));
        for add in [1, 2] {
            let counter = counter.clone();
            jobs.lock().unwrap().push(Box::new(move || {
                *counter.lock().unwrap() += add;
                add
            }));
        }
        let done: u64 = workers.map(|worker| worker.join().unwrap()).iter().sum();
        let left = jobs.lock().unwrap().len() as u64;
        let count = *counter.lock().unwrap();
        [done, left, count]
    });
    let report = explore(&program, Memory::Interleaved);
    assert_eq!(report.verdict(), Verdict::NothingFound);
    for end in report.finals() {
        assert_eq!(end[0] + 5, end[2]);
        assert!(end[1] == 2 - end[0].div_ceil(2) || end == [2, 1, 7], "{end:?}");
    }
    assert_eq!(report.outcomes.len(), 4, "nothing, one of the jobs, or both: {:?}", report.finals());
}

/// A channel as one writes it in an exercise. Its senders lock in their destructor.
struct State {
    queue: VecDeque<Box<u64>>,
    senders: usize,
}

struct Sender(Arc<(Mutex<State>, Condvar)>, bool);

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().senders -= 1;
        if self.1 {
            self.0.1.notify_one();
        }
    }
}

fn own_channel(notifies: bool) -> Main {
    Main::new(move || {
        let shared = Arc::new((Mutex::new(State { queue: VecDeque::new(), senders: 1 }), Condvar::new()));
        let sender = Sender(shared.clone(), notifies);
        let child = thread::spawn(move || {
            sender.0.0.lock().unwrap().queue.push_back(Box::new(7));
            sender.0.1.notify_one();
        });
        let (state, changed) = &*shared;
        let mut sum = 0;
        loop {
            let mut held = state.lock().unwrap();
            while held.queue.is_empty() && held.senders > 0 {
                held = changed.wait(held).unwrap();
            }
            match held.queue.pop_front() {
                Some(message) => sum += *message,
                None => break,
            }
        }
        child.join().unwrap();
        sum
    })
}

#[test]
fn destructors_may_lock_and_waiting_loops_end() {
    for memory in Memory::ALL {
        let report = explore(&own_channel(true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![7]]), "{memory:?}");
        assert!(explore(&own_channel(false), memory).hang().is_some(), "{memory:?}");
    }
}

struct Slot {
    value: Box<u64>,
    tries: u64,
}

/// A thread that spins until a flag is set and then changes what a lock protects. What it writes depends on how long it
/// span, or not.
fn spins_and_writes(counts: bool) -> Program<(AtomicBool, Mutex<Slot>)> {
    Program::new(|| (AtomicBool::new(false), Mutex::new(Slot { value: Box::new(0), tries: 0 })))
        .thread(|(flag, _)| flag.store(true, Release))
        .thread(move |(flag, slot)| {
            let mut tries = 0;
            while !flag.load(Acquire) {
                tries += u64::from(counts);
                hint::spin_loop();
            }
            let mut held = slot.lock().unwrap();
            *held.value += 1;
            held.tries = tries;
        })
        .thread(|(_, slot)| {
            let held = slot.lock().unwrap();
            let seen = *held.value;
            if held.tries > 0 {
                return 9;
            }
            seen
        })
}

#[test]
fn what_is_handed_on_after_a_loop_that_waits_is_compared_by_those_who_get_it() {
    for memory in Memory::ALL {
        let report = explore(&spins_and_writes(false), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0], vec![1]]), "{memory:?}");
        let report = explore(&spins_and_writes(true), memory);
        let found = report.finals().contains(&vec![9]);
        assert!(found || matches!(report.verdict(), Verdict::NotDecided(_)), "{memory:?} {report}");
    }
}

#[test]
fn what_a_thread_returns_is_handed_on() {
    let program = Main::new(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let theirs = flag.clone();
        let child = thread::spawn(move || Slot { value: Box::new(u64::from(theirs.load(Relaxed))), tries: 3 });
        flag.store(true, Relaxed);
        let slot = child.join().unwrap();
        [*slot.value, slot.tries]
    });
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[0, 3], [1, 3]], "{memory:?}");
    }
}

#[test]
fn a_cell_in_a_lock_is_refused() {
    let program = Program::new(|| Mutex::new(std::cell::Cell::new(0))).thread(|lock| lock.lock().unwrap().set(1));
    let verdict = explore(&program, Memory::Interleaved).verdict();
    assert!(matches!(verdict, Verdict::NotDecided(Bound::Unsupported(what)) if what.contains("Cell")), "{verdict:?}");
}
