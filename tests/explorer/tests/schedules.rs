//! Schedules: what their steps say of values, and of where they come from.

use explorer::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::{AtomicBool, AtomicU64};
use explorer::{Act, Memory, Program, ReadsFrom, Schedule, Subject, explore};

fn example(subject: &dyn Subject, memory: Memory, outcome: &[u64]) -> Schedule {
    let report = explore(subject, memory);
    report.outcomes.get(outcome).unwrap_or_else(|| panic!("{outcome:?} is not in {report}")).example.clone()
}

/// For each step that reads, the thread, the value, and where it comes from.
fn reads(schedule: &Schedule) -> Vec<(usize, u64, ReadsFrom)> {
    let read = |step: &explorer::ScheduleStep| Some((step.thread, step.read?, step.reads_from?));
    schedule.iter().filter_map(read).collect()
}

fn message_passing() -> impl Subject {
    Program::new(<(AtomicU64, AtomicBool)>::default)
        .thread(|(data, ready)| {
            data.store(1, Relaxed);
            ready.store(true, Relaxed);
        })
        .thread(|(data, ready)| [u64::from(ready.load(Relaxed)), data.load(Relaxed)])
}

#[test]
fn under_cpp20_a_load_names_the_old_store_that_it_reads() {
    let schedule = example(&message_passing(), Memory::Cpp20, &[1, 0]);
    let ready = schedule.iter().position(|step| step.object == Some(1) && step.act == Act::Store).unwrap();
    assert_eq!(reads(&schedule), [(1, 1, ReadsFrom::Step(ready)), (1, 0, ReadsFrom::FirstValue)]);
    assert!(schedule.iter().all(|step| step.value_after.is_none()));
    assert!(schedule.last().unwrap().to_string().starts_with("T2 loads #0, reads 0 from the beginning, Relaxed ("));
}

#[test]
fn under_one_memory_a_load_names_the_last_store() {
    let schedule = example(&message_passing(), Memory::Interleaved, &[1, 1]);
    assert_eq!(reads(&schedule), [(1, 1, ReadsFrom::Step(1)), (1, 1, ReadsFrom::Step(0))]);
    assert_eq!(schedule.iter().map(|step| step.value_after).collect::<Vec<_>>(), [Some(1); 4]);
}

#[test]
fn a_buffered_store_is_read_by_its_own_thread_before_it_reaches_memory() {
    let program = Program::new(<(AtomicU64, AtomicU64)>::default)
        .thread(|(x, y)| {
            x.store(1, Release);
            [x.load(Relaxed), y.load(Acquire)]
        })
        .thread(|(x, y)| {
            y.store(1, Release);
            [y.load(Relaxed), x.load(Acquire)]
        });
    let schedule = example(&program, Memory::StoreBuffers, &[1, 0, 1, 0]);
    let store = schedule.iter().position(|step| step.thread == 0 && step.act == Act::Store).unwrap();
    let flush = schedule.iter().position(|step| step.thread == 0 && step.act == Act::Flush).unwrap();
    assert_eq!((schedule[store].value_after, schedule[flush].value_after), (Some(0), Some(1)));
    assert!(reads(&schedule).contains(&(0, 1, ReadsFrom::Step(store))));
    assert_eq!(reads(&schedule).iter().filter(|(_, _, from)| *from == ReadsFrom::FirstValue).count(), 2);
}

/// How often a schedule goes from one thread to another.
fn switches(schedule: &Schedule) -> usize {
    schedule.windows(2).filter(|pair| pair[0].thread != pair[1].thread).count()
}

#[test]
fn an_example_switches_between_threads_as_rarely_as_possible() {
    let increments = |threads| {
        Program::new(AtomicU64::default)
            .threads(threads, |x, _| {
                for _ in 0..2 {
                    let seen = x.load(Relaxed);
                    x.store(seen + 1, Relaxed);
                }
            })
            .end(|x| x.load(Relaxed))
    };
    // Nothing is lost if each thread runs to its end. Around both increments of another thread both are lost. To lose
    // only one, the other thread must stop between its increments.
    let expected = [(2, 4, 1), (2, 2, 2), (2, 3, 3), (3, 6, 2), (3, 4, 3), (3, 5, 4)];
    for (threads, value, fewest) in expected {
        let schedule = example(&increments(threads), Memory::Interleaved, &[value]);
        assert_eq!((schedule.len(), switches(&schedule)), (threads * 4, fewest), "{threads} threads, {value}");
    }
}

#[test]
fn an_exchange_says_whether_it_succeeded() {
    let program =
        Program::new(AtomicU64::default).threads(2, |x, _| u64::from(x.compare_exchange(0, 1, SeqCst, SeqCst).is_ok()));
    for memory in Memory::ALL {
        let schedule = example(&program, memory, &[1, 0]);
        let steps: Vec<_> =
            schedule.iter().map(|step| (step.thread, step.read, step.written, step.succeeded)).collect();
        let expected = [(0, Some(0), Some(1), Some(true)), (1, Some(1), None, Some(false))];
        assert_eq!(steps, expected, "{memory:?}");
    }
}

#[test]
fn rounds_in_vain_do_not_confuse_where_values_come_from() {
    let program = Program::new(<(AtomicU64, AtomicU64)>::default)
        .thread(|(x, y)| {
            while x.load(Acquire) == 0 {}
            y.store(5, Release);
        })
        .thread(|(x, y)| {
            x.store(1, Release);
            while y.load(Acquire) == 0 {}
            y.load(Relaxed)
        });
    for memory in Memory::ALL {
        let schedule = example(&program, memory, &[5]);
        for step in &schedule {
            if let (Some(read), Some(ReadsFrom::Step(index))) = (step.read, step.reads_from) {
                assert_eq!((schedule[index].written, schedule[index].object), (Some(read), step.object), "{memory:?}");
            }
        }
    }
}

/// Two increments by exchanges that are tried again.
fn exchanges(weak: bool) -> impl Subject {
    Program::new(AtomicU64::default)
        .threads(2, move |x, _| {
            let exchange = if weak { AtomicU64::compare_exchange_weak } else { AtomicU64::compare_exchange };
            let mut seen = x.load(Relaxed);
            while let Err(now) = exchange(x, seen, seen + 1, Relaxed, Relaxed) {
                seen = now;
            }
        })
        .end(|x| x.load(Relaxed))
}

#[test]
fn failures_by_chance_are_not_counted_as_schedules() {
    let counts = |weak| explore(&exchanges(weak), Memory::Interleaved).schedules(&[2]);
    // 2 without contention, and 4 in which both threads load first: the second exchange fails once and is tried again.
    assert_eq!((counts(false), counts(true)), (Some(6), Some(6)));
    let once =
        Program::new(AtomicU64::default).thread(|x| u64::from(x.compare_exchange_weak(0, 1, Relaxed, Relaxed).is_ok()));
    let report = explore(&once, Memory::Interleaved);
    assert_eq!((report.schedules(&[1]), report.schedules(&[0])), (Some(1), Some(0)));
}
