//! Walks: the graph of a program's states, compared with what an exploration says of the same program.

use crate::labs::counter;
use explorer::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::{AtomicBool, AtomicU64, fence};
use explorer::sync::{Condvar, Mutex, RacyCell};
use explorer::walk::Pick::{Flush, Otherwise, Run};
use explorer::walk::{BufferedStore, End, Holds, Pick, Reason, Standing, Walk};
use explorer::{Act, Bound, Bounds, Memory, Problem, Program, ReadsFrom, Subject, WaitsFor, explore};
use model::size::Size;

fn walk(subject: &dyn Subject, memory: Memory) -> Walk {
    Walk::new(subject, memory).unwrap()
}

fn of_counter(name: &str, threads: usize, increments: u64, memory: Memory) -> Walk {
    walk(&(counter(name).program)(Size { threads, increments }), memory)
}

/// The numbers of ways to the outcomes, by their first value.
fn outcomes(walk: &Walk) -> Vec<(u64, Option<u128>)> {
    let value = |(end, ways): (&End, &Option<u128>)| match end {
        End::Outcome(values) => Some((values[0], *ways)),
        _ => None,
    };
    walk.start().ends.iter().filter_map(value).collect()
}

fn threads(schedule: &[usize]) -> Vec<Pick> {
    schedule.iter().map(|thread| Run(thread - 1)).collect()
}

#[test]
fn ways_are_counted_as_the_exploration_counts_schedules() {
    for name in ["load-store", "fetch-add", "compare-exchange", "std-mutex", "locked-twice", "padded"] {
        for [threads, increments] in [[2, 1], [2, 2], [2, 3], [3, 1]] {
            let program = (counter(name).program)(Size { threads, increments: increments as u64 });
            let report = explore(&program, Memory::Interleaved);
            let expected: Vec<_> = report.outcomes.iter().map(|(values, of)| (values[0], of.schedules)).collect();
            assert_eq!(outcomes(&walk(&program, Memory::Interleaved)), expected, "{name} {threads}x{increments}");
        }
    }
    let counts = [(2, 8), (3, 300), (4, 416), (5, 180), (6, 20)].map(|(value, count)| (value, Some(count)));
    assert_eq!(outcomes(&of_counter("load-store", 2, 3, Memory::Interleaved)), counts);
}

#[test]
fn as_many_schedules_come_through_the_start_as_through_all_states_of_one_level() {
    let walk = of_counter("load-store", 2, 3, Memory::Interleaved);
    let mut levels = vec![usize::MAX; walk.states.len()];
    levels[0] = 0;
    for (number, state) in walk.states.iter().enumerate() {
        state.steps.iter().for_each(|choice| levels[choice.to] = levels[number] + 1);
    }
    for level in 0..=12 {
        let here = walk.states.iter().zip(&levels).filter(|(_, at)| **at == level);
        assert_eq!(here.filter_map(|(state, _)| state.schedules()).sum::<u128>(), 924, "level {level}");
    }
    assert_eq!(walk.start().ways_here, Some(1));
    assert!(walk.states.iter().zip(&levels).all(|(state, &level)| state.end.is_some() == (level == 12)));
}

#[test]
fn a_schedule_of_thread_numbers_is_replayed_and_an_impossible_step_says_why() {
    let walk = of_counter("load-store", 3, 2, Memory::Interleaved);
    let path = walk.follow(threads(&[1, 2, 2, 2, 3, 3, 3, 3, 1, 1, 2, 1])).unwrap();
    assert_eq!(walk.states[path.end()].end, Some(End::Outcome(vec![2])));
    assert_eq!(outcomes(&walk).first().unwrap().0, 2, "no schedule ends at less");
    let error = |schedule: &[usize]| walk.follow(threads(schedule)).unwrap_err().to_string();
    assert_eq!(error(&[1, 1, 4]), "step 3: there is no T4, only T1 to T3");
    assert_eq!(error(&[1, 1, 1, 1, 1]), "step 5: T1 has ended");
    let unfinished = walk.follow(threads(&[1, 1])).unwrap();
    assert_eq!(walk.states[unfinished.end()].end, None);
}

#[test]
fn a_step_says_what_was_read_from_where_and_on_which_line() {
    let walk = of_counter("load-store", 2, 1, Memory::Interleaved);
    let path = walk.follow(threads(&[1, 1, 2, 2])).unwrap();
    let report = explore(&(counter("load-store").program)(Size { threads: 2, increments: 1 }), Memory::Interleaved);
    assert_eq!(path.steps, report.outcomes[&vec![2]].example, "all fields, also those that depend on the way");
    let [load, store] = [0, 1].map(|index| &path.steps[index]);
    assert!(load.file.ends_with("labs/data-race/src/counters.rs") && load.line + 1 == store.line);
    let next = walk.start().threads[1].next.unwrap();
    assert_eq!((next.act, next.object, next.line), (Act::Load, Some(0), load.line));
}

/// Each thread stores to its own location and loads the other's.
fn store_buffering() -> impl Subject {
    Program::new(<(AtomicU64, AtomicU64)>::default)
        .thread(|(x, y)| {
            x.store(1, Relaxed);
            y.load(Relaxed)
        })
        .thread(|(x, y)| {
            y.store(1, Relaxed);
            x.load(Relaxed)
        })
}

#[test]
fn under_store_buffers_a_store_reaches_memory_by_a_step_of_its_own() {
    let both_read_0 = End::Outcome(vec![0, 0]);
    let one_memory = walk(&store_buffering(), Memory::Interleaved);
    assert_eq!(one_memory.start().ways_to(&both_read_0), Some(0));
    assert!(one_memory.follow([Run(0), Flush(0)]).is_err());

    let buffered = walk(&store_buffering(), Memory::StoreBuffers);
    let path = buffered.follow([Run(0), Run(1), Run(0), Run(1)]).unwrap();
    let waiting = &buffered.states[path.end()];
    assert_eq!(waiting.objects, [Holds::Atomic(0), Holds::Atomic(0)]);
    assert_eq!(waiting.threads[1].buffer, [BufferedStore { object: 1, value: 1 }]);
    assert_eq!(waiting.ends.keys().collect::<Vec<_>>(), [&both_read_0]);
    assert_eq!((waiting.threads[0].standing.clone(), waiting.end.clone()), (Standing::Ended, None));

    let path = buffered.follow([Run(0), Run(1), Run(0), Run(1), Flush(1), Flush(0)]).unwrap();
    assert_eq!(buffered.states[path.end()].end, Some(both_read_0));
    let values: Vec<_> = path.steps.iter().map(|step| (step.act, step.read, step.value_after)).collect();
    assert_eq!(values[0], (Act::Store, None, Some(0)));
    assert_eq!(values[2], (Act::Load, Some(0), Some(0)));
    assert_eq!(values[5], (Act::Flush, None, Some(1)));
    let none = buffered.follow([Run(0), Flush(0), Flush(0)]).unwrap_err();
    assert_eq!(none.to_string(), "step 3: no store of T1 waits in its buffer");
}

#[test]
fn a_thread_reads_its_own_buffered_store_first() {
    let program = Program::new(<(AtomicU64, AtomicU64)>::default).thread(|(x, y)| {
        x.store(1, Release);
        x.store(2, Release);
        [x.load(Relaxed), y.load(Acquire)]
    });
    let walk = walk(&program, Memory::StoreBuffers);
    let path = walk.follow([Run(0), Run(0), Flush(0), Run(0), Run(0), Flush(0)]).unwrap();
    let from: Vec<_> = path.steps.iter().filter_map(|step| step.reads_from).collect();
    assert_eq!(from, [ReadsFrom::Step(1), ReadsFrom::FirstValue]);
    assert_eq!(path.steps[2].value_after, Some(1), "the oldest first");
}

#[test]
fn a_thread_at_a_fence_waits_for_its_own_stores() {
    let program = Program::new(AtomicU64::default).thread(|x| {
        x.store(1, Relaxed);
        fence(SeqCst);
    });
    let walk = walk(&program, Memory::StoreBuffers);
    let impossible = walk.follow([Run(0), Run(0)]).unwrap_err();
    assert_eq!(impossible.reason, Reason::WaitsForItsStores);
    assert!(walk.follow([Run(0), Flush(0), Run(0)]).is_ok());
}

#[test]
fn a_thread_that_waits_for_a_lock_is_blocked_and_says_who_holds_it() {
    let walk = of_counter("locked-twice", 2, 1, Memory::Interleaved);
    let impossible = walk.follow(threads(&[1, 2])).unwrap_err();
    assert!(impossible.to_string().starts_with("step 2: T2 waits for lock #0, held by T1 ("), "{impossible}");
    let path = walk.follow(threads(&[1, 1, 1])).unwrap();
    let locks: Vec<&Holds> = path.states.iter().map(|&state| &walk.states[state].objects[0]).collect();
    let lock = |holders: &[usize]| Holds::Lock { holders: holders.to_vec(), content: Some("0".into()) };
    assert_eq!(locks, [&lock(&[]), &lock(&[0]), &lock(&[]), &lock(&[0])]);
}

#[test]
fn a_failed_try_of_a_spin_lock_is_not_a_step_so_its_ways_have_a_number() {
    let walk = of_counter("spin", 2, 1, Memory::Interleaved);
    let blocked = walk.follow(threads(&[1, 2])).unwrap_err();
    let Reason::Blocked(waiting) = blocked.reason else { panic!("{blocked}") };
    assert_eq!(waiting.waits_for, WaitsFor::Change { object: Some(0) });
    assert_eq!(outcomes(&walk), [(2, Some(2))]);
}

#[test]
fn rounds_of_several_steps_have_no_number_of_ways() {
    let program = Program::new(<(AtomicBool, AtomicBool)>::default)
        .thread(|(x, y)| while !x.load(Relaxed) && !y.load(Relaxed) {})
        .thread(|(x, _)| {
            x.store(true, Relaxed);
        });
    let walk = walk(&program, Memory::Interleaved);
    let end = End::Outcome(vec![]);
    assert_eq!((walk.start().ways_to(&end), walk.start().schedules()), (None, None));
    let path = walk.follow([Run(0), Run(1)]).unwrap();
    assert_eq!((walk.states[path.end()].ways_here, walk.states[path.end()].ways_to(&end)), (None, Some(1)));
}

#[test]
fn chance_is_another_way_that_is_not_counted() {
    let once =
        Program::new(AtomicU64::default).thread(|x| u64::from(x.compare_exchange_weak(0, 1, Relaxed, Relaxed).is_ok()));
    let walk = walk(&once, Memory::Interleaved);
    assert_eq!(outcomes(&walk), [(0, Some(0)), (1, Some(1))]);
    assert!(walk.follow([Otherwise(0, 1)]).unwrap().steps[0].by_chance);
    assert_eq!(walk.follow([Otherwise(0, 2)]).unwrap_err().reason, Reason::NoOtherWay);
}

#[test]
fn ends_that_are_problems_are_found_where_they_happen() {
    let deadlock = Program::new(|| (Mutex::new(0u64), Mutex::new(0u64)))
        .thread(|(a, b)| {
            let (_a, _b) = (a.lock(), b.lock());
        })
        .thread(|(a, b)| {
            let (_b, _a) = (b.lock(), a.lock());
        });
    let graph = walk(&deadlock, Memory::Interleaved);
    let stuck = &graph.states[graph.follow([Run(0), Run(1)]).unwrap().end()];
    assert_eq!(stuck.end, Some(End::Deadlock));
    assert!(matches!(&stuck.problem, Some(Problem::Deadlock { cycle }) if cycle.len() == 2));
    // After one step of each thread it is too late. In two ways, one of them finishes first.
    assert_eq!((graph.start().ways_to(&End::Deadlock), graph.start().ends.len()), (Some(2), 2));
    assert_eq!(graph.follow([Run(0), Run(1), Run(0)]).unwrap_err().reason, Reason::Over);

    let lost = Program::new(|| (Mutex::new(false), Condvar::new()))
        .thread(|(mutex, condvar)| {
            let guard = mutex.lock().unwrap();
            drop(condvar.wait(guard));
        })
        .thread(|(_, condvar)| condvar.notify_one());
    let graph = walk(&lost, Memory::Interleaved);
    let late = &graph.states[graph.follow([Run(1), Run(0), Run(0)]).unwrap().end()];
    assert_eq!(late.end, Some(End::WaitsForEver));
    assert_eq!(late.objects[1], Holds::Condvar { waiting: vec![0] });
    assert!(graph.follow([Run(1), Run(0), Run(0), Otherwise(0, 1)]).is_ok(), "it may wake up by chance");
    let woken = graph.follow([Run(0), Run(0), Run(1), Run(0), Run(0), Run(0)]).unwrap();
    assert_eq!(graph.states[woken.end()].end, Some(End::Outcome(vec![])));

    let panics = Program::new(AtomicU64::default).threads(2, |x, _| assert_eq!(x.fetch_add(1, Relaxed), 0, "late"));
    let graph = walk(&panics, Memory::Interleaved);
    assert_eq!(graph.start().ends.iter().collect::<Vec<_>>(), [(&End::Panic, &Some(2))]);

    // SAFETY: none. The race is what is looked for.
    let race = Program::new(RacyCell::default).threads(2, |cell, _| unsafe { cell.write(1) });
    let graph = walk(&race, Memory::Interleaved);
    assert_eq!((graph.states.len(), &graph.start().end), (1, &Some(End::DataRace)));
    assert!(graph.start().threads.iter().all(|thread| thread.standing == Standing::Ready), "both are about to write");
    assert_eq!(graph.follow([Run(0)]).unwrap_err().to_string(), "step 1: the execution has already ended");
}

#[test]
fn a_deadlock_ends_where_no_thread_can_step_and_not_where_it_has_become_certain() {
    let program = Program::new(|| (Mutex::new(0u64), Mutex::new(0u64), AtomicU64::default()))
        .thread(|(a, b, x)| {
            let _a = a.lock();
            x.store(1, Relaxed);
            let _b = b.lock();
        })
        .thread(|(a, b, _)| {
            let (_b, _a) = (b.lock(), a.lock());
        });
    let graph = walk(&program, Memory::Interleaved);
    let certain = &graph.states[graph.follow([Run(0), Run(1)]).unwrap().end()];
    assert_eq!((&certain.end, certain.ends.keys().collect::<Vec<_>>()), (&None, vec![&End::Deadlock]));
    let stuck = &graph.states[graph.follow([Run(0), Run(1), Run(0)]).unwrap().end()];
    assert_eq!(stuck.end, Some(End::Deadlock));
}

#[test]
fn a_livelock_ends_wherever_it_goes_round() {
    let program = Program::new(<(AtomicBool, AtomicBool)>::default)
        .thread(|(x, y)| while !x.load(Relaxed) || !y.load(Relaxed) {});
    assert_eq!(walk(&program, Memory::Interleaved).start().end, Some(End::WaitsForEver));
    let turns =
        Program::new(<(AtomicBool, AtomicBool)>::default).thread(|(x, y)| while !x.load(Relaxed) & !y.load(Relaxed) {});
    let graph = walk(&turns, Memory::Interleaved);
    assert_eq!(graph.states.len(), 2);
    for state in &graph.states {
        assert_eq!((&state.end, state.steps.len()), (&Some(End::WaitsForEver), 1));
    }
}

#[test]
fn a_program_with_more_states_than_the_bound_is_refused() {
    let program = (counter("load-store").program)(Size { threads: 2, increments: 3 });
    let bounds = Bounds { states: 100, ..Bounds::default() };
    assert_eq!(Walk::within(&program, Memory::Interleaved, &bounds).err(), Some(Bound::States(100)));
    assert!(Walk::within(&program, Memory::Interleaved, &Bounds { states: 1000, ..bounds }).is_ok());
    assert!(matches!(Walk::new(&program, Memory::Cpp20).err(), Some(Bound::Unsupported(_))));
}
