//! Threads that run the same code: with and without exploring them together, everything must be the same.

use crate::random::{Kinds, Random, group};
use crate::shortcuts::programs;
use explorer::sync::atomic::AtomicU64;
use explorer::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use explorer::sync::{Condvar, Mutex, RacyCell};
use explorer::{
    Act, Bound, Bounds, Finding, Memory, Problem, Program, ReadsFrom, Report, Schedule, ScheduleStep, Shortcuts,
    Subject, Verdict, WaitsFor, explore, explore_with,
};
use model::size::Size;
use model::subjects;
use std::fmt::Debug;

/// Everything that must be the same: for each outcome, the number of schedules, and the steps and switches of the
/// example; the number of executions; and for each problem its kind and the number of steps.
type Summary = (Vec<(Vec<u64>, Option<u128>, usize, usize)>, Option<usize>, Vec<(u8, usize)>);

fn summary(report: &Report) -> Summary {
    let outcomes = report.outcomes.iter().map(|(values, outcome)| {
        (values.clone(), outcome.schedules, outcome.example.len(), switches(&outcome.example))
    });
    let findings = report.findings.iter().map(|finding| {
        let kind = match finding.problem {
            Problem::DataRace { .. } => 0,
            Problem::Panic { .. } => 1,
            Problem::Deadlock { .. } => 2,
            Problem::WaitsForEver { .. } => 3,
        };
        (kind, finding.schedule.len())
    });
    (outcomes.collect(), report.executions, findings.collect())
}

fn switches(schedule: &Schedule) -> usize {
    schedule.windows(2).filter(|pair| pair[0].thread != pair[1].thread).count()
}

/// Checks that each value that a step reads is there, and that locks are held by one thread.
fn check(schedule: &Schedule, memory: Memory, context: &dyn Debug) {
    let mut holders = [None; 16];
    for (index, step) in schedule.iter().enumerate() {
        if let (Some(read), Some(ReadsFrom::Step(from))) = (step.read, step.reads_from) {
            let write = &schedule[from];
            assert_eq!((write.object, write.written), (step.object, Some(read)), "{context:?}: step {index}");
            let writes = |other: &ScheduleStep| other.object == step.object && other.written.is_some();
            let last = schedule[..index].iter().rposition(writes);
            assert!(memory != Memory::Interleaved || last == Some(from), "{context:?}: step {index}");
        }
        match (step.act, step.object) {
            (Act::Lock, Some(object)) => assert_eq!(holders[object].replace(step.thread), None, "{context:?}"),
            (Act::TryLock, Some(object)) if step.succeeded == Some(true) => {
                assert_eq!(holders[object].replace(step.thread), None, "{context:?}");
            }
            // The condition variable's step does not name the mutex that it unlocks.
            (Act::Wait, _) => {
                holders.iter_mut().filter(|holder| **holder == Some(step.thread)).for_each(|holder| *holder = None)
            }
            (Act::Unlock, Some(object)) => assert_eq!(holders[object].take(), Some(step.thread), "{context:?}"),
            _ => {}
        }
    }
}

/// Checks that threads which wait for a notification are those that have begun to wait in the schedule.
fn check_waiting(finding: &Finding, context: &dyn Debug) {
    let (Problem::Deadlock { cycle: waiting } | Problem::WaitsForEver { waiting }) = &finding.problem else { return };
    for waiting in waiting {
        if let WaitsFor::Notification { .. } = waiting.waits_for {
            let last = finding.schedule.iter().rfind(|step| step.thread == waiting.thread && step.act != Act::Flush);
            assert_eq!(last.map(|step| step.act), Some(Act::Wait), "{context:?}: {finding}");
        }
    }
}

/// How many explorations were compared, and how many had fewer states.
#[derive(Default, Debug)]
struct Compared {
    all: usize,
    fewer: usize,
}

impl Compared {
    fn add(&mut self, subject: &dyn Subject, context: &dyn Debug) {
        let bounds = Bounds { states: 20_000, ..Bounds::default() };
        for memory in Memory::ALL {
            let [with, without] = [true, false].map(|symmetry| {
                let shortcuts = Shortcuts { symmetry, graphs: usize::MAX, ..Shortcuts::default() };
                explore_with(subject, memory, &bounds, shortcuts)
            });
            if without.bound.is_some() {
                continue;
            }
            assert_eq!(summary(&with), summary(&without), "{context:?} {memory:?}");
            for report in [&with, &without] {
                report.outcomes.values().for_each(|outcome| check(&outcome.example, memory, context));
                for finding in &report.findings {
                    check(&finding.schedule, memory, context);
                    check_waiting(finding, context);
                }
            }
            assert!(with.states <= without.states, "{context:?} {memory:?}");
            self.all += 1;
            self.fewer += usize::from(with.states < without.states);
        }
    }
}

#[test]
fn counters_are_the_same_with_threads_that_are_explored_together() {
    let mut compared = Compared::default();
    for counter in subjects::all() {
        for [threads, increments] in [[2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [4, 1]] {
            let size = Size::new(threads, increments as u64);
            compared.add(&(counter.program)(size), &(counter.variant, size));
        }
    }
    assert!(compared.all > 200 && compared.fewer > 150, "{compared:?}");
}

#[test]
fn random_programs_are_the_same_with_threads_that_are_explored_together() {
    let (mut random, mut compared) = (Random(0x5678_9abc_def1_2345), Compared::default());
    for number in 0..600 {
        let kinds = Kinds::random(&mut random);
        let (count, rounds, length) = (2 + random.below(2) as usize, 1 + random.below(2), 1 + random.below(4));
        let instructions = random.instructions(kinds, length);
        let others: Vec<_> = (0..random.below(2)).map(|_| random.instructions(kinds, 2)).collect();
        let program = group(count, rounds, &instructions, &others);
        compared.add(&program, &(number, count, rounds, instructions, others));
    }
    assert!(compared.all > 1_500 && compared.fewer > 1_400, "{compared:?}");
}

#[test]
fn programs_of_all_kinds_are_the_same_with_threads_that_are_explored_together() {
    let mut compared = Compared::default();
    for (name, subject) in programs() {
        compared.add(&*subject, &name);
    }
    assert!(compared.all > 50, "{compared:?}");
}

/// Threads that do three operations. The third one of the first thread is another one if `differs`.
fn three_operations(differs: bool) -> Program<[AtomicU64; 2]> {
    Program::new(<[AtomicU64; 2]>::default)
        .threads(3, move |[x, y], me| {
            x.fetch_add(1, Relaxed);
            if y.load(Relaxed) == 0 {
                y.store(if differs && me == 0 { 2 } else { 1 }, Relaxed);
            }
        })
        .end(|[x, y]| [x.load(Relaxed), y.load(Relaxed)])
}

#[test]
fn a_thread_whose_number_matters_late_is_noticed() {
    let mut compared = Compared::default();
    compared.add(&three_operations(false), &"the same");
    assert_eq!((compared.all, compared.fewer), (3, 3));
    compared.add(&three_operations(true), &"different");
    assert_eq!((compared.all, compared.fewer), (6, 3));
    for memory in Memory::ALL {
        assert_eq!(explore(&three_operations(false), memory).finals(), [[3, 1]], "{memory:?}");
        assert_eq!(explore(&three_operations(true), memory).finals(), [[3, 1], [3, 2]], "{memory:?}");
    }
}

/// Threads that wait for ever, but for the second one if `differs`, which gives up after very many rounds.
fn waits_for_ever(differs: bool) -> impl Subject {
    Program::new(AtomicU64::default).threads(2, move |x, me| {
        let mut rounds = 0;
        while x.load(Relaxed) == 0 {
            rounds += 1;
            if differs && me == 1 && rounds > 5_000 {
                return;
            }
        }
    })
}

#[test]
fn a_thread_that_waits_less_long_than_the_others_is_noticed() {
    for memory in Memory::ALL {
        assert!(explore(&waits_for_ever(false), memory).hang().is_some(), "{memory:?}");
        let verdict = explore(&waits_for_ever(true), memory).verdict();
        assert!(matches!(verdict, Verdict::NotDecided(Bound::LongLoop { .. })), "{memory:?}: {verdict:?}");
    }
}

#[test]
fn threads_that_return_values_are_not_interchangeable() {
    let program = Program::new(AtomicU64::default).threads(3, |x, _| x.fetch_add(1, Relaxed));
    for memory in Memory::ALL {
        let finals = explore(&program, memory).finals();
        assert_eq!(finals, [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]], "{memory:?}");
    }
}

#[test]
fn more_threads_need_few_more_states() {
    let states = |threads, memory| {
        let program = Program::new(AtomicU64::default)
            .threads(threads, |x, _| {
                let seen = x.load(Relaxed);
                x.store(seen + 1, Relaxed);
            })
            .end(|x| x.load(Relaxed));
        let report = explore(&program, memory);
        assert_eq!(report.finals(), (1..=threads as u64).map(|value| vec![value]).collect::<Vec<_>>());
        (report.states, report.outcomes.values().filter_map(|outcome| outcome.schedules).sum::<u128>())
    };
    // 16 operations in 8 threads: 16! / 2^8 schedules.
    let (states_of_8, schedules) = states(8, Memory::Interleaved);
    assert_eq!(schedules, 81_729_648_000);
    assert!(states_of_8 < 5_000, "{states_of_8}");
    assert!(Memory::ALL.iter().all(|&memory| states(5, memory).0 < 1_000));
}

#[test]
fn interchangeable_threads_begin_in_the_order_of_their_numbers() {
    let program = Program::new(AtomicU64::default)
        .threads(4, |x, _| {
            let seen = x.load(Relaxed);
            x.store(seen + 1, Relaxed);
        })
        .end(|x| x.load(Relaxed));
    for memory in Memory::ALL {
        for outcome in explore(&program, memory).outcomes.values() {
            let mut begun: Vec<usize> = outcome.example.iter().map(|step| step.thread).collect();
            let mut seen = Vec::new();
            begun.retain(|thread| {
                !seen.contains(thread) && {
                    seen.push(*thread);
                    true
                }
            });
            assert_eq!(begun, [0, 1, 2, 3], "{memory:?}");
        }
    }
}

#[test]
fn a_hang_names_the_threads_of_its_schedule() {
    let keeps_the_lock = Program::new(<(Mutex<u64>, AtomicU64)>::default).threads(3, |(lock, x), _| {
        x.fetch_add(1, Relaxed);
        std::mem::forget(lock.lock().unwrap());
        x.fetch_add(1, Relaxed);
    });
    for memory in Memory::ALL {
        let report = explore(&keeps_the_lock, memory);
        let hang = report.hang().expect("two threads wait for the lock");
        let Problem::WaitsForEver { waiting } = &hang.problem else { panic!("{hang}") };
        let locks: Vec<_> = hang.schedule.iter().filter(|step| step.act == Act::Lock).map(|step| step.thread).collect();
        let [holder] = locks[..] else { panic!("{hang}") };
        let others: Vec<_> = (0..3).filter(|&thread| thread != holder).collect();
        assert_eq!(waiting.iter().map(|waiting| waiting.thread).collect::<Vec<_>>(), others, "{memory:?}");
        let held = WaitsFor::Lock { object: 0, holders: vec![holder] };
        assert!(waiting.iter().all(|waiting| waiting.waits_for == held), "{hang}");
    }
}

#[test]
fn a_race_names_the_threads_of_its_schedule() {
    let racy = Program::new(<(AtomicU64, RacyCell)>::default).threads(3, |(x, data), _| {
        // Only the threads that come second and third access the data.
        if x.fetch_add(1, Relaxed) > 0 {
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { data.write(1) };
        }
    });
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        let report = explore(&racy, memory);
        let race = report.race().expect("two threads write");
        let Problem::DataRace { accesses } = &race.problem else { panic!("{race}") };
        let second_and_third: Vec<_> = race
            .schedule
            .iter()
            .filter(|step| step.read.is_some_and(|read| read > 0))
            .map(|step| step.thread)
            .collect();
        let mut racing = accesses.each_ref().map(|access| access.thread);
        racing.sort_unstable();
        assert_eq!(racing, [1, 2], "{race}");
        assert_eq!(second_and_third.len(), 2, "{race}");
    }
}

#[test]
fn a_panic_names_the_thread_of_its_schedule() {
    let panics = Program::new(<(AtomicU64, AtomicU64)>::default).threads(3, |(x, y), _| {
        let place = x.fetch_add(1, Relaxed);
        y.load(Acquire);
        assert!(place != 1, "the second");
        y.store(1, Release);
    });
    for memory in Memory::ALL {
        let report = explore(&panics, memory);
        let panic = report.panic().expect("one is the second");
        let second = panic.schedule.iter().find(|step| step.read == Some(1) && step.object == Some(0)).unwrap();
        let Problem::Panic { thread, .. } = panic.problem else { panic!("{panic}") };
        assert_eq!(thread, Some(second.thread), "{memory:?}");
    }
}

#[test]
fn any_of_several_waiting_threads_can_be_notified() {
    let program = Program::new(<(Mutex<u64>, Condvar, AtomicU64)>::default)
        .threads(2, |(lock, changed, woken), _| {
            drop(changed.wait_while(lock.lock().unwrap(), |tickets| *tickets == 0).unwrap());
            woken.fetch_add(1, Relaxed);
        })
        .thread(|(lock, changed, _)| {
            *lock.lock().unwrap() += 1;
            changed.notify_one();
        })
        .end(|(_, _, woken)| woken.load(Relaxed));
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        let report = explore(&program, memory);
        assert!(report.hang().is_some(), "one thread is never notified: {report}");
        let mut compared = Compared::default();
        compared.add(&program, &memory);
        assert!(compared.fewer >= 2);
    }
}
