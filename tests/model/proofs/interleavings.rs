//! Checks the interleaving explorer: it finds what the theorem says and what a simple search finds. Where there are too
//! many schedules to try, it judges those that the theorem's proof constructs.

mod naive;

use common::schedule::{self, Step, Turn};
use engine::{
    COMPARE_EXCHANGE, COMPARE_EXCHANGE_IGNORED, Cell, End, FETCH_ADD, Graph, Impossible, Instruction, LOAD_STORE,
    LOCAL_THEN_ADD, LOCKED, LOCKED_TWICE, MOST_NODES, MOST_STATES, Machine, OWN, OnFailure, Program, Reason,
    Unanswered, explore, extremes, finals, replay, schedules, simplest,
};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

const COMPARE_EXCHANGE_FROM_LOAD: &[Instruction] =
    &[Instruction::Load(Cell::Counter), Instruction::CompareExchange(Cell::Counter, OnFailure::LoadAgain)];
/// One increment with attempts that begin again at their load, one without any protection.
const MIXED: &[Instruction] = &[
    Instruction::Load(Cell::Counter),
    Instruction::CompareExchange(Cell::Counter, OnFailure::LoadAgain),
    Instruction::Load(Cell::Counter),
    Instruction::Store(Cell::Counter),
];
const NEVER_UNLOCKED: &[Instruction] = &[Instruction::Lock, Instruction::FetchAdd(Cell::Counter, 1)];
const CORRECT: [&[Instruction]; 6] =
    [FETCH_ADD, COMPARE_EXCHANGE, COMPARE_EXCHANGE_FROM_LOAD, LOCKED, OWN, LOCAL_THEN_ADD];
const BROKEN: [&[Instruction]; 4] = [LOAD_STORE, LOCKED_TWICE, COMPARE_EXCHANGE_IGNORED, NEVER_UNLOCKED];

fn finals_of(threads: usize, repeats: u64, body: &'static [Instruction]) -> BTreeSet<u64> {
    finals(&Program::new(threads, repeats, body)).unwrap()
}

#[test]
fn load_then_store_reaches_exactly_what_the_theorem_says() {
    let upto = |threads: usize, most: u64| (1..=most).map(move |repeats| (threads, repeats));
    let sizes: Vec<_> = (upto(1, 3).chain(upto(2, 12)).chain(upto(3, 6)).chain(upto(4, 4)).chain(upto(5, 2)))
        .chain([(2, 20), (2, 30), (6, 1), (6, 2), (7, 1), (8, 1), (9, 1), (10, 1)])
        .collect();
    assert_eq!(sizes.len(), 35);
    for (threads, repeats) in sizes {
        let expected = BTreeSet::from_iter(schedule::reachable(threads as u64, repeats));
        assert_eq!(finals_of(threads, repeats, LOAD_STORE), expected, "{threads} x {repeats}");
        if threads > 1 {
            assert_ne!(finals_of(threads, repeats, FETCH_ADD), expected, "{threads} x {repeats}, as one step");
        }
    }
}

#[test]
fn correct_counters_reach_one_value_and_broken_ones_their_sets() {
    for (threads, repeats) in [(2, 1), (2, 3), (3, 3), (4, 2)] {
        let total = threads as u64 * repeats;
        for body in CORRECT {
            assert_eq!(finals_of(threads, repeats, body), [total].into(), "{threads} x {repeats} {body:?}");
        }
        let by_theorem = BTreeSet::from_iter(schedule::reachable(threads as u64, repeats));
        assert_eq!(finals_of(threads, repeats, LOCKED_TWICE), by_theorem);
        // An attempt that failed needs one that succeeded, and that can spoil one attempt of each other thread: at most
        // threads - 1 failures for each success.
        assert_eq!(finals_of(threads, repeats, COMPARE_EXCHANGE_IGNORED), BTreeSet::from_iter(repeats..=total));
    }
}

/// A search that skipped states could still find all ends. The speed is printed, and not judged: the machine may be busy.
#[test]
fn interchangeable_threads_have_this_many_states() {
    let expected =
        [(2, 1, 8), (2, 2, 33), (2, 3, 106), (2, 10, 11_446), (3, 6, 94_646), (6, 2, 43_169), (2, 30, 1_156_336)];
    for (threads, repeats, states) in expected {
        let (program, start) = (Program::new(threads, repeats, LOAD_STORE), Instant::now());
        assert_eq!(explore(&program).unwrap().states, states, "{threads} x {repeats}");
        let millions = states as f64 / 1e6 / start.elapsed().as_secs_f64();
        println!("{threads} x {repeats}: {states} states, {millions:.1} million a second");
    }
}

/// `count` schedules that take so many steps of each thread: how often the steps can be dealt out.
fn multinomial(threads: u64, steps: u64) -> u128 {
    let choose = |n: u64, k: u64| (1..=k).fold(1, |product, i| product * u128::from(n - k + i) / u128::from(i));
    (1..=threads).map(|thread| choose(thread * steps, steps)).product()
}

#[test]
fn schedules_are_as_many_as_combinatorics_says() {
    let count = |threads, repeats, body| schedules(&Program::new(threads, repeats, body)).unwrap();
    let total = |ends: BTreeMap<End, u128>| ends.values().sum::<u128>();
    assert_eq!(count(2, 1, LOAD_STORE), [(End::Final(1), 4), (End::Final(2), 2)].into());
    assert_eq!(
        count(2, 3, LOCKED_TWICE),
        count(2, 3, LOAD_STORE),
        "a lock that is let go of in the gap changes nothing"
    );
    let ends = count(2, 3, LOAD_STORE);
    assert_eq!((ends[&End::Final(2)], ends[&End::Final(6)], total(ends)), (8, 20, 924));
    for (threads, repeats) in [(2, 10), (3, 6), (5, 2), (2, 30)] {
        let (n, k) = (threads as u64, repeats);
        assert_eq!(total(count(threads, repeats, LOAD_STORE)), multinomial(n, 2 * k));
        assert_eq!(total(count(threads, repeats, FETCH_ADD)), multinomial(n, k));
        assert_eq!(
            total(count(threads, repeats, LOCKED)),
            multinomial(n, k),
            "no thread steps between lock and unlock"
        );
        assert_ne!(multinomial(n, 2 * k), multinomial(n, k));
        // No update is lost only where every increment is as if it were one step.
        assert_eq!(count(threads, repeats, LOAD_STORE)[&End::Final(n * k)], multinomial(n, k));
    }
}

#[test]
fn a_simple_minded_search_finds_the_same() {
    let sizes = |body: &'static [Instruction]| [(2, 1), (2, 2), (2, 3), (3, 1)].map(|(n, k)| Program::new(n, k, body));
    // Where attempts can fail, three threads with two increments have millions of schedules.
    let larger = [LOAD_STORE, LOCKED_TWICE, COMPARE_EXCHANGE_IGNORED].map(|body| Program::new(3, 2, body));
    let mixed = [Program::new(2, 1, MIXED), Program::new(2, 2, MIXED)];
    for program in CORRECT.into_iter().chain(BROKEN).flat_map(sizes).chain(larger).chain(mixed) {
        let all = naive::all(&program);
        let counts: BTreeMap<_, _> = all.iter().map(|(&end, found)| (end, found.schedules)).collect();
        assert_eq!(schedules(&program).as_ref(), Ok(&counts), "{program:?}");
        assert_eq!(explore(&program).unwrap().ends, counts.into_keys().collect(), "{program:?}");
        for (end, found) in all {
            let route = simplest(&program, end).unwrap().unwrap();
            assert_eq!((route.switches, route.steps.len()), found.switches_and_steps, "{program:?} to {end:?}");
            let threads = route.steps.iter().map(|step| step.thread);
            assert_eq!(replay(&program, threads), Ok((route.steps.clone(), end)), "{program:?}");
        }
    }
}

#[test]
fn the_extremes_have_simple_schedules_and_no_others_have_any() {
    let program = Program::new(2, 3, LOAD_STORE);
    let [least, greatest] = extremes(&program).unwrap().unwrap();
    assert_eq!((least.end, least.switches), (End::Final(2), 5));
    assert_eq!((greatest.end, greatest.switches), (End::Final(6), 1));
    for value in [0, 1, 7] {
        assert_eq!(simplest(&program, End::Final(value)), Ok(None));
    }
    assert_eq!(simplest(&program, End::Deadlock), Ok(None));
    assert_eq!(extremes(&Program::new(2, 1, NEVER_UNLOCKED)), Ok(None));
}

#[test]
fn a_lock_that_is_never_released_is_a_deadlock() {
    let program = Program::new(3, 1, NEVER_UNLOCKED);
    assert_eq!(explore(&program).unwrap().ends, [End::Deadlock].into());
    assert_eq!(finals(&program), Err(Unanswered::Deadlock));
    let route = simplest(&program, End::Deadlock).unwrap().unwrap();
    assert_eq!(route.steps.len(), 2, "one thread locks and adds");
    let mut machine = Machine::new(&program);
    assert_eq!((machine.step(1).map(|step| step.at), machine.end()), (Ok(0), None));
    assert_eq!(machine.step(2), Err(Impossible { position: 1, thread: 2, reason: Reason::Blocked }));
    assert_eq!((machine.step(1).map(|step| step.written), machine.end()), (Ok(Some(1)), Some(End::Deadlock)));

    assert_eq!(finals_of(1, 1, NEVER_UNLOCKED), [1].into(), "a thread alone waits for no other");
    assert_eq!(finals(&Program::new(1, 2, NEVER_UNLOCKED)), Err(Unanswered::Deadlock), "but it does for itself");
    assert_eq!(finals_of(3, 1, LOCKED), [3].into());
}

#[test]
fn a_graph_counts_as_the_search_does() {
    let nodes = |repeats| Graph::new(&Program::new(2, repeats, LOAD_STORE)).unwrap().nodes.len();
    assert_eq!([1, 2, 3].map(nodes), [12, 57, 195]);
    for body in CORRECT.into_iter().chain(BROKEN) {
        let program = Program::new(3, 2, body);
        let graph = Graph::new(&program).unwrap();
        assert_eq!(graph.nodes[0].ends, schedules(&program).unwrap());
        let anonymous = graph.nodes.iter().map(|node| {
            let mut threads = node.state.threads.clone();
            threads.sort_by_key(|thread| (thread.left, thread.at, thread.seen, thread.own));
            (node.state.shared.counter, node.state.shared.locked, format!("{threads:?}"))
        });
        assert_eq!(anonymous.collect::<BTreeSet<_>>().len(), explore(&program).unwrap().states, "{body:?}");
        let mut ends = BTreeMap::new();
        for node in &graph.nodes {
            let on: u128 = node.edges.iter().map(|edge| graph.nodes[edge.to].ways_on()).sum();
            assert_eq!(node.ways_on(), on + u128::from(node.end().is_some()));
            let through: u128 = node.edges.iter().map(|edge| node.ways_here * graph.nodes[edge.to].ways_on()).sum();
            match node.end() {
                Some(end) => *ends.entry(end).or_default() += node.ways_here,
                None => assert_eq!(through, node.schedules()),
            }
        }
        assert_eq!(graph.nodes[0].ends, ends, "forward and backward");
    }
    let loses =
        |body| Graph::new(&Program::new(2, 3, body)).unwrap().nodes.iter().any(|node| node.ways_to(End::Final(6)) == 0);
    assert!(loses(LOAD_STORE) && !loses(LOCKED));
}

/// A schedule's turns as the thread that takes each step.
fn expand(turns: &[Turn]) -> Vec<usize> {
    let steps = |turn: &Turn| if let Step::Increments(count) = turn.step { 2 * count as usize } else { 1 };
    turns.iter().flat_map(|turn| vec![turn.thread; steps(turn)]).collect()
}

#[test]
fn the_constructed_schedule_ends_at_every_target() {
    let program = Program::new(10, 100, LOAD_STORE);
    for target in 2..=1000 {
        let mut threads = expand(&schedule::ending_at(10, 100, target).unwrap());
        let (steps, end) = replay(&program, threads.clone()).unwrap();
        assert_eq!((steps.len(), end), (2000, End::Final(target)));
        // The twins: one step less, one more, and the same steps in another order.
        let last = threads.pop().unwrap();
        let early = Impossible { position: 1999, thread: last, reason: Reason::NotScheduled };
        assert_eq!(replay(&program, threads.clone()), Err(early));
        threads.extend([last, last]);
        let late = Impossible { position: 2000, thread: last, reason: Reason::Finished };
        assert_eq!(replay(&program, threads.clone()), Err(late));
        assert_eq!(late.to_string(), format!("step 2000: thread {last} has finished"));
        threads.pop();
        threads.sort_unstable();
        assert_eq!(replay(&program, threads).unwrap().1, End::Final(1000));
    }
    let unknown = Impossible { position: 0, thread: 10, reason: Reason::Unknown };
    assert_eq!(replay(&program, [10]), Err(unknown));
    assert!(schedule::ending_at(10, 100, 1).is_none() && schedule::ending_at(10, 100, 1001).is_none());
}

#[test]
fn real_threads_end_where_they_are_told_to() {
    let mut state = 7001_u64;
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let ends_at = |increments, target, in_one_step| {
        let counter = AtomicU64::new(0);
        let turns = schedule::ending_at(10, increments, target).unwrap();
        schedule::drive(&turns, 10, |gap| {
            let seen = counter.load(Relaxed);
            gap();
            if in_one_step { _ = counter.fetch_add(1, Relaxed) } else { counter.store(seen + 1, Relaxed) }
        });
        counter.into_inner()
    };
    let start = Instant::now();
    for target in [2, 170_066] {
        assert_eq!(ends_at(100_000, target, false), target);
        assert_eq!(ends_at(100_000, target, true), 1_000_000, "one step leaves no gap, whatever the schedule");
    }
    for run in 0..998 {
        let increments = if run % 50 == 0 { 100_000 } else { 100 };
        let target = 2 + random() % (10 * increments - 1);
        assert_eq!(ends_at(increments, target, false), target, "run {run}");
    }
    println!("1000 runs of 10 real threads: {:.1} s", start.elapsed().as_secs_f64());
}

#[test]
fn what_is_too_large_or_makes_no_sense_is_refused() {
    assert_eq!(explore(&Program::new(10, 100, LOCKED)), Err(Unanswered::WideState { bits: 201 }));
    assert!(
        explore(&Program::new(2, 60, LOAD_STORE)).is_err_and(|why| why == Unanswered::ManyStates { most: MOST_STATES })
    );
    assert_eq!(schedules(&Program::new(2, 100, FETCH_ADD)), Err(Unanswered::ManySchedules));
    assert!(schedules(&Program::new(2, 60, FETCH_ADD)).is_ok());
    let graph = |threads| Graph::new(&Program::new(threads, 1, LOAD_STORE)).map(|graph| graph.nodes.len());
    assert_eq!((graph(10), graph(4)), (Err(Unanswered::ManyStates { most: MOST_NODES }), Ok(330)));

    const BLIND: &[Instruction] = &[Instruction::Store(Cell::Counter)];
    const NO_LOAD: &[Instruction] = &[
        Instruction::Load(Cell::Counter),
        Instruction::Lock,
        Instruction::CompareExchange(Cell::Counter, OnFailure::LoadAgain),
    ];
    for (threads, repeats, body) in
        [(0, 1, OWN), (1, 0, OWN), (1, 1, &[]), (1, 1, BLIND), (1, 1, NO_LOAD), (2, 1 << 31, OWN)]
    {
        assert!(catch_unwind(|| Program::new(threads, repeats, body)).is_err(), "{threads} x {repeats} {body:?}");
    }
    assert_eq!(Program::new(1, 1 << 31, OWN).expected(), 1 << 31);
}
