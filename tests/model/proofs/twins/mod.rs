//! Each proof's twin: what is broken by one thing must be refused, and for the right reason.

mod counters;
mod new;

use crate::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use crate::sync::{Counter, RacyCell, atomic::AtomicU64};
use counters::{Crossed, Doubled, Forgotten, Fragile, Ignored, Kept, OwnMutexes, Spin, StrongLoadStore};
use model::counting::{Execute, Size, execute};
use model::exploration::{End, Limits};
use model::subjects::{self, Subject};
use model::verdict::{self, Judgement, Verdict};
use model::waiting::Waiting;
use new::{Guarded, Hesitates, Looks, Mute, Tickets};
use std::sync::Arc;
use std::time::Duration;

/// As a lab's counter is judged.
fn judge(execute: Execute, size: Size) -> Judgement {
    judge_within(execute, size, &Limits::default())
}

fn judge_within(execute: Execute, size: Size, limits: &Limits) -> Judgement {
    let subject = Subject { execute, ..*subjects::of("spin").unwrap() };
    verdict::judge(&subject, size, limits)
}

#[test]
fn what_is_broken_by_one_thing_is_refused_for_that_reason() {
    use Verdict::{CanEndWrong, CanLose, DataRace, Deadlock, Inconclusive, Panics};
    let two_by_one = Size::new(2, 1);
    let cases: [(&str, Verdict, &[u64], Execute); 13] = [
        ("SeqCst load, SeqCst store", CanLose, &[1, 2], |size| execute(|_| StrongLoadStore::default(), size)),
        ("failure ignored", CanLose, &[1, 2], |size| execute(|_| Ignored::default(), size)),
        ("counts twice", CanEndWrong, &[4], |size| execute(|_| Doubled::default(), size)),
        ("relaxed lock and unlock", DataRace, &[], |size| execute(|_| Spin::new(Relaxed, Relaxed), size)),
        ("relaxed lock", DataRace, &[], |size| execute(|_| Spin::new(Relaxed, Release), size)),
        ("relaxed unlock", DataRace, &[], |size| execute(|_| Spin::new(Acquire, Relaxed), size)),
        ("one thread forgets the lock", DataRace, &[], |size| execute(|_| Forgotten::default(), size)),
        ("a mutex for each thread", CanLose, &[1, 2], |size| execute(OwnMutexes::new, size)),
        ("two mutexes crosswise", Deadlock, &[2], |size| execute(|_| Crossed::default(), size)),
        ("lock never given back", Inconclusive, &[], |size| execute(|_| Kept::default(), size)),
        ("panics", Panics, &[], |size| execute(|_| Fragile::default(), size)),
        ("reduction before the end", CanLose, &[0, 1, 2], |size| reduction(size, Reduction::TooEarly)),
        ("reduction of plain memory before the end", DataRace, &[], |size| plain_reduction(size, Reduction::TooEarly)),
    ];
    for (what, verdict, finals, execute) in cases {
        let judgement = judge(execute, two_by_one);
        assert_eq!(judgement.verdict, verdict, "{what}: {}", judgement.claim);
        let races = judgement.weak().1.end == End::DataRace;
        assert_eq!(races, verdict == DataRace, "{what}: a race must be seen with weak memory");
        assert_eq!(judgement.finals.iter().copied().collect::<Vec<_>>(), finals, "{what}");
    }
}

/// And what differs from them by that one thing passes.
#[test]
fn what_is_not_broken_passes() {
    let cases: [(&str, Execute); 4] = [
        ("acquire and release", |size| execute(|_| Spin::new(Acquire, Release), size)),
        ("stronger than needed", |size| execute(|_| Spin::new(AcqRel, Release), size)),
        ("reduction in the end", |size| reduction(size, Reduction::Joined)),
        ("reduction of plain memory in the end", |size| plain_reduction(size, Reduction::Joined)),
    ];
    for (what, execute) in cases {
        for size in [Size::new(2, 1), Size::new(2, 2), Size::new(3, 1)] {
            let judgement = judge(execute, size);
            assert_eq!(judgement.verdict, Verdict::LosesNone, "{what} {size}: {}", judgement.claim);
        }
    }
}

/// What a table would say of a counter, how it waits, is seen; and a thread that waits and does not say so takes no time.
#[test]
fn a_counter_that_no_table_knows_is_judged() {
    use Verdict::{CanLose, Inconclusive, LosesNone};
    use Waiting::{AtMutex, Never, Spinning};
    let cases: [(&str, Verdict, Waiting, Execute); 5] = [
        ("tickets", LosesNone, Spinning, |size| execute(|_| Tickets::default(), size)),
        ("looks, then swaps", LosesNone, Spinning, |size| execute(|_| Looks::default(), size)),
        ("does not say that it waits", Inconclusive, Never, |size| execute(|_| Mute::default(), size)),
        ("mutex", LosesNone, AtMutex, |size| execute(|_| Guarded::default(), size)),
        ("hint in the gap", CanLose, Never, |size| execute(|_| Hesitates::default(), size)),
    ];
    for (what, verdict, waiting, execute) in cases {
        let judgement = judge(execute, Size::new(2, 1));
        assert_eq!((judgement.verdict, judgement.waiting()), (verdict, waiting), "{what}: {}", judgement.claim);
    }
    // A thread that never says that it waits is stopped in one of the first executions, and one that waits by loading has very many.
    let mute = judge(|size| execute(|_| Mute::default(), size), Size::new(3, 1));
    assert!(mute.verdict == Inconclusive && mute.executions() < 10 && mute.explorations.len() == 1, "{}", mute.claim);
    let few = Limits { executions: 500, ..Limits::default() };
    let tickets = judge_within(|size| execute(|_| Tickets::default(), size), Size::new(3, 1), &few);
    assert!(tickets.verdict == Inconclusive && tickets.claim.contains("the limit of executions"), "{}", tickets.claim);
}

/// When the partial results are added up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reduction {
    Joined,
    TooEarly,
}

/// A reduction: each thread counts in a cell of its own, and the one that started them adds up.
fn reduction(size: Size, when: Reduction) -> u64 {
    let cells: Arc<Vec<AtomicU64>> = Arc::new((0..size.threads).map(|_| AtomicU64::new(0)).collect());
    reduce(size, when, &cells, |cell, increments| cell.store(increments, Relaxed), |cell| cell.load(Relaxed))
}

fn plain_reduction(size: Size, when: Reduction) -> u64 {
    let cells: Arc<Vec<RacyCell>> = Arc::new((0..size.threads).map(|_| RacyCell::new(0)).collect());
    // SAFETY: to be found out.
    reduce(size, when, &cells, |cell, increments| unsafe { cell.write(increments) }, |cell| unsafe { cell.read() })
}

fn reduce<C: Sync + 'static>(
    size: Size,
    when: Reduction,
    cells: &Arc<Vec<C>>,
    write: fn(&C, u64),
    read: fn(&C) -> u64,
) -> u64 {
    let threads: Vec<_> = (0..size.threads)
        .map(|thread| {
            let cells = cells.clone();
            loom::thread::spawn(move || {
                model::trace::name_thread(thread + 1);
                write(&cells[thread], size.increments);
            })
        })
        .collect();
    let sum = || cells.iter().map(read).sum();
    let early: Option<u64> = (when == Reduction::TooEarly).then(sum);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    early.unwrap_or_else(sum)
}

/// A counter over an atomic of the standard library, which loom cannot see: whatever it does would pass.
#[test]
fn a_counter_that_the_model_does_not_see_shows_nothing() {
    #[derive(Default)]
    struct Hidden(std::sync::atomic::AtomicU64);
    impl Counter for Hidden {
        fn increment(&self, _thread: usize) {
            let seen = self.0.load(Relaxed);
            self.0.store(seen + 1, Relaxed);
        }
        fn value(&self) -> u64 {
            self.0.load(Relaxed)
        }
    }
    let judgement = judge(|size| execute(|_| Hidden::default(), size), Size::new(2, 1));
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(judgement.claim.contains("performed no operation of crate::sync"), "{}", judgement.claim);
}

/// A thread of the model beside which another one hides.
#[test]
fn one_hidden_thread_is_enough() {
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
    let (_, exploration) =
        model::counting::explore(&Limits::default(), Size::new(2, 1), |size| execute(|_| HalfHidden::default(), size));
    assert_eq!(exploration.end, End::Unmodelled("thread 2 performed no operation of crate::sync".into()));
}

/// A limit that is reached never passes.
#[test]
fn an_exploration_that_a_limit_ends_is_inconclusive() {
    let fetch_add = subjects::of("fetch-add").unwrap().execute;
    for (limits, word) in [
        (Limits { time: Duration::ZERO, ..Limits::default() }, "the time limit"),
        (Limits { branches: 3, ..Limits::default() }, "the limit of operations"),
        (Limits { executions: 3, ..Limits::default() }, "the limit of executions"),
    ] {
        let judgement = judge_within(fetch_add, Size::new(2, 2), &limits);
        assert_eq!(judgement.verdict, Verdict::Inconclusive);
        assert!(judgement.claim.starts_with("Not decided") && judgement.claim.contains(word), "{}", judgement.claim);
    }
}

/// And what was found before the end stands.
#[test]
fn a_finding_stands_however_the_exploration_ends() {
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
    let judgement = judge(|size| execute(|_| LosesThenPanics::default(), size), Size::new(2, 1));
    assert!(matches!(judgement.weak().1.end, End::Panicked(_)));
    assert_eq!((judgement.verdict, judgement.finals), (Verdict::CanLose, [1].into()));
}
