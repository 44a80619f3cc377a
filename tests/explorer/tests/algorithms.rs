//! Algorithms of the literature, each with the orderings that it needs and with weaker ones.

use explorer::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, fence};
use explorer::sync::{RacyCell, hint};
use explorer::{Memory, Problem, Program, Report, Verdict, explore};

/// A counter in plain memory that a lock protects.
fn add_one(count: &RacyCell) {
    // SAFETY: none is needed, because nothing runs at the same time: the explorer looks for races.
    unsafe { count.write(count.read() + 1) };
}

fn value(count: &RacyCell) -> u64 {
    // SAFETY: as in `add_one`.
    unsafe { count.read() }
}

/// The orderings of Peterson's and Dekker's algorithm: entering, looking at the other thread, and leaving.
#[derive(Clone, Copy, Debug)]
struct Orderings {
    enter: Ordering,
    look: Ordering,
    leave: Ordering,
}

const SEQUENTIAL: Orderings = Orderings { enter: SeqCst, look: SeqCst, leave: SeqCst };

/// All orderings in which something that enters or looks is weaker than `SeqCst`.
fn weaker() -> Vec<Orderings> {
    let mut all = Vec::new();
    for enter in [SeqCst, Release, Relaxed] {
        for look in [SeqCst, Acquire, Relaxed] {
            if enter != SeqCst || look != SeqCst {
                all.push(Orderings { enter, look, leave: Release });
            }
        }
    }
    all
}

fn peterson(rounds: u64, Orderings { enter, look, leave }: Orderings) -> impl explorer::Subject {
    Program::new(<([AtomicBool; 2], AtomicUsize, RacyCell)>::default)
        .threads(2, move |(wants, turn, count), me| {
            for _ in 0..rounds {
                let other = 1 - me;
                wants[me].store(true, enter);
                turn.store(other, enter);
                while wants[other].load(look) && turn.load(look) == other {
                    hint::spin_loop();
                }
                add_one(count);
                wants[me].store(false, leave);
            }
        })
        .end(|(_, _, count)| value(count))
}

fn dekker(Orderings { enter, look, leave }: Orderings) -> impl explorer::Subject {
    Program::new(<([AtomicBool; 2], AtomicUsize, RacyCell)>::default)
        .threads(2, move |(wants, turn, count), me| {
            let other = 1 - me;
            wants[me].store(true, enter);
            while wants[other].load(look) {
                if turn.load(look) != me {
                    wants[me].store(false, enter);
                    while turn.load(look) != me {
                        hint::spin_loop();
                    }
                    wants[me].store(true, enter);
                }
            }
            add_one(count);
            turn.store(other, leave);
            wants[me].store(false, leave);
        })
        .end(|(_, _, count)| value(count))
}

fn is_right(report: &Report, right: u64) -> bool {
    report.verdict() == Verdict::NothingFound && report.finals() == [vec![right]]
}

#[test]
fn peterson_and_dekker_are_right_with_seqcst_under_every_memory() {
    for memory in Memory::ALL {
        assert!(is_right(&explore(&peterson(1, SEQUENTIAL), memory), 2), "Peterson, {memory:?}");
        assert!(is_right(&explore(&peterson(2, SEQUENTIAL), memory), 4), "Peterson twice, {memory:?}");
        assert!(is_right(&explore(&dekker(SEQUENTIAL), memory), 2), "Dekker, {memory:?}");
        let leaves_with_release = Orderings { leave: Release, ..SEQUENTIAL };
        assert!(is_right(&explore(&peterson(1, leaves_with_release), memory), 2), "Peterson, {memory:?}");
        assert!(is_right(&explore(&dekker(leaves_with_release), memory), 2), "Dekker, {memory:?}");
    }
}

#[test]
fn peterson_and_dekker_are_wrong_with_anything_weaker() {
    for orderings in weaker() {
        assert!(explore(&peterson(1, orderings), Memory::Cpp20).race().is_some(), "Peterson, {orderings:?}");
        assert!(explore(&dekker(orderings), Memory::Cpp20).race().is_some(), "Dekker, {orderings:?}");
        // No interleaving is wrong: the orderings are what is wrong.
        assert!(is_right(&explore(&peterson(1, orderings), Memory::Interleaved), 2), "Peterson, {orderings:?}");
        assert!(is_right(&explore(&dekker(orderings), Memory::Interleaved), 2), "Dekker, {orderings:?}");
    }
    let leaves_relaxed = Orderings { leave: Relaxed, ..SEQUENTIAL };
    assert!(explore(&peterson(1, leaves_relaxed), Memory::Cpp20).race().is_some());
    assert!(explore(&dekker(leaves_relaxed), Memory::Cpp20).race().is_some());
}

#[test]
fn store_buffers_break_peterson_without_seqcst() {
    let orderings = Orderings { enter: Release, look: Acquire, leave: Release };
    let report = explore(&peterson(1, orderings), Memory::StoreBuffers);
    assert_eq!(report.finals(), [vec![1], vec![2]]);
}

fn seqlock(with_fences: bool, writes: u64) -> impl explorer::Subject {
    Program::new(<(AtomicU64, [AtomicU64; 2])>::default)
        .thread(move |(version, data)| {
            for number in 1..=writes {
                let before = version.load(Relaxed);
                version.store(before + 1, Relaxed);
                if with_fences {
                    fence(Release);
                }
                data[0].store(number, Relaxed);
                data[1].store(number, Relaxed);
                version.store(before + 2, Release);
            }
        })
        .thread(move |(version, data)| {
            loop {
                let before = version.load(Acquire);
                let seen = [data[0].load(Relaxed), data[1].load(Relaxed)];
                if with_fences {
                    fence(Acquire);
                }
                if before.is_multiple_of(2) && version.load(Relaxed) == before {
                    return seen;
                }
                hint::spin_loop();
            }
        })
}

#[test]
fn a_seqlock_needs_its_fences() {
    for memory in Memory::ALL {
        let report = explore(&seqlock(true, 2), memory);
        assert_eq!(report.verdict(), Verdict::NothingFound);
        assert_eq!(report.finals(), [[0, 0], [1, 1], [2, 2]], "{memory:?}");
    }
    assert_eq!(explore(&seqlock(false, 1), Memory::StoreBuffers).finals(), [[0, 0], [1, 1]]);
    let torn = explore(&seqlock(false, 1), Memory::Cpp20).finals();
    assert!(torn.contains(&vec![1, 0]) || torn.contains(&vec![0, 1]), "{torn:?}");
}

fn ticket(threads: usize, rounds: u64, see: Ordering, give: Ordering) -> impl explorer::Subject {
    Program::new(<(AtomicU64, AtomicU64, RacyCell)>::default)
        .threads(threads, move |(next, serving, count), _| {
            for _ in 0..rounds {
                let mine = next.fetch_add(1, Relaxed);
                while serving.load(see) != mine {
                    hint::spin_loop();
                }
                add_one(count);
                serving.store(mine + 1, give);
            }
        })
        .end(|(_, _, count)| value(count))
}

#[test]
fn a_ticket_lock_is_right_and_its_orderings_matter() {
    for memory in Memory::ALL {
        assert!(is_right(&explore(&ticket(3, 2, Acquire, Release), memory), 6), "{memory:?}");
        assert!(is_right(&explore(&ticket(3, 1, Acquire, Release), memory), 3), "{memory:?}");
    }
    for (see, give) in [(Relaxed, Release), (Acquire, Relaxed), (Relaxed, Relaxed)] {
        assert!(explore(&ticket(2, 1, see, give), Memory::Cpp20).race().is_some(), "{see:?} {give:?}");
    }
}

/// How a spin lock is taken and released.
#[derive(Clone, Copy, Debug)]
enum Spin {
    Exchange(Ordering, Ordering),
    WeakExchange,
    Swap,
    Fences,
    FencesSwapped,
    ForgetsToUnlock,
}

fn spin(kind: Spin) -> impl explorer::Subject {
    Program::new(<(AtomicBool, RacyCell)>::default)
        .threads(2, move |(taken, count), me| {
            // None of these loops has a hint.
            match kind {
                Spin::Exchange(take, _) => while taken.compare_exchange(false, true, take, Relaxed).is_err() {},
                Spin::WeakExchange => while taken.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {},
                Spin::Swap => while taken.swap(true, Acquire) {},
                Spin::Fences | Spin::FencesSwapped => while taken.swap(true, Relaxed) {},
                Spin::ForgetsToUnlock => while taken.compare_exchange(false, true, Acquire, Relaxed).is_err() {},
            }
            match kind {
                Spin::Fences => fence(Acquire),
                Spin::FencesSwapped => fence(Release),
                _ => {}
            }
            add_one(count);
            match kind {
                Spin::Exchange(_, give) => taken.store(false, give),
                Spin::WeakExchange | Spin::Swap => taken.store(false, Release),
                Spin::Fences => {
                    fence(Release);
                    taken.store(false, Relaxed);
                }
                Spin::FencesSwapped => {
                    fence(Acquire);
                    taken.store(false, Relaxed);
                }
                Spin::ForgetsToUnlock if me == 0 => taken.store(false, Release),
                Spin::ForgetsToUnlock => {}
            }
        })
        .end(|(_, count)| value(count))
}

#[test]
fn spin_locks_without_a_hint_are_right() {
    for kind in [Spin::Exchange(Acquire, Release), Spin::WeakExchange, Spin::Swap, Spin::Fences] {
        for memory in Memory::ALL {
            assert!(is_right(&explore(&spin(kind), memory), 2), "{kind:?} {memory:?}");
        }
    }
}

#[test]
fn wrong_spin_locks_are_noticed() {
    for kind in [Spin::Exchange(Relaxed, Release), Spin::Exchange(Acquire, Relaxed), Spin::FencesSwapped] {
        assert!(explore(&spin(kind), Memory::Cpp20).race().is_some(), "{kind:?}");
    }
    for memory in Memory::ALL {
        let report = explore(&spin(Spin::ForgetsToUnlock), memory);
        let hang = report.hang().expect("one thread waits for ever");
        let Problem::WaitsForEver { waiting } = &hang.problem else { panic!("{:?}", hang.problem) };
        assert_eq!(waiting.iter().map(|waiting| waiting.thread).collect::<Vec<_>>(), [0]);
    }
}

/// P0982: whether a relaxed store or a relaxed update of the same thread continues a release sequence.
fn release_sequence(by_update: bool) -> impl explorer::Subject {
    Program::new(<(RacyCell, AtomicU64)>::default)
        .thread(move |(data, flag)| {
            add_one(data);
            flag.store(1, Release);
            if by_update {
                flag.fetch_add(1, Relaxed);
            } else {
                flag.store(2, Relaxed);
            }
        })
        .thread(|(data, flag)| if flag.load(Acquire) == 2 { value(data) } else { 9 })
}

#[test]
fn an_update_continues_a_release_sequence_and_a_store_ends_it() {
    assert_eq!(explore(&release_sequence(true), Memory::Cpp20).verdict(), Verdict::NothingFound);
    assert!(explore(&release_sequence(false), Memory::Cpp20).race().is_some());
}

/// Two `SeqCst` fences order accesses, but do not synchronise.
fn fences_alone(with_acquire: bool) -> impl explorer::Subject {
    Program::new(<(RacyCell, AtomicU64, AtomicU64)>::default)
        .thread(|(data, x, y)| {
            add_one(data);
            fence(SeqCst);
            if x.load(Relaxed) == 0 {
                y.store(1, Relaxed);
            }
        })
        .thread(move |(data, x, y)| {
            x.store(1, Relaxed);
            fence(SeqCst);
            if y.load(Relaxed) == 1 {
                if with_acquire {
                    fence(Acquire);
                }
                add_one(data);
            }
        })
}

#[test]
fn seqcst_fences_do_not_synchronise_by_themselves() {
    assert!(explore(&fences_alone(false), Memory::Cpp20).race().is_some());
    assert_eq!(explore(&fences_alone(true), Memory::Cpp20).verdict(), Verdict::NothingFound);
}

/// A counter that gives up after some tries, which is enough for exchanges that fail only if the value has changed.
fn few_tries(weak: bool) -> impl explorer::Subject {
    Program::new(AtomicU64::default)
        .threads(2, move |count, _| {
            let mut seen = count.load(Relaxed);
            for _ in 0..3 {
                let exchange = if weak { AtomicU64::compare_exchange_weak } else { AtomicU64::compare_exchange };
                match exchange(count, seen, seen + 1, AcqRel, Relaxed) {
                    Ok(_) => return,
                    Err(now) => seen = now,
                }
            }
        })
        .end(|count| count.load(Relaxed))
}

#[test]
fn weak_exchanges_fail_by_chance() {
    for memory in Memory::ALL {
        assert_eq!(explore(&few_tries(false), memory).finals(), [[2]], "{memory:?}");
        let report = explore(&few_tries(true), memory);
        assert_eq!(report.finals(), [[0], [1], [2]], "{memory:?}");
        assert!(report.outcomes[&vec![0]].example.iter().any(|step| step.by_chance));
    }
}

/// A thread whose exchange fails, because another thread has published data.
fn failing_exchange(failure: Ordering) -> impl explorer::Subject {
    Program::new(<(RacyCell, AtomicBool)>::default)
        .thread(|(data, published)| {
            add_one(data);
            published.store(true, Release);
        })
        .thread(move |(data, published)| match published.compare_exchange(false, false, AcqRel, failure) {
            Ok(_) => 0,
            Err(_) => value(data),
        })
}

#[test]
fn an_exchange_that_fails_has_its_own_ordering() {
    let report = explore(&failing_exchange(Acquire), Memory::Cpp20);
    assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![0], vec![1]]));
    assert!(explore(&failing_exchange(Relaxed), Memory::Cpp20).race().is_some());
}

/// A node of an MCS lock. Numbers of nodes are one more than their index, and 0 is none.
#[derive(Default)]
struct Node {
    next: AtomicUsize,
    waits: AtomicBool,
}

/// The orderings of an MCS lock (Mellor-Crummey and Scott, "Algorithms for scalable synchronization", 1991).
#[derive(Clone, Copy, Debug)]
struct Mcs {
    /// With which a thread puts itself at the end of the queue, and with which the last thread leaves an empty one.
    queue: [Ordering; 2],
    /// With which a thread tells its predecessor who it is, and with which the predecessor looks.
    next: [Ordering; 2],
    /// With which a thread lets its successor in, and with which the successor looks.
    give: [Ordering; 2],
}

const MCS: Mcs = Mcs { queue: [AcqRel, Release], next: [Release, Acquire], give: [Release, Acquire] };

fn mcs(threads: usize, orderings: Mcs) -> impl explorer::Subject {
    let Mcs { queue, next, give } = orderings;
    Program::new(<(AtomicUsize, [Node; 3], RacyCell)>::default)
        .threads(threads, move |(tail, nodes, count), me| {
            nodes[me].waits.store(true, Relaxed);
            let before = tail.swap(me + 1, queue[0]);
            if before != 0 {
                nodes[before - 1].next.store(me + 1, next[0]);
                while nodes[me].waits.load(give[1]) {
                    hint::spin_loop();
                }
            }
            add_one(count);
            if tail.compare_exchange(me + 1, 0, queue[1], Relaxed).is_ok() {
                return;
            }
            let mut after = nodes[me].next.load(next[1]);
            while after == 0 {
                after = nodes[me].next.load(next[1]);
            }
            nodes[after - 1].waits.store(false, give[0]);
        })
        .end(|(_, _, count)| value(count))
}

#[test]
fn an_mcs_lock_is_right_and_its_orderings_matter() {
    for memory in Memory::ALL {
        assert!(is_right(&explore(&mcs(2, MCS), memory), 2), "{memory:?}");
        assert!(is_right(&explore(&mcs(3, MCS), memory), 3), "{memory:?}");
    }
    let races = [
        Mcs { queue: [Relaxed, Release], ..MCS },
        Mcs { queue: [AcqRel, Relaxed], ..MCS },
        Mcs { give: [Relaxed, Acquire], ..MCS },
        Mcs { give: [Release, Relaxed], ..MCS },
    ];
    for orderings in races {
        let report = explore(&mcs(2, orderings), Memory::Cpp20);
        let schedule = report.race().map(|finding| finding.schedule.len());
        assert!(schedule.is_some_and(|steps| steps > 0), "{orderings:?}: {report}");
        assert!(is_right(&explore(&mcs(2, orderings), Memory::Interleaved), 2), "{orderings:?}");
    }
    // The successor's own store may come after the one that lets it in, and then it waits for ever.
    for next in [[Relaxed, Acquire], [Release, Relaxed]] {
        let report = explore(&mcs(2, Mcs { next, ..MCS }), Memory::Cpp20);
        assert!(report.hang().is_some(), "{next:?}: {report}");
    }
}

/// Three threads that sell two tickets. A thread whose exchange fails gives a hint and loads again.
fn sale(threads: usize, loads_again: bool) -> impl explorer::Subject {
    Program::new(AtomicU64::default)
        .threads(threads, move |sold, _| {
            let mut seen = sold.load(Relaxed);
            while seen < 2 && sold.compare_exchange(seen, seen + 1, Relaxed, Relaxed).is_err() {
                hint::spin_loop();
                if loads_again {
                    seen = sold.load(Relaxed);
                }
            }
        })
        .end(|sold| sold.load(Relaxed))
}

#[test]
fn a_retry_loop_with_a_hint_is_right_if_it_loads_again() {
    for memory in Memory::ALL {
        let report = explore(&sale(3, true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![2]]), "{memory:?}");
        assert!(explore(&sale(3, false), memory).hang().is_some(), "{memory:?}");
    }
}
