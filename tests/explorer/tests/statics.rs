//! Statics: each execution has them anew, and each thread its own thread-local ones.

use explorer::sync::atomic::AtomicU64;
use explorer::sync::atomic::Ordering::Relaxed;
use explorer::sync::{LazyLock, Mutex, OnceLock, RwLock, thread};
use explorer::{Bound, Main, Memory, Program, Verdict, explore};
use std::cell::{Cell, RefCell};
use std::sync::atomic as real;

explorer::statics! {
    static COUNTER: AtomicU64 = AtomicU64::new(5);
    /// Its content has a type that is not a simple one.
    static NAMES: Mutex<Vec<Box<&'static str>>> = Mutex::new(Vec::new());
    static LIST: RwLock<Vec<u64>> = RwLock::new(Vec::new());
    static FIRST: OnceLock<Box<u64>> = OnceLock::new();
    static LAZY: LazyLock<Vec<u64>> = LazyLock::new(|| vec![COUNTER.fetch_add(10, Relaxed), 7]);
}

/// Two threads that increment a static, in one step or in two.
fn increments(in_one_step: bool) -> Program<()> {
    Program::new(|| ())
        .threads(2, move |(), _| {
            if in_one_step {
                COUNTER.fetch_add(1, Relaxed);
            } else {
                COUNTER.store(COUNTER.load(Relaxed) + 1, Relaxed);
            }
        })
        .end(|()| COUNTER.load(Relaxed))
}

#[test]
fn a_static_has_its_first_value_in_each_execution() {
    for memory in Memory::ALL {
        let report = explore(&increments(true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![7]]), "{memory:?}");
        assert_eq!(explore(&increments(false), memory).finals(), [[6], [7]], "{memory:?}");
    }
    // A static is there from the beginning: the schedules are the same as with an object that is shared otherwise.
    assert_eq!(explore(&increments(false), Memory::Interleaved).schedules(&[6]), Some(4));
}

#[test]
fn statics_of_all_kinds_are_shared() {
    let program = Main::new(|| {
        let children = [0, 1].map(|me: u64| {
            thread::spawn(move || {
                NAMES.lock().unwrap().push(Box::new(["a", "b"][me as usize]));
                LIST.write().unwrap().push(me);
                **FIRST.get_or_init(|| Box::new(me))
            })
        });
        let firsts = children.map(|child| child.join().unwrap());
        let names = NAMES.lock().unwrap().iter().map(|name| **name).collect::<String>();
        let list = LIST.read().unwrap().clone();
        [u64::from(names == "ab"), list[0], list[1], firsts[0], firsts[1]]
    });
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        let report = explore(&program, memory);
        assert_eq!(report.verdict(), Verdict::NothingFound, "{memory:?}");
        let finals = report.finals();
        assert_eq!(finals.len(), 8, "either thread can come first at each of the three: {finals:?}");
        assert!(finals.iter().all(|end| end[1] + end[2] == 1 && end[3] == end[4]), "{finals:?}");
    }
}

#[test]
fn a_lazy_static_is_computed_once() {
    let program = Main::new(|| {
        let child = thread::spawn(|| LAZY[0] + LAZY[1]);
        let own = LAZY[0] + LAZY[1];
        [own, child.join().unwrap(), COUNTER.load(Relaxed)]
    });
    for memory in Memory::ALL {
        assert_eq!(explore(&program, memory).finals(), [[12, 12, 15]], "{memory:?}");
    }
}

explorer::thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static SEEN: RefCell<Vec<u64>> = RefCell::new(vec![COUNTER.load(Relaxed)]);
}

#[test]
fn each_thread_has_its_own_thread_local_values() {
    let program = Main::new(|| {
        let count = || {
            CALLS.set(CALLS.get() + 1);
            SEEN.with_borrow_mut(|seen| seen.push(CALLS.get()));
            10 * CALLS.get() + SEEN.with_borrow(|seen| seen.len() as u64)
        };
        let own = count();
        let child = thread::spawn(move || {
            COUNTER.fetch_add(1, Relaxed);
            count() + count()
        });
        [own, child.join().unwrap(), count(), SEEN.take()[0]]
    });
    for memory in Memory::ALL {
        let report = explore(&program, memory);
        assert_eq!(
            (report.verdict(), report.finals()),
            (Verdict::NothingFound, vec![vec![12, 35, 23, 5]]),
            "{memory:?}"
        );
    }
}

#[test]
fn a_static_of_std_is_noticed_and_named() {
    static REAL: real::AtomicU64 = real::AtomicU64::new(0);
    std::thread_local! {
        static REAL_CALLS: Cell<u64> = const { Cell::new(0) };
    }
    let counts: [fn() -> u64; 2] = [|| REAL.fetch_add(1, Relaxed), || REAL_CALLS.replace(REAL_CALLS.get() + 1)];
    for count in counts {
        let program = Program::new(AtomicU64::default).threads(2, move |x, _| {
            x.store(count(), Relaxed);
            x.load(Relaxed)
        });
        for memory in Memory::ALL {
            let verdict = explore(&program, memory).verdict();
            let Verdict::NotDecided(Bound::NotDeterministic { file, line }) = verdict else { panic!("{verdict:?}") };
            assert!(file.ends_with("statics.rs") && line > 1, "{file}:{line}");
        }
    }
}

#[test]
fn the_first_value_of_a_static_is_computed_without_operations() {
    explorer::statics! {
        static WRONG: AtomicU64 = AtomicU64::new(COUNTER.load(Relaxed));
    }
    let program = Program::new(|| ()).thread(|()| WRONG.load(Relaxed));
    let verdict = explore(&program, Memory::Interleaved).verdict();
    assert!(matches!(verdict, Verdict::NotDecided(Bound::Unsupported(what)) if what.contains("static")), "{verdict:?}");
}
