//! Views: of an execution graph, all that what follows depends on.
//!
//! Under the promising semantics without promises (Kang, Hur, Lahav, Vafeiadis, Dreyer: *A Promising Semantics for
//! Relaxed-Memory Concurrency*, POPL 2017), memory is a set of writes, and a thread is its code and its *views*: for
//! each location, the oldest write that it may still read. A graph says more, namely how it came about. Graphs with
//! the same views are one state here, which makes far fewer states.
//!
//! # Why graphs with the same key have the same future
//!
//! The next steps of a graph, and the keys of the graphs after them, follow from the key:
//!
//! - **Which operations come next** follows from each thread's place in its code, and whether a lock lets it in from
//!   what the lock holds, who has which role in it, and who has a token.
//! - **Which writes a load may read** are those that are not older than the thread's view of the location. **Where a
//!   store may go** is anywhere behind that view, but not between a write and its update. So of each location the key
//!   has the writes from the oldest view of any thread that still runs, with their values, and which of them is followed
//!   by its update. Older writes cannot be read any more, and no store can come before them.
//! - **What the thread knows afterwards** is joined from views: what it knows now, what an acquire fence will add, what
//!   it knew at its last release fence, and what the write that it reads, or the lock that it takes, hands on. The key
//!   has all of them. A view that is older than the oldest view of any running thread adds nothing when it is joined, so
//!   it counts as that one. A write's view of its own location adds nothing for a thread that reads the write. What an
//!   acquire fence will add is only ever joined with what the thread knows now, so the key joins both.
//! - **Whether an access to plain memory races** depends on whether the thread knows the last write, which knows all
//!   accesses before, and, for a write, the reads since. The key says of each view whether it knows them. Once all
//!   running threads know a read, it cannot race any more.
//! - **What a thread returned** follows from where it ended, and what a joining thread learns from what the child knew.
//!
//! Joins of clocks become joins of these views, because the view of a join is the newer of both views, and a join knows
//! an access if one of both does.
//!
//! Three things are not in the key. `SeqCst` orders accesses by a relation over the whole graph, an access to an atomic
//! as if it were plain memory races with accesses of any age, and a channel hands on what each of its messages knows.
//! Programs with one of them are explored by whole graphs.

use super::event::{Clock, Event, EventId, Graph, START, join};
use super::wake_ups_by_chance;
use crate::key::Key;
use crate::machine::{MOST_THREADS, State, push_roles};
use crate::object::{Held, ObjectId, ThreadId};
use crate::operation::{Action, Operation, Ordering};
use crate::recorder::{Next, Recorder};
use crate::symmetry::Renaming;
use std::rc::Rc;

/// Returns whether the views do not say everything that an operation depends on.
pub fn needs_graphs(operation: &Operation, graph: &Graph) -> bool {
    let is_sequential = |ordering| ordering == Ordering::SeqCst;
    let fails_sequentially =
        matches!(operation.action, Action::CompareExchange { failure, .. } if is_sequential(failure));
    let is_message =
        || graph.objects().get(operation.object as usize).is_some_and(|held| matches!(held, Held::Channel { .. }));
    let is_mixed = || operation.is_plain() && matches!(graph.objects()[operation.object as usize], Held::Atomic(_));
    is_sequential(operation.ordering) || fails_sequentially || is_mixed() || is_message()
}

/// What the parts of a key are made from.
struct Views<'g> {
    graph: &'g Graph,
    /// For each thread and each number of its first events, the place in each object's order of the newest write that
    /// these events read or write.
    newest: [Vec<u8>; MOST_THREADS],
    /// For each object the place of the oldest write that a running thread may read.
    oldest: Vec<u8>,
    /// For each object the place of its last write.
    last: Vec<u8>,
}

impl<'g> Views<'g> {
    fn new(recorder: &Recorder, graph: &'g Graph) -> Self {
        let objects = graph.orders.len();
        let is_memory = |object: usize| graph.shared.held[object].is_memory();
        let mut newest: [Vec<u8>; MOST_THREADS] = Default::default();
        let places = super::event::Places::new(graph);
        for (newest, (thread, events)) in newest.iter_mut().zip(graph.events.iter().enumerate()) {
            newest.reserve_exact((events.len() + 1) * objects);
            newest.resize(objects, 0);
            for (number, event) in events.iter().enumerate() {
                newest.extend_from_within(number * objects..);
                let is_access = event.writes.is_some() || event.source.is_some();
                if is_access && is_memory(event.object as usize) {
                    let write = match event.source {
                        Some(source) if event.writes.is_none() => source,
                        _ => EventId::new(thread as ThreadId, number),
                    };
                    newest[(number + 1) * objects + event.object as usize] = places.of(write) as u8;
                }
            }
        }
        let last = graph.orders.iter().map(|order| order.len() as u8).collect();
        let mut views = Self { graph, newest, oldest: Vec::new(), last };
        let running = (0..graph.at.len()).filter(|&thread| is_running(recorder, graph, thread));
        let known: Vec<Clock> = running.map(|thread| graph.known(thread as ThreadId)).collect();
        views.oldest = (0..objects)
            .map(|object| match graph.shared.held[object] {
                Held::Atomic(_) => {
                    known.iter().map(|clock| views.view(clock, object)).min().unwrap_or(views.last[object])
                }
                _ => views.last[object],
            })
            .collect();
        views
    }

    /// Returns the place of the oldest write that a thread may read that knows this.
    fn view(&self, clock: &Clock, object: usize) -> u8 {
        let objects = self.last.len();
        let known = |(thread, newest): (usize, &Vec<u8>)| newest[usize::from(clock[thread]) * objects + object];
        self.newest[..self.graph.events.len()].iter().enumerate().map(known).max().unwrap_or(0)
    }

    /// Appends what a clock knows, except of one location.
    fn push(&self, key: &mut Key, clock: &Clock, except: Option<usize>) {
        for (object, held) in self.graph.shared.held.iter().enumerate().filter(|(object, _)| Some(*object) != except) {
            match held {
                Held::Atomic(_) if self.oldest[object] < self.last[object] => {
                    key.push(self.view(clock, object).saturating_sub(self.oldest[object]).into());
                }
                Held::Plain(_) if self.last[object] > 0 => {
                    key.push((self.view(clock, object) == self.last[object]).into());
                }
                _ => {}
            }
        }
    }

    /// Returns the writes of a location that may still be read.
    fn writes(&self, object: usize) -> impl Iterator<Item = (usize, EventId)> {
        let places = usize::from(self.oldest[object])..=usize::from(self.last[object]);
        places.map(move |place| (place, self.graph.write_at(object as ObjectId, place)))
    }

    /// Appends the writes that may still be read, and what locks and their like hold and hand on.
    fn push_objects(&self, key: &mut Key) {
        key.push(self.last.len() as u64);
        for (object, held) in self.graph.shared.held.iter().enumerate() {
            match held {
                Held::Atomic(_) => {
                    key.push((self.last[object] - self.oldest[object]).into());
                    for (place, write) in self.writes(object) {
                        key.push(self.graph.value(write));
                        key.push(self.graph.is_followed_by_its_update(object as ObjectId, place).into());
                        self.push(key, &self.graph.message(write), Some(object));
                    }
                }
                Held::Plain(_) => {
                    key.push((self.last[object] > 0).into());
                    key.push(self.graph.value(self.graph.write_at(object as ObjectId, self.last[object].into())));
                }
                _ => {
                    held.code().into_iter().for_each(|part| key.push(part));
                    self.graph.shared.given[object].iter().for_each(|clock| self.push(key, clock, None));
                }
            }
        }
    }

    /// Returns all clocks that the key has a view of, in its order.
    fn clocks(&self, recorder: &Recorder, threads: &[ThreadId]) -> Vec<Clock> {
        let mut clocks: Vec<Clock> = threads.iter().flat_map(|&thread| clocks(recorder, self.graph, thread)).collect();
        for (object, held) in self.graph.shared.held.iter().enumerate() {
            match held {
                Held::Atomic(_) => clocks.extend(self.writes(object).map(|(_, write)| self.graph.message(write))),
                Held::Plain(_) => {}
                _ => clocks.extend(self.graph.shared.given[object]),
            }
        }
        clocks
    }

    /// Appends which clocks know which reads of plain memory since its last write.
    fn push_reads(&self, recorder: &Recorder, threads: &[ThreadId], key: &mut Key) {
        let graph = self.graph;
        let mut all = None;
        for (object, held) in graph.shared.held.iter().enumerate() {
            if !matches!(held, Held::Plain(_)) {
                continue;
            }
            let last = graph.write_at(object as ObjectId, self.last[object].into());
            for &thread in threads {
                let is_read =
                    |event: &Rc<Event>| event.object as usize == object && event.source == Some(last) && event.is_plain;
                let read = graph.events[thread as usize].iter().rposition(is_read);
                let knows = |clock: &Clock| read.is_some_and(|read| usize::from(clock[thread as usize]) > read);
                let can_race = read.is_some()
                    && (0..graph.at.len())
                        .any(|other| is_running(recorder, graph, other) && !knows(&graph.known(other as ThreadId)));
                key.push(can_race.into());
                if can_race {
                    let clocks = all.get_or_insert_with(|| self.clocks(recorder, threads));
                    clocks.iter().for_each(|clock| key.push(knows(clock).into()));
                }
            }
        }
    }
}

fn is_running(recorder: &Recorder, graph: &Graph, thread: usize) -> bool {
    !matches!(recorder.next(graph.at[thread]), Next::Finished(_))
}

/// Returns the clocks of a thread that the future depends on: what it knows, what an acquire fence will make it know,
/// what it knew at its last release fence, and what its token hands on. After its end, only what a joining thread learns.
fn clocks(recorder: &Recorder, graph: &Graph, thread: ThreadId) -> Vec<Clock> {
    let now = graph.known(thread);
    if !is_running(recorder, graph, thread.into()) {
        return if graph.births[thread as usize].parent.is_some() { vec![now] } else { Vec::new() };
    }
    let (later, fenced) = graph.events[thread as usize].last().map_or((START, START), |last| (last.later, last.fenced));
    vec![now, join(now, later), fenced, graph.shared.given_to_parked[thread as usize]]
}

/// Appends all that the future depends on. Returns the places of the threads.
pub fn push(recorder: &Recorder, graph: &Graph, key: &mut Key) -> Renaming {
    let views = Views::new(recorder, graph);
    key.push(graph.at.len() as u64);
    views.push_objects(key);
    let names = key.push_threads(graph.at.len(), recorder.alike(), |key, thread| {
        key.push(graph.at[thread as usize].into());
        let parent = graph.births[thread as usize].parent;
        key.push(parent.map_or(0, |(parent, number)| (number << 3 | u64::from(parent)) + 1));
        key.push(graph.shared.tokens.contains(thread).into());
        push_roles(&graph.shared.held, thread, key);
        if is_running(recorder, graph, thread.into()) {
            key.push(wake_ups_by_chance(recorder, graph, thread) as u64);
        }
        clocks(recorder, graph, thread).iter().for_each(|clock| views.push(key, clock, None));
    });
    let threads: Vec<ThreadId> = (0..graph.at.len()).map(|place| names.reversed().of(place as ThreadId)).collect();
    views.push_reads(recorder, &threads, key);
    names
}
