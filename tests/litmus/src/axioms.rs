//! The judge: which outcomes C++20 allows, by trying every execution that could be and keeping those that its axioms allow.
//!
//! The axioms are those of RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*, PLDI 2017),
//! whose repair of `SeqCst` went into C++20 (P0668), with two differences, for C++20 is what Rust's atomics follow:
//! - RC11 also forbids cycles of program order and reads-from, and with them load buffering; C++20 does not.
//! - a release sequence goes on through read-modify-writes alone, and no longer through stores of the same thread (P0982).
//!
//! Nothing here knows of a model checker, so that model checkers can be judged by it.

use crate::program::{Instruction, LOCATIONS, Outcome, Program};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// Which cycles are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// C++20, which Rust's atomics follow.
    Cpp20,
    /// The same, and no cycle of program order and reads-from: no load buffering.
    Rc11,
}

/// An access or a fence of a thread; each location's first value is an event of no thread.
struct Event {
    thread: Option<usize>,
    location: Option<usize>,
    reads: bool,
    writes: Option<u64>,
    ordering: Ordering,
}

impl Event {
    fn is_fence(&self) -> bool {
        self.location.is_none()
    }

    fn releases(&self) -> bool {
        matches!(self.ordering, Release | AcqRel | SeqCst) && (self.is_fence() || self.writes.is_some())
    }

    fn acquires(&self) -> bool {
        matches!(self.ordering, Acquire | AcqRel | SeqCst) && (self.is_fence() || self.reads)
    }
}

/// A relation between events: bit `b` of row `a` says that `a` is related to `b`.
#[derive(Clone, PartialEq)]
struct Relation(Vec<u32>);

impl Relation {
    fn of(size: usize, holds: impl Fn(usize, usize) -> bool) -> Self {
        Self((0..size).map(|a| (0..size).filter(|&b| holds(a, b)).fold(0, |row, b| row | 1 << b)).collect())
    }

    fn has(&self, a: usize, b: usize) -> bool {
        self.0[a] >> b & 1 == 1
    }

    fn or(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, two)| one | two).collect())
    }

    /// The one, then the other.
    fn then(&self, other: &Self) -> Self {
        let size = self.0.len();
        let row = |row: &u32| (0..size).filter(|&via| row >> via & 1 == 1).fold(0, |all, via| all | other.0[via]);
        Self(self.0.iter().map(row).collect())
    }

    /// Only the pairs for which `keep` holds.
    fn filter(&self, keep: impl Fn(usize, usize) -> bool) -> Self {
        Self::of(self.0.len(), |a, b| self.has(a, b) && keep(a, b))
    }

    /// The relation, or nothing at all.
    fn maybe(&self) -> Self {
        Self(self.0.iter().enumerate().map(|(a, row)| row | 1 << a).collect())
    }

    /// Any number of times, but once at least.
    fn closure(&self) -> Self {
        let mut all = self.clone();
        loop {
            let more = all.or(&all.then(&all));
            if more == all {
                return all;
            }
            all = more;
        }
    }

    fn is_irreflexive(&self) -> bool {
        (0..self.0.len()).all(|a| !self.has(a, a))
    }

    fn is_acyclic(&self) -> bool {
        self.closure().is_irreflexive()
    }
}

/// Every outcome of `program` that `model` allows.
pub fn allowed(program: &Program, model: Model) -> BTreeSet<Outcome> {
    let events = events(program);
    let mut outcomes = BTreeSet::new();
    for modification in modification_orders(&events) {
        for source in reads_from(&events) {
            if is_consistent(&events, &modification, &source, model) {
                let value = |write: usize| events[write].writes.expect("it writes");
                let registers = source.iter().flatten().map(|&write| value(write));
                let last = |location: usize| value(*modification[location].last().expect("a first value"));
                outcomes.insert(registers.chain(program.finals().into_iter().map(last)).collect());
            }
        }
    }
    outcomes
}

fn events(program: &Program) -> Vec<Event> {
    let first =
        |location| Event { thread: None, location: Some(location), reads: false, writes: Some(0), ordering: Relaxed };
    let mut events: Vec<_> = (0..LOCATIONS.len()).map(first).collect();
    for (thread, instructions) in program.threads.iter().enumerate() {
        events.extend(instructions.iter().map(|&instruction| {
            let (location, reads, writes, ordering) = match instruction {
                Instruction::Load(location, ordering) => (Some(location), true, None, ordering),
                Instruction::Store(location, value, ordering) => (Some(location), false, Some(value), ordering),
                Instruction::Swap(location, value, ordering) => (Some(location), true, Some(value), ordering),
                Instruction::Fence(ordering) => (None, false, None, ordering),
            };
            Event { thread: Some(thread), location, reads, writes, ordering }
        }));
    }
    assert!(events.len() <= 32, "a relation has 32 bits in a row");
    events
}

/// For each location every order of the writes to it, the first value first. Those that contradict a thread's own order are left
/// out here already, for coherence forbids them.
fn modification_orders(events: &[Event]) -> Vec<Vec<Vec<usize>>> {
    let mut all = vec![Vec::new()];
    for location in 0..LOCATIONS.len() {
        let writes: Vec<_> = (0..events.len())
            .filter(|&event| events[event].location == Some(location) && events[event].writes.is_some())
            .collect();
        let mut orders = Vec::new();
        extend(events, &writes, &mut Vec::new(), &mut orders);
        all = combine(&all, &orders);
    }
    all
}

fn extend(events: &[Event], writes: &[usize], order: &mut Vec<usize>, orders: &mut Vec<Vec<usize>>) {
    if order.len() == writes.len() {
        orders.push(order.clone());
    }
    for &next in writes {
        let is_next = |&&earlier: &&usize| earlier < next && comes_first(events, earlier, next);
        if !order.contains(&next) && writes.iter().filter(is_next).all(|earlier| order.contains(earlier)) {
            order.push(next);
            extend(events, writes, order, orders);
            order.pop();
        }
    }
}

/// Program order, with the first values before everything.
fn comes_first(events: &[Event], a: usize, b: usize) -> bool {
    match (events[a].thread, events[b].thread) {
        (None, Some(_)) => true,
        (Some(one), Some(two)) => one == two && a < b,
        (_, None) => false,
    }
}

/// For each event every write that it could read from; `None` for those that read nothing.
fn reads_from(events: &[Event]) -> Vec<Vec<Option<usize>>> {
    let mut all = vec![Vec::new()];
    for (number, event) in events.iter().enumerate() {
        let is_source = |&write: &usize| {
            write != number && events[write].location == event.location && events[write].writes.is_some()
        };
        let sources: Vec<_> =
            if event.reads { (0..events.len()).filter(is_source).map(Some).collect() } else { vec![None] };
        all = combine(&all, &sources);
    }
    all
}

/// Each of `all` with each of `next` at its end.
fn combine<T: Clone>(all: &[Vec<T>], next: &[T]) -> Vec<Vec<T>> {
    all.iter().flat_map(|one| next.iter().map(|item| [&one[..], std::slice::from_ref(item)].concat())).collect()
}

/// Section 3 of the paper, name by name.
fn is_consistent(events: &[Event], modification: &[Vec<usize>], source: &[Option<usize>], model: Model) -> bool {
    let size = events.len();
    let relation = |holds: &dyn Fn(usize, usize) -> bool| Relation::of(size, holds);
    let only = |keep: &dyn Fn(&Event) -> bool| relation(&|a, b| a == b && keep(&events[a]));
    let same_location = |a: usize, b: usize| events[a].location.is_some() && events[a].location == events[b].location;
    let place = |event: usize| modification.iter().find_map(|order| order.iter().position(|&write| write == event));

    let sb = relation(&|a, b| comes_first(events, a, b));
    let rf = relation(&|a, b| source[b] == Some(a));
    let mo = relation(&|a, b| same_location(a, b) && place(a).zip(place(b)).is_some_and(|(one, two)| one < two));
    let rb = relation(&|a, b| a != b && source[a].is_some_and(|write| mo.has(write, b)));

    let fence = only(&Event::is_fence);
    let release_sequence = rf.closure().maybe(); // what reads and is read from is a read-modify-write
    let sw = only(&Event::releases)
        .then(&fence.then(&sb).maybe())
        .then(&only(&|event| event.writes.is_some()))
        .then(&release_sequence)
        .then(&rf)
        .then(&sb.then(&fence).maybe())
        .then(&only(&Event::acquires));
    let hb = sb.or(&sw).closure();
    let eco = rf.or(&mo).or(&rb).closure();

    let is_coherent = hb.then(&eco.maybe()).is_irreflexive();
    let is_atomic = eco.is_irreflexive(); // a read-modify-write is one event here: it reads what comes just before it
    let has_no_cycle = model == Model::Cpp20 || sb.or(&rf).is_acyclic();

    let elsewhere = sb.filter(|a, b| !same_location(a, b));
    let scb = sb.or(&elsewhere.then(&hb).then(&elsewhere)).or(&hb.filter(same_location)).or(&mo).or(&rb);
    let sc = only(&|event| event.ordering == SeqCst && !event.is_fence());
    let sc_fence = only(&|event| event.ordering == SeqCst && event.is_fence());
    let psc_base = sc.or(&sc_fence.then(&hb.maybe())).then(&scb).then(&sc.or(&hb.maybe().then(&sc_fence)));
    let psc_fence = sc_fence.then(&hb.or(&hb.then(&eco).then(&hb))).then(&sc_fence);

    is_coherent && is_atomic && has_no_cycle && psc_base.or(&psc_fence).is_acyclic()
}
