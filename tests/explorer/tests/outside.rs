//! Programs that run elsewhere: what they are asked, what they may not know, and what happens when they lie.

use explorer::outside::{Asked, Data, Outside, Silence, Work, ask, result, serve, tell, values, work};
use explorer::sync::atomic::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use explorer::sync::{Mutex, thread};
use explorer::ticks::{Costs, End, Rule, run};
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
    // A record: files, values, objects, operations (as many as before, then action, object, ordering, place), end.
    let operation = |action: &[u64], object: u64| {
        let operation = [action, &[object, 0, 0, 1, 1]].concat();
        words(&[&[2, 1, 0, 0, 0, 0, 0, 1][..], &operation, &[0]].concat())
    };
    let none = u64::from(u32::MAX);
    for (name, answer) in [
        ("nothing", Vec::new()),
        ("a frame without end", u64::MAX.to_le_bytes().to_vec()),
        ("an empty frame", words(&[])),
        ("another kind of frame", words(&[7, 7, 7])),
        ("half a record", words(&[2, 0, 0, 0, 0, 0, 1])),
        ("operations that were never sent", words(&[2, 0, 0, 0, 0, 1, 0, 0])),
        ("more than a record", words(&[2, 0, 0, 0, 0, 0, 0, 0, 5])),
        ("very many operations", words(&[2, 0, 0, 0, 0, 0, u64::MAX])),
        ("an object that does not exist", operation(&[1], 3)),
        ("an object with too large a number", operation(&[1], 300)),
        ("a mutex with a value that does not exist", operation(&[0, 2, 9], 0)),
        ("a child that was never started", operation(&[14, 0], none)),
        ("an action that does not exist", operation(&[99], none)),
        ("an update without a bit", operation(&[3, 1, 1, 0], 0)),
        ("a place in a file without a name", words(&[2, 0, 0, 0, 0, 0, 1, 5, none, 0, 0, 1, 1, 0])),
        ("very many files", words(&[&[2, 101][..], &[0; 101], &[0; 6]].concat())),
        ("work without an end", operation(&[17, 0, 0, 5, 0], none)),
        ("work that does not exist", words(&[1, 3, 0, 5, 1])),
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

    fn value(&self, kind: u8, index: u64) -> Option<u64> {
        (kind == 0 && index < 1_000_000).then_some(index)
    }

    fn ticks(&self, work: Work) -> u64 {
        work.elements()
    }
}

fn all(from: u64, to: u64) -> Work {
    Work { kind: 0, from, to, step: 1 }
}

fn sum(elements: Work) -> u64 {
    work(elements);
    result(elements)
}

/// Adds up as many numbers as the first word says, in as many threads as the second says.
fn add_up(combine: fn(&Mutex<u64>, u64)) {
    let (size, threads) = (ask(), ask());
    let total = Mutex::new(0);
    thread::scope(|scope| {
        for thread in 0..threads {
            let (from, to) = (size * thread / threads, size * (thread + 1) / threads);
            let total = &total;
            scope.spawn(move || combine(total, sum(all(from, to))));
        }
    });
    tell(*total.lock().unwrap());
}

const COSTS: Costs = Costs { start: 1_000, shared: 100 };

fn timed(outside: Rc<Outside>, size: u64, threads: u64) -> explorer::ticks::Run {
    run(&Asked::with_data(outside, vec![vec![size, threads]], Rc::new(Naturals)), COSTS, Rule::Clocks)
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
    assert_eq!(once.threads[2].works, [all(10_000, 20_000)]);
    assert_eq!(timed(adding(), 40_000, 4).ticks, once.ticks);
    let many = timed(adding(), 64_000, 64);
    assert_eq!((many.end, many.started, many.at_once), (End::Finished, 64, 2), "a thread of 1,100 ticks soon ends");
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
                    work(all(0, size));
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
            work(Work { kind: 0, from: 0, to: 1, step: 1 });
        }
    });
    assert!(matches!(timed(endless, 1, 1).end, End::Operations(_)));
}

/// A loop over elements is one operation, in either direction, and also if it leaves out the same number each time.
#[test]
fn work_that_goes_on_is_one_operation() {
    fn singles(indices: Vec<u64>) {
        indices.into_iter().for_each(|index| work(all(index, index + 1)));
    }
    let program = || {
        match ask() {
            0 => singles((0..500).collect()),
            1 => singles((0..500).rev().collect()),
            2 => singles((3..500).step_by(7).collect()),
            _ => singles(vec![0, 1, 5, 5, 6]),
        }
        let mut total = 0;
        values(0, 1_000..3_000, |value| total += value);
        tell(total);
        singles(vec![9]);
    };
    let works = |number| {
        let outside = elsewhere(program);
        let ran = run(&Asked::with_data(outside, vec![vec![number]], Rc::new(Naturals)), COSTS, Rule::Clocks);
        assert_eq!((ran.end, &ran.threads[0].told[..]), (End::Finished, &[(1_000..3_000).sum()][..]));
        let mut works = ran.threads[0].works.clone();
        assert_eq!(works.pop(), Some(all(9, 10)), "the end of the thread is the end of its work");
        assert_eq!(ran.ticks, works.iter().map(|work| work.elements()).sum::<u64>() + 1);
        works
    };
    assert_eq!(works(0), [all(0, 500)]);
    assert_eq!(works(1), [all(0, 500)]);
    assert_eq!(works(2), [Work { kind: 0, from: 3, to: 494, step: 7 }]);
    assert_eq!(works(3), [all(0, 2), all(5, 6), all(5, 7)]);
}

#[test]
fn a_thread_that_stops_for_ever_stops_those_that_need_it_and_no_others() {
    let through = |program: fn(), after| {
        let asked = Asked::new(elsewhere(program), vec![starting(2), vec![ADD], vec![ADD]]);
        let ran = run(&asked, COSTS, Rule::Stopped { thread: 1, after });
        assert_eq!(ran.end, End::Waits, "the first thread waits for the stopped one");
        ran.threads[2].told.len()
    };
    let exchanging = || {
        serve_counter(|counter: &AtomicU64, _| {
            let mut seen = counter.load(Relaxed);
            while let Err(now) = counter.compare_exchange(seen, seen + 1, Relaxed, Relaxed) {
                seen = now;
            }
            seen
        });
    };
    let locking = || {
        serve_counter(|counter: &Mutex<u64>, _| {
            *counter.lock().unwrap() += 1;
            0
        })
    };
    assert_eq!([0, 1].map(|after| through(exchanging, after)), [1, 1]);
    assert_eq!([0, 1].map(|after| through(locking, after)), [1, 0], "it stopped with the lock");
}

#[test]
fn a_thread_that_is_disturbed_loses_each_exchange_until_no_other_is_left() {
    let tries = || {
        serve_counter(|counter: &AtomicU64, method| {
            let (mut seen, mut tries) = (counter.load(Relaxed), 1);
            while let Err(now) = counter.compare_exchange(seen, seen + 1, Relaxed, Relaxed) {
                (seen, tries) = (now, tries + 1);
            }
            if method == COUNT { tries } else { seen }
        });
    };
    let scripts = vec![starting(2), vec![COUNT], vec![ADD; 40]];
    let ran = run(&Asked::new(elsewhere(tries), scripts), COSTS, Rule::Disturbed { thread: 1 });
    assert_eq!((ran.end, &ran.threads[1].told[..]), (End::Finished, &[40][..]));
}

/// What one thread tells by itself is what a run of the same program tells.
#[test]
fn a_thread_by_itself_tells_what_it_tells_in_a_run() {
    #[derive(Default)]
    struct Pair {
        sum: u64,
        seen: Vec<u64>,
    }
    let locked = || {
        let (pair, bits) = (Mutex::new(Pair::default()), AtomicU64::new(7));
        while let method @ 1.. = ask() {
            let mut pair = pair.lock().unwrap();
            pair.sum += method;
            let (sum, place) = (pair.sum, pair.seen.len() as u64);
            pair.seen.push(sum);
            tell(sum + place);
            tell(bits.fetch_xor(sum, SeqCst));
            tell(bits.compare_exchange_weak(7, 9, SeqCst, Relaxed).unwrap_or_else(|other| other));
        }
    };
    let script: Vec<u64> = (1..60).chain([0]).collect();
    let asked = Asked::new(elsewhere(locked), vec![script]);
    let ran = run(&asked, COSTS, Rule::Clocks);
    assert_eq!((ran.end, ran.threads[0].told.len()), (End::Finished, 59 * 3));
    assert_eq!(asked.told_alone(10_000), Ok(ran.threads[0].told.clone()));
    assert_eq!(asked.told_alone(100).map(|told| told.len() < 59), Ok(true), "it stops after so many operations");
    // It is only asked: what it says of other runs is not touched.
    assert_eq!(run(&asked, COSTS, Rule::Clocks).threads[0].told, ran.threads[0].told);

    let many = 100_000;
    let outside = elsewhere(|| {
        let counter = AtomicU64::new(0);
        while ask() == ADD {
            tell(counter.fetch_add(1, Relaxed));
        }
    });
    let asked = Asked::new(outside.clone(), vec![vec![ADD; many]]);
    let told = asked.told_alone(10 * many).expect("it ends");
    assert_eq!((told.len(), told.last()), (many, Some(&(many as u64 - 1))));
    assert_eq!(outside.questions(), 1);

    let waits = elsewhere(|| {
        let lock = Mutex::new(0);
        let _held = lock.lock().unwrap();
        tell(ask());
        tell(*lock.lock().unwrap());
    });
    assert_eq!(Asked::new(waits, vec![vec![5]]).told_alone(1_000), Ok(vec![5]));
    let panics = Asked::new(elsewhere(|| panic!("no")), vec![]).told_alone(1_000);
    assert!(panics.is_err_and(|said| said.ends_with(": no")));
    // A program that lies about it has told what it says, and no more is asked of one that says nothing.
    let words = |words: &[u64]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let lies = Asked::new(liar([words(&[32]), words(&[4, 1, 99, 0])].concat()), vec![vec![5]]);
    assert_eq!(lies.told_alone(1_000), Ok(vec![99]));
    let nonsense = liar([words(&[16]), words(&[4, 1])].concat());
    assert!(Asked::new(nonsense.clone(), vec![vec![5]]).told_alone(1_000).is_err());
    assert!(matches!(nonsense.silence(), Some(Silence::Nonsense(_))));
}

/// A thread that waits for a stopped one must go on waiting.
#[test]
fn a_wait_that_gives_up_after_many_rounds_is_found() {
    let ends = |program: fn()| {
        let asked = Asked::new(elsewhere(program), vec![starting(2), vec![ADD], vec![ADD]]);
        let ends = (0..8).map(|after| run(&asked, COSTS, Rule::Stopped { thread: 1, after }).end);
        ends.filter(|end| matches!(end, End::GivesUp { thread: 2 })).count()
    };
    fn through(rounds: usize, lock: &AtomicU64, method: u64) -> u64 {
        if method == ADD {
            let mut left = rounds;
            while lock.compare_exchange(0, 1, SeqCst, SeqCst).is_err() && left > 0 {
                left -= 1;
            }
            lock.store(0, SeqCst);
        }
        0
    }
    let gives_up = || serve_counter(|lock: &AtomicU64, method| through(50_000, lock, method));
    let waits = || serve_counter(|lock: &AtomicU64, method| through(usize::MAX, lock, method));
    assert_eq!((ends(gives_up), ends(waits)), (1, 0));
}

/// In a long run a thread is not run again for each question, so what a lock holds moves from thread to thread. Its type may be
/// one that nothing else can copy.
#[test]
fn a_value_that_only_its_threads_can_make_is_handed_on_many_times() {
    /// How many values there are, so that none is lost and none lives for ever.
    static ALIVE: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);
    struct Log {
        seen: Vec<u64>,
    }
    impl Log {
        fn new() -> Self {
            ALIVE.fetch_add(1, SeqCst);
            Self { seen: Vec::new() }
        }
    }
    impl Drop for Log {
        fn drop(&mut self) {
            ALIVE.fetch_sub(1, SeqCst);
        }
    }
    let program = || {
        let log = Mutex::new(Log::new());
        let own = thread::scope(|scope| {
            let handles: Vec<_> = (0..3)
                .map(|name| {
                    let log = &log;
                    scope.spawn(move || {
                        let mut own = Log::new();
                        for _ in 0..200 {
                            log.lock().unwrap().seen.push(name);
                            own.seen.push(name);
                            work(all(0, 10 + name));
                        }
                        own
                    })
                })
                .collect();
            handles.into_iter().map(|handle| handle.join().unwrap().seen.len() as u64).sum::<u64>()
        });
        let log = log.into_inner().unwrap();
        let changes = log.seen.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64;
        [own, log.seen.len() as u64, changes].into_iter().for_each(tell);
    };
    let (here, there) = UnixStream::pair().unwrap();
    let served = std::thread::spawn(move || serve(&Main::new(program), there).unwrap());
    let outside = Outside::new(here);
    let ran = run(&Asked::with_data(outside.clone(), vec![], Rc::new(Naturals)), COSTS, Rule::Clocks);
    assert_eq!(ran.end, End::Finished);
    let [own, all, changes] = ran.threads[0].told[..] else { panic!("{:?}", ran.threads[0].told) };
    assert_eq!((own, all), (600, 600));
    assert!(changes > 400, "the threads take turns: {changes}");
    assert!(outside.questions() < 2_000, "{}", outside.questions());
    drop(outside);
    served.join().unwrap();
    assert_eq!(ALIVE.load(SeqCst), 0);
}

/// What a thread allocates is counted for that thread, also if others run between its operations.
#[test]
fn what_a_thread_allocates_is_its_own() {
    let outside = elsewhere(|| {
        let counter = AtomicU64::new(0);
        thread::scope(|scope| {
            for name in 0..2 {
                let counter = &counter;
                scope.spawn(move || {
                    let before = explorer::outside::allocated();
                    for _ in 0..50 {
                        counter.fetch_add(1, Relaxed);
                        explorer::outside::note_allocation(1, if name == 0 { 1_000 } else { 1 });
                    }
                    tell(explorer::outside::allocated() - before);
                });
            }
        });
    });
    let ran = run(&Asked::new(outside, vec![]), COSTS, Rule::Clocks);
    assert_eq!([&ran.threads[1].told[..], &ran.threads[2].told[..]], [&[50_000], &[50]]);
}

/// Atomics that constants create are known by where they lie: on a thread's stack, or in memory that a thread has allocated.
#[test]
fn an_atomic_of_a_constant_is_the_same_for_all_threads() {
    use explorer::sync::atomic::constant::AtomicU64 as Constant;
    struct Shard {
        count: Constant,
    }
    impl Shard {
        const fn new() -> Self {
            Self { count: Constant::new(1) }
        }
    }
    static TOTAL: Constant = Constant::new(100);
    fn split(atomic: &Constant) {
        let seen = atomic.load(Relaxed);
        atomic.store(seen + 1, Relaxed);
    }
    fn each<T: Sync>(shards: &T, of: fn(&T, u64) -> &Constant) {
        thread::scope(|scope| {
            for name in 0..2 {
                scope.spawn(move || {
                    split(of(shards, 0));
                    split(of(shards, 1 + name));
                });
            }
        });
        (0..4).for_each(|place| tell(of(shards, place).load(Relaxed)));
    }
    let on_the_stack = || {
        let first = Constant::new(7);
        first.store(8, Relaxed);
        let shards = [const { Constant::new(1) }; 4];
        each(&shards, |shards, place| &shards[place as usize]);
        let moved = first;
        tell(moved.into_inner());
    };
    let allocated = || {
        let shards: Vec<Shard> = (0..4).map(|_| Shard::new()).collect();
        explorer::outside::note_allocation(shards.as_ptr().addr(), size_of_val(&shards[..]));
        each(&shards, |shards, place| &shards[place as usize].count);
        tell(8);
    };
    for memory in Memory::ALL {
        for (program, first) in [(on_the_stack as fn(), 1), (allocated, 1)] {
            let outside = elsewhere(program);
            let asked = Asked::new(outside.clone(), vec![]);
            let report = explore(&asked, memory);
            assert_eq!((report.verdict(), outside.silence()), (Verdict::NothingFound, None));
            let told: BTreeSet<Vec<u64>> = report.outcomes.keys().map(|outcome| outcome[1..6].to_vec()).collect();
            let expected = [1, 2].map(|lost| vec![first + lost, 2, 2, 1, 8]);
            assert_eq!(told, BTreeSet::from(expected), "{memory:?}");
            let ran = run(&asked, COSTS, Rule::Clocks);
            assert_eq!((ran.end, &ran.threads[0].told[1..]), (End::Finished, &[2, 2, 1, 8][..]));
        }
    }
    let taken_apart = || {
        let shards = [const { Constant::new(1) }; 2];
        thread::scope(|scope| {
            scope.spawn(|| split(&shards[0]));
        });
        shards.into_iter().for_each(|shard| tell(shard.into_inner()));
    };
    let report = explore(&Asked::new(elsewhere(taken_apart), vec![]), Memory::Interleaved);
    assert!(matches!(report.bound, Some(Bound::Unsupported(_))), "its place says nothing any more: {:?}", report.bound);
    let in_a_static = || split(&TOTAL);
    let report = explore(&Asked::new(elsewhere(in_a_static), vec![]), Memory::Interleaved);
    assert!(matches!(report.bound, Some(Bound::Unsupported(what)) if what.contains("static")), "{:?}", report.bound);
    let by_itself = || {
        let shards = [const { Constant::new(3) }; 2];
        split(&shards[1]);
        tell(shards[1].load(SeqCst));
    };
    assert_eq!(Asked::new(elsewhere(by_itself), vec![]).told_alone(100), Ok(vec![4]));
}
