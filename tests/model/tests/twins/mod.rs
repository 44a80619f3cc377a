//! Each verdict's twin: what is broken by one thing must be refused, and for the right reason.

mod counters;
mod new;

use crate::sync::atomic::AtomicU64;
use crate::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use crate::sync::{Counter, Counting, RacyCell, program, thread};
use counters::{Crossed, Doubled, Forgotten, Fragile, Ignored, Kept, OwnMutexes, Spin, StrongLoadStore};
use explorer::{Bounds, Main, Memory, explore};
use model::algorithms::Tickets;
use model::size::Size;
use model::subjects::{self, Subject};
use model::verdict::{self, Judgement, Verdict};
use new::{Guarded, Hesitates, Looks, Mute};

type Make = fn(Size) -> Counting;

/// Judges a counter as one of a lab is judged.
fn judge(program: Make, size: Size) -> Judgement {
    judge_within(program, size, &Bounds::default())
}

fn judge_within(program: Make, size: Size, bounds: &Bounds) -> Judgement {
    let subject = Subject { program, ..*subjects::of("spin").unwrap() };
    verdict::judge(&subject, size, bounds)
}

fn of<C: Counter + Default>(size: Size) -> Counting {
    program(move || Box::new(C::for_threads(size.threads)), size)
}

const SIZES: [Size; 3] = [Size::new(2, 1), Size::new(2, 2), Size::new(3, 1)];

#[test]
fn a_counter_with_one_fault_is_refused_for_that_fault() {
    use Verdict::{CanEndWrong, CanLose, DataRace, Deadlock, Panics, WaitsForEver};
    let cases: [(&str, Verdict, &[u64], Make); 11] = [
        ("SeqCst load, SeqCst store", CanLose, &[1, 2], of::<StrongLoadStore>),
        ("failure ignored", CanLose, &[1, 2], of::<Ignored>),
        ("counts twice", CanEndWrong, &[4], of::<Doubled>),
        ("relaxed lock and unlock", DataRace, &[], |size| program(|| Box::new(Spin::new(Relaxed, Relaxed)), size)),
        ("relaxed lock", DataRace, &[], |size| program(|| Box::new(Spin::new(Relaxed, Release)), size)),
        ("relaxed unlock", DataRace, &[], |size| program(|| Box::new(Spin::new(Acquire, Relaxed)), size)),
        ("one thread forgets the lock", DataRace, &[], of::<Forgotten>),
        ("a mutex for each thread", CanLose, &[1, 2], |size| {
            program(move || Box::new(OwnMutexes::new(size.threads)), size)
        }),
        ("two mutexes crosswise", Deadlock, &[2], of::<Crossed>),
        ("lock never given back", WaitsForEver, &[], of::<Kept>),
        ("panics", Panics, &[], of::<Fragile>),
    ];
    for (what, verdict, finals, program) in cases {
        let judgement = judge(program, Size::new(2, 1));
        assert_eq!(judgement.verdict, verdict, "{what}: {}", judgement.claim);
        assert_eq!(judgement.finals.iter().copied().collect::<Vec<_>>(), finals, "{what}");
        assert!(judgement.claim.contains("2 threads x 1 increment"), "{}", judgement.claim);
    }
}

#[test]
fn a_race_that_only_weak_memory_has_is_found_under_cpp20_alone() {
    let judgement = judge(|size| program(|| Box::new(Spin::new(Acquire, Relaxed)), size), Size::new(2, 1));
    let races = Memory::ALL.map(|memory| judgement.under(memory).race().is_some());
    assert_eq!(races, [false, false, true]);
}

/// The counters that differ from these by one thing pass.
#[test]
fn a_counter_without_a_fault_passes() {
    let cases: [(&str, Make); 6] = [
        ("acquire and release", |size| program(|| Box::new(Spin::new(Acquire, Release)), size)),
        ("stronger than needed", |size| program(|| Box::new(Spin::new(AcqRel, Release)), size)),
        ("tickets", of::<Tickets>),
        ("looks, then swaps", of::<Looks>),
        ("waits without a hint", of::<Mute>),
        ("mutex", of::<Guarded>),
    ];
    for (what, program) in cases {
        for size in SIZES {
            let judgement = judge(program, size);
            assert_eq!(judgement.verdict, Verdict::LosesNone, "{what} {size}: {}", judgement.claim);
        }
    }
    assert_eq!(judge(of::<Hesitates>, Size::new(2, 2)).finals, [2, 3, 4].into());
}

/// When a reduction adds up its parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Adds {
    AfterJoin,
    TooEarly,
}

/// A reduction: each thread counts in a cell of its own, and the thread that started them adds up.
fn reduction<C: Sync + 'static>(
    adds: Adds,
    new: fn(u64) -> C,
    write: fn(&C, u64),
    read: fn(&C) -> u64,
) -> (Vec<Vec<u64>>, bool) {
    let main = Main::new(move || {
        let cells = [new(0), new(0)];
        let sum = || cells.iter().map(read).sum::<u64>();
        thread::scope(|scope| {
            for cell in &cells {
                scope.spawn(move || write(cell, 3));
            }
            if adds == Adds::TooEarly { Some(sum()) } else { None }
        })
        .unwrap_or_else(sum)
    });
    let report = explore(&main, Memory::Cpp20);
    (report.finals(), report.race().is_some())
}

#[test]
fn a_reduction_adds_up_after_the_threads_have_ended() {
    let atomic =
        |adds| reduction(adds, AtomicU64::new, |cell, value| cell.store(value, Relaxed), |cell| cell.load(Relaxed));
    let plain = |adds| {
        // SAFETY: none is needed: the explorer looks for races.
        let write = |cell: &RacyCell, value| unsafe { cell.write(value) };
        // SAFETY: as above.
        let read = |cell: &RacyCell| unsafe { cell.read() };
        reduction(adds, RacyCell::new, write, read)
    };
    assert_eq!(atomic(Adds::AfterJoin), (vec![vec![6]], false));
    assert_eq!(atomic(Adds::TooEarly), (vec![vec![0], vec![3], vec![6]], false));
    assert_eq!(plain(Adds::AfterJoin), (vec![vec![6]], false));
    assert!(plain(Adds::TooEarly).1);
}

/// A counter over an atomic of the standard library, which the explorer cannot see.
#[test]
fn a_thread_that_the_explorer_does_not_see_is_not_decided() {
    #[derive(Default)]
    struct HalfHidden(AtomicU64);
    impl Counter for HalfHidden {
        fn increment(&self, thread: usize) {
            if thread == 0 {
                self.0.fetch_add(1, Relaxed);
            }
        }
        fn value(&self) -> u64 {
            self.0.load(Relaxed) + 1
        }
    }
    let judgement = judge(of::<HalfHidden>, Size::new(2, 1));
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.claim.contains("thread 2 performed no operation of crate::sync"), "{}", judgement.claim);
}

#[test]
fn a_bound_that_is_reached_is_not_decided() {
    let few = Bounds { states: 20, ..Bounds::default() };
    let judgement = judge_within(of::<Tickets>, Size::new(2, 2), &few);
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.claim.starts_with("Not decided for 2 threads x 2 increments: under one memory, more than 20"));
    assert_eq!(judge(of::<Tickets>, Size::new(2, 2)).verdict, Verdict::LosesNone);
}

/// A finding stands, however the exploration ends.
#[test]
fn a_lost_update_stands_beside_a_panic() {
    #[derive(Default)]
    struct LosesThenPanics(AtomicU64);
    impl Counter for LosesThenPanics {
        fn increment(&self, _thread: usize) {
            let seen = self.0.load(Relaxed);
            assert_eq!(seen, 0, "no thread was first");
            self.0.store(seen + 1, Relaxed);
        }
        fn value(&self) -> u64 {
            self.0.load(Relaxed)
        }
    }
    let judgement = judge(of::<LosesThenPanics>, Size::new(2, 1));
    assert!(judgement.under(Memory::Interleaved).panic().is_some());
    assert_eq!((judgement.verdict, judgement.finals), (Verdict::CanLose, [1].into()));
}
