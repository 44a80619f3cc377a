//! Execution graphs: events, what each reads, in which order locations are modified, and what happens before what.

use super::sequential::MOST_EVENTS;
use crate::machine::{MOST_THREADS, State};
use crate::object::{Held, ObjectId, ThreadId, Threads};
use crate::operation::{Answer, NO_OBJECT, Operation, Ordering};
use crate::recorder::NodeId;
use std::rc::Rc;

/// For each thread, how many of its events happen before.
pub type Clock = [u8; MOST_THREADS];

pub const START: Clock = [0; MOST_THREADS];

/// Returns what happens before either of two points.
pub fn join(one: Clock, two: Clock) -> Clock {
    std::array::from_fn(|thread| one[thread].max(two[thread]))
}

pub fn acquires(ordering: Ordering) -> bool {
    matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

pub fn releases(ordering: Ordering) -> bool {
    matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

/// An event: the event of a thread with a number, or an object's first value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EventId(u16);

impl EventId {
    const FIRST_VALUES: u16 = 0xff00;

    pub fn new(thread: ThreadId, number: usize) -> Self {
        Self(u16::from(thread) << 8 | number as u16)
    }

    pub fn first_value(object: ObjectId) -> Self {
        Self(Self::FIRST_VALUES | object as u16)
    }

    pub fn is_first_value(self) -> bool {
        self.0 >= Self::FIRST_VALUES
    }

    pub fn thread(self) -> ThreadId {
        (self.0 >> 8) as ThreadId
    }

    /// The number in its thread. Of a first value, the object.
    pub fn number(self) -> usize {
        usize::from(self.0 & 0xff)
    }
}

/// An operation of a thread in an execution graph.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub node: NodeId,
    pub object: ObjectId,
    pub answer: Answer,
    /// The write that it reads from.
    pub source: Option<EventId>,
    /// The value that it writes.
    pub writes: Option<u64>,
    pub is_plain: bool,
    pub is_sequential: bool,
    /// All that happens before, and this event.
    pub now: Clock,
    /// What an acquire fence will add to `now`.
    pub later: Clock,
    /// What had happened before the thread's last release fence.
    pub fenced: Clock,
    /// What a thread learns that acquires from this write.
    pub message: Clock,
}

/// Each event's place in the order of its object, counted from 1. It is 0 for an event that has none, and for a first
/// value.
pub struct Places([[u8; MOST_EVENTS]; MOST_THREADS]);

impl Places {
    pub fn new(graph: &Graph) -> Self {
        let mut places = Self([[0; MOST_EVENTS]; MOST_THREADS]);
        for order in graph.orders.iter().map(|order| &**order).chain(&graph.shared.parking) {
            for (index, event) in order.iter().enumerate() {
                places.0[event.thread() as usize][event.number()] = index as u8 + 1;
            }
        }
        places
    }

    pub fn of(&self, event: EventId) -> u64 {
        if event.is_first_value() { 0 } else { self.0[event.thread() as usize][event.number()].into() }
    }
}

/// How a thread was started.
#[derive(Clone, Copy, Debug)]
pub struct Birth {
    pub parent: Option<(ThreadId, u64)>,
    pub now: Clock,
}

/// What locks and their like hold, and what a thread learns from them. Of an atomic and of plain memory, the first
/// value.
#[derive(Clone, Debug)]
pub struct Shared {
    pub held: Vec<Held>,
    /// What a thread learns that locks. Two clocks, for locks and barriers that hand on two things.
    pub given: Vec<[Clock; 2]>,
    /// The threads that have a token, so that they do not park.
    pub tokens: Threads,
    /// What each thread learns when it takes its token.
    pub given_to_parked: [Clock; MOST_THREADS],
    /// In which order each thread took its token and others gave it.
    pub parking: [Vec<EventId>; MOST_THREADS],
}

/// An execution, or the beginning of one.
#[derive(Clone)]
pub struct Graph {
    /// Each thread's events. Graphs share them.
    pub events: Vec<Rc<Vec<Rc<Event>>>>,
    pub at: Vec<NodeId>,
    /// For each location its modification order, without the first value. For a lock and its like, all that was done to
    /// it.
    pub orders: Vec<Rc<Vec<EventId>>>,
    pub shared: Rc<Shared>,
    pub births: Rc<Vec<Birth>>,
}

impl State for Graph {
    fn at(&self) -> &[NodeId] {
        &self.at
    }

    fn objects(&self) -> &[Held] {
        &self.shared.held
    }

    fn child(&self, parent: ThreadId, number: u64) -> Option<ThreadId> {
        self.births.iter().position(|birth| birth.parent == Some((parent, number))).map(|thread| thread as ThreadId)
    }
}

impl Graph {
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.thread() as usize][id.number()]
    }

    /// Returns the value that a write wrote.
    pub fn value(&self, write: EventId) -> u64 {
        if write.is_first_value() {
            self.shared.held[write.number()].memory()
        } else {
            self.event(write).writes.expect("only writes are read from")
        }
    }

    pub fn message(&self, write: EventId) -> Clock {
        if write.is_first_value() { START } else { self.event(write).message }
    }

    /// Returns a write's place in the modification order. The first value's is 0.
    pub fn position(&self, object: ObjectId, write: EventId) -> usize {
        if write.is_first_value() {
            return 0;
        }
        let order = &self.orders[object as usize];
        1 + order.iter().rposition(|&other| other == write).expect("a write is in the order of its location")
    }

    /// Returns the write at a place in the modification order.
    pub fn write_at(&self, object: ObjectId, position: usize) -> EventId {
        match position.checked_sub(1) {
            None => EventId::first_value(object),
            Some(index) => self.orders[object as usize][index],
        }
    }

    /// Returns the place of the last write.
    pub fn last(&self, object: ObjectId) -> usize {
        self.orders[object as usize].len()
    }

    /// Returns the place of the oldest write that a thread may read that knows this: coherence forbids to read one that
    /// is older than what was written or read before.
    pub fn oldest(&self, object: ObjectId, known: &Clock) -> usize {
        let mut oldest = 0;
        for (thread, events) in self.events.iter().enumerate() {
            let known = &events[..events.len().min(known[thread] as usize)];
            let accesses =
                |event: &Rc<Event>| event.object == object && (event.writes.is_some() || event.source.is_some());
            if let Some(number) = known.iter().rposition(accesses) {
                let own = EventId::new(thread as ThreadId, number);
                let write = if known[number].writes.is_some() { own } else { known[number].source.unwrap_or(own) };
                oldest = oldest.max(self.position(object, write));
            }
        }
        oldest
    }

    /// Returns whether a read-modify-write reads from the write at this place, so that nothing can come between.
    pub fn is_followed_by_its_update(&self, object: ObjectId, position: usize) -> bool {
        let next = self.orders[object as usize].get(position);
        next.is_some_and(|&next| self.event(next).source == Some(self.write_at(object, position)))
    }

    /// Returns what happens before a thread's next event.
    pub fn known(&self, thread: ThreadId) -> Clock {
        self.events[thread as usize].last().map_or(self.births[thread as usize].now, |last| last.now)
    }

    /// Returns the event that a thread has done last.
    pub fn newest(&self, thread: ThreadId) -> EventId {
        EventId::new(thread, self.events[thread as usize].len() - 1)
    }

    /// Returns the event that a thread's next operation would be, without what it reads and writes.
    pub fn blank(&self, thread: ThreadId, node: NodeId, operation: &Operation) -> Event {
        let events = &self.events[thread as usize];
        let now = self.known(thread);
        let (later, fenced) = events.last().map_or((START, START), |last| (last.later, last.fenced));
        let mut event = Event {
            node,
            object: operation.object,
            answer: Answer::NOTHING,
            source: None,
            writes: None,
            is_plain: operation.is_plain(),
            is_sequential: false,
            now,
            later,
            fenced,
            message: START,
        };
        event.now[thread as usize] = events.len() as u8 + 1;
        event
    }

    /// Returns the graph with one more event, which is at `position` in the order of its object.
    pub fn with(&self, thread: ThreadId, event: Event, to: NodeId, position: Option<usize>) -> Self {
        let mut next = self.clone();
        let events = Rc::make_mut(&mut next.events[thread as usize]);
        events.push(Rc::new(event));
        if let Some(position) = position {
            let id = EventId::new(thread, events.len() - 1);
            Rc::make_mut(&mut next.orders[event.object as usize]).insert(position - 1, id);
        }
        next.at[thread as usize] = to;
        next
    }

    /// Returns another thread's event that conflicts with this one and does not happen before it.
    pub fn race(&self, thread: ThreadId, event: &Event) -> Option<(ThreadId, NodeId)> {
        if event.object == NO_OBJECT {
            return None;
        }
        let conflicts = |earlier: &&Rc<Event>| {
            earlier.object == event.object
                && (earlier.is_plain || event.is_plain)
                && (earlier.writes.is_some() || event.writes.is_some())
        };
        self.events.iter().enumerate().filter(|(other, _)| *other != thread as usize).find_map(|(other, events)| {
            let unordered = &events[event.now[other] as usize..];
            unordered.iter().find(conflicts).map(|earlier| (other as ThreadId, earlier.node))
        })
    }

    /// Returns the graph without the last events of a thread, which were a round of a loop that waits. `None` if
    /// another thread has learned from that round.
    pub fn without(&self, thread: ThreadId, count: usize) -> Option<Self> {
        let mut next = self.clone();
        for _ in 0..count {
            let event = Rc::make_mut(&mut next.events[thread as usize]).pop().expect("as many events as are removed");
            let last = EventId::new(thread, next.events[thread as usize].len());
            if event.writes.is_some() {
                let source = event.source.expect("an update that changes nothing reads what it writes");
                let learns_the_same = next.message(source) == event.message;
                for events in &mut next.events {
                    if events.iter().any(|event| event.source == Some(last)) {
                        if !learns_the_same {
                            return None;
                        }
                        for event in Rc::make_mut(events).iter_mut().filter(|event| event.source == Some(last)) {
                            Rc::make_mut(event).source = Some(source);
                        }
                    }
                }
                Rc::make_mut(&mut next.orders[event.object as usize]).retain(|&write| write != last);
            }
        }
        Some(next)
    }
}
