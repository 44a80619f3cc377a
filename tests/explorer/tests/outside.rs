//! Programs that run elsewhere: what they are asked, what they may not know, and what happens when they lie.

use explorer::outside::{Asked, Data, Outside, Silence, Work, ask, serve, tell, work};
use explorer::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use explorer::sync::{Mutex, thread};
use explorer::ticks::{Costs, End, run};
use explorer::{Bound, Main, Memory, Verdict, explore};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

/// Runs a program in another thread of the system, and returns the end of the line to it.
fn elsewhere(program: fn()) -> Rc<Outside> {
    let (here, there) = UnixStream::pair().unwrap();
    std::thread::spawn(move || serve(&Main::new(program), there));
    Outside::new(here)
}

/// Answers the first question with these bytes, and then closes the line.
fn liar(answer: Vec<u8>) -> Rc<Outside> {
    let (here, mut there) = UnixStream::pair().unwrap();
    std::thread::spawn(move || {
        let mut length = [0; 8];
        there.read_exact(&mut length).unwrap();
        let mut question = vec![0; u64::from_le_bytes(length) as usize];
        there.read_exact(&mut question).unwrap();
        there.write_all(&answer).unwrap();
    });
    Outside::new(here)
}

const ADD: u64 = 1;
const COUNT: u64 = 2;
const START: u64 = 3;

fn act<T>(object: &T, call: fn(&T, u64) -> u64) {
    loop {
        match ask() {
            0 => return,
            method => tell(call(object, method)),
        }
    }
}

/// A counter, with methods that threads are asked to call.
fn serve_counter<T: Default + Sync>(call: fn(&T, u64) -> u64) {
    let object = T::default();
    match ask() {
        START => thread::scope(|scope| {
            for _ in 0..ask() {
                scope.spawn(|| act(&object, call));
            }
        }),
        other => unreachable!("{other}"),
    }
    act(&object, call);
}

fn load_and_store(counter: &AtomicU64, method: u64) -> u64 {
    let seen = counter.load(Relaxed);
    if method == ADD {
        counter.store(seen + 1, Relaxed);
    }
    seen
}

fn in_one_step(counter: &AtomicU64, method: u64) -> u64 {
    if method == ADD { counter.fetch_add(1, Relaxed) } else { counter.load(SeqCst) }
}

/// A script of the first thread: start so many threads, and look at the end.
fn starting(threads: u64) -> Vec<u64> {
    vec![START, threads, COUNT]
}

/// Returns what the first thread told at the end.
fn finals(outside: &Rc<Outside>, scripts: Vec<Vec<u64>>, memory: Memory) -> BTreeSet<u64> {
    let report = explore(&Asked::new(outside.clone(), scripts), memory);
    assert_eq!((report.verdict(), outside.silence()), (Verdict::NothingFound, None));
    report.outcomes.keys().map(|outcome| outcome[1]).collect()
}

#[test]
fn a_program_elsewhere_has_the_outcomes_that_it_has_here() {
    for memory in Memory::ALL {
        let outside = elsewhere(|| serve_counter(load_and_store));
        let two = vec![starting(2), vec![ADD, ADD], vec![ADD, ADD]];
        assert_eq!(finals(&outside, two, memory), BTreeSet::from([2, 3, 4]), "{memory:?}");
        let asked = outside.questions();
        // The same answers serve other scripts.
        assert_eq!(finals(&outside, vec![starting(2), vec![ADD], vec![ADD]], memory), BTreeSet::from([1, 2]));
        assert!(outside.questions() < 2 * asked, "{} and {asked}", outside.questions());
        let outside = elsewhere(|| serve_counter(in_one_step));
        assert_eq!(finals(&outside, vec![starting(2), vec![ADD, ADD], vec![ADD, ADD]], memory), BTreeSet::from([4]));
    }
}

/// In one memory an outcome also says which calls had ended when a call began.
#[test]
fn an_outcome_tells_the_order_of_calls_that_do_not_overlap() {
    let outside = elsewhere(|| serve_counter(in_one_step));
    let scripts = vec![starting(2), vec![ADD], vec![COUNT]];
    let report = explore(&Asked::new(outside, scripts), Memory::Interleaved);
    // Per thread the number of told values and the values; then, per started thread, what the other had told before.
    let outcomes: BTreeSet<(u64, u64, u64)> = report
        .outcomes
        .keys()
        .map(|outcome| match outcome[..] {
            [1, 1, 1, 0, 1, counted, first, second] => (counted, first >> 3, second),
            _ => panic!("{outcome:?}"),
        })
        .collect();
    assert_eq!(outcomes, BTreeSet::from([(0, 1, 0), (1, 0, 1)]), "who counts 1 began after the other had added");
}

#[test]
fn a_lie_is_noticed_and_ends_nothing_else() {
    let words = |words: &[u64]| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        [(bytes.len() as u64).to_le_bytes().to_vec(), bytes].concat()
    };
    // A record: values, objects, operations (action, object, ordering, place), end.
    let operation = |action: &[u64], object: u64| {
        let place = [&[0, 1, 1][..]].concat();
        let operation = [action, &[object, 0], &place].concat();
        words(&[&[2, 0, 0, 1][..], &operation, &[0]].concat())
    };
    let none = u64::from(u32::MAX);
    for (name, answer) in [
        ("nothing", Vec::new()),
        ("a frame without end", u64::MAX.to_le_bytes().to_vec()),
        ("an empty frame", words(&[])),
        ("another kind of frame", words(&[7, 7, 7])),
        ("half a record", words(&[2, 0, 0, 1])),
        ("more than a record", words(&[2, 0, 0, 0, 0, 5])),
        ("very many operations", words(&[2, 0, 0, u64::MAX])),
        ("an object that does not exist", operation(&[1], 3)),
        ("an object with too large a number", operation(&[1], 300)),
        ("a mutex with a value that does not exist", operation(&[0, 2, 9], 0)),
        ("a child that was never started", operation(&[14, 0], none)),
        ("an action that does not exist", operation(&[99], none)),
        ("an update without a bit", operation(&[3, 1, 1, 0], 0)),
        ("work that does not exist", words(&[1, 3, 0, 5])),
    ] {
        let outside = liar(answer);
        let report = explore(&Asked::new(outside.clone(), vec![starting(1)]), Memory::Interleaved);
        assert!(matches!(report.verdict(), Verdict::NotDecided(_)), "{name}");
        assert!(outside.silence().is_some(), "{name}");
    }
    let nonsense = liar(operation(&[1], 3));
    explore(&Asked::new(nonsense.clone(), vec![starting(1)]), Memory::Interleaved);
    assert!(matches!(nonsense.silence(), Some(Silence::Nonsense(_))));
    // A true record of the same form.
    let ends = liar(operation(&[5], none));
    explore(&Asked::new(ends.clone(), vec![starting(1)]), Memory::Interleaved);
    assert!(matches!(ends.silence(), Some(Silence::Closed(_))), "only the second question finds a closed line");
}

#[test]
fn a_thread_that_never_does_what_others_notice_ends_at_a_bound() {
    let outside = elsewhere(|| {
        loop {
            tell(1);
        }
    });
    let report = explore(&Asked::new(outside, vec![]), Memory::Interleaved);
    assert!(matches!(report.bound, Some(Bound::Operations(_))), "{:?}", report.bound);
}

/// Numbers that are their own values.
struct Naturals;

impl Data for Naturals {
    fn result(&self, work: Work) -> Option<u64> {
        (work.kind == 0).then(|| (work.from..work.to).sum())
    }

    fn ticks(&self, work: Work) -> u64 {
        work.to - work.from
    }
}

/// Adds up as many numbers as the first word says, in as many threads as the second says.
fn add_up(combine: fn(&Mutex<u64>, u64)) {
    let (size, threads) = (ask(), ask());
    let total = Mutex::new(0);
    thread::scope(|scope| {
        for thread in 0..threads {
            let (from, to) = (size * thread / threads, size * (thread + 1) / threads);
            let total = &total;
            scope.spawn(move || combine(total, work(Work { kind: 0, from, to })));
        }
    });
    tell(*total.lock().unwrap());
}

const COSTS: Costs = Costs { start: 1_000, shared: 100 };

fn timed(outside: Rc<Outside>, size: u64, threads: u64) -> explorer::ticks::Run {
    run(&Asked::with_data(outside, vec![vec![size, threads]], Rc::new(Naturals)), COSTS)
}

#[test]
fn ticks_are_counted_and_not_measured() {
    let adding = || elsewhere(|| add_up(|total, part| *total.lock().unwrap() += part));
    let once = timed(adding(), 40_000, 4);
    assert_eq!(once.end, End::Finished);
    assert_eq!(once.threads[0].told, [(0..40_000).sum::<u64>()]);
    // The last thread starts last, works, and takes the lock; then the first one takes it.
    assert_eq!(once.ticks, 4 * 1_000 + 10_000 + 100 + 100);
    assert_eq!((once.started, once.at_once), (4, 4));
    assert_eq!(once.threads[2].works, [Work { kind: 0, from: 10_000, to: 20_000 }]);
    assert_eq!(timed(adding(), 40_000, 4).ticks, once.ticks);
    let many = timed(adding(), 64_000, 64);
    assert_eq!((many.end, many.started, many.at_once), (End::Finished, 64, 3), "a thread of 1,100 ticks soon ends");
}

#[test]
fn who_waits_for_a_lock_waits_in_ticks_too() {
    let outside = elsewhere(|| {
        let lock = Mutex::new(());
        let (size, threads) = (ask(), ask());
        thread::scope(|scope| {
            for _ in 0..threads {
                let lock = &lock;
                scope.spawn(move || {
                    let _held = lock.lock().unwrap();
                    work(Work { kind: 0, from: 0, to: size });
                });
            }
        });
    });
    let ran = timed(outside, 50_000, 4);
    assert!(ran.ticks > 4 * 50_000, "one after the other: {}", ran.ticks);
}

#[test]
fn a_run_that_cannot_end_says_so() {
    let twice = elsewhere(|| {
        let lock = Mutex::new(());
        let _one = lock.lock().unwrap();
        let _two = lock.lock().unwrap();
    });
    assert_eq!(timed(twice, 1, 1).end, End::Waits);
    let panics = elsewhere(|| {
        ask();
        panic!("no");
    });
    let End::Panicked(message) = timed(panics, 1, 1).end else { panic!("it panics") };
    assert!(message.contains("outside.rs:") && message.ends_with(": no"), "{message}");
    let endless = elsewhere(|| {
        loop {
            work(Work { kind: 0, from: 0, to: 1 });
        }
    });
    assert!(matches!(timed(endless, 1, 1).end, End::Operations(_)));
}
