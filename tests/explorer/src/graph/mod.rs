//! C++20's memory, as RC11 has it (Lahav, Vafeiadis, Kang, Hur, Dreyer: *Repairing Sequential Consistency in C/C++11*,
//! PLDI 2017).
//!
//! A state is an execution graph. A step adds a thread's next event in every way that keeps the graph consistent: for
//! each write that it can read from, and at each place in the modification order. Events are added in an order that
//! respects program order and reads-from, so that what happens before an event is known when it is added. Load
//! buffering does not arise.

mod event;
mod sequential;
mod view;

use crate::key::Key;
use crate::machine::{
    Bound, Execution, MOST_OBJECTS, MOST_THREADS, Machine, State, Step, StepKind, Successor, end, may_end,
    next_operations, push_roles,
};
use crate::object::{Held, ThreadId, Threads, put, synchronise};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Ordering};
use crate::recorder::{Joining, Next, NodeId, Recorder};
use crate::report::StateKind;
use crate::symmetry::{Renaming, arrangements};
use event::{Birth, Clock, Event, EventId, Graph, Places, START, Shared, acquires, join, releases};
use sequential::{MOST_EVENTS, is_ordered};
use std::rc::Rc;

/// The machine of C++20's memory model.
pub struct Cpp20 {
    /// Whether an operation that has its place in every execution from here on is done before all others. It changes
    /// which executions are built first, and not which are built.
    pub reduced: bool,
    /// Whether graphs are one state if they have the same future, see [`view`].
    pub views: bool,
}

/// Wake-ups without a notification that are explored for each thread. Each adds events to the graph, so that they would
/// not end.
const WAKE_UPS_BY_CHANCE: usize = 1;

impl Machine for Cpp20 {
    type State = Graph;

    const JOINING: Joining = Joining::LoopsWithoutEffect;

    fn state_kind(&self) -> StateKind {
        if self.views { StateKind::View } else { StateKind::Graph }
    }

    fn start(&self, recorder: &Recorder) -> Graph {
        let at = recorder.starts().to_vec();
        let objects = recorder.objects.len();
        Graph {
            events: vec![Rc::default(); at.len()],
            orders: vec![Rc::default(); objects],
            shared: Rc::new(Shared {
                held: recorder.objects.iter().map(|object| object.held).collect(),
                given: vec![[START; 2]; objects],
                tokens: Threads::default(),
                given_to_parked: [START; MOST_THREADS],
                parking: Default::default(),
            }),
            births: Rc::new(vec![Birth { parent: None, now: START }; at.len()]),
            at,
        }
    }

    /// An event is known by its place in the order of its object, so that it has a name without a thread in it.
    fn key(&self, recorder: &Recorder, graph: &Graph, key: &mut Key) -> Renaming {
        if self.views {
            return view::push(recorder, graph, key);
        }
        let places = Places::new(graph);
        key.push(graph.at.len() as u64);
        key.push(graph.orders.len() as u64);
        for held in graph.shared.held.iter().filter(|held| !held.is_memory()) {
            held.code().into_iter().for_each(|part| key.push(part));
        }
        key.push_threads(graph.at.len(), recorder.alike(), |key, thread| {
            let events = &graph.events[thread as usize];
            key.push(graph.at[thread as usize].into());
            let parent = graph.births[thread as usize].parent;
            key.push(parent.map_or(0, |(parent, number)| (number << 3 | u64::from(parent)) + 1));
            key.push(graph.shared.tokens.contains(thread).into());
            push_roles(&graph.shared.held, thread, key);
            key.push(events.len() as u64);
            for (number, event) in events.iter().enumerate() {
                key.push(places.of(EventId::new(thread, number)));
                let source = event.source.map_or(0, |source| 1 + places.of(source));
                key.push(source << 1 | u64::from(event.answer.failed));
            }
        })
    }

    fn expand(&self, recorder: &mut Recorder, graph: &Graph, successors: &mut Vec<Successor<Graph>>) {
        let next = match next_operations(recorder, graph) {
            Ok(next) => next,
            Err(stop) => return successors.push(stop),
        };
        if next.is_empty() {
            let memory = (0..graph.orders.len()).map(|object| match graph.shared.held[object] {
                held if held.is_memory() => {
                    let object = object as u32;
                    held.with_memory(graph.value(graph.write_at(object, graph.last(object))))
                }
                held => held,
            });
            let execution = (!self.views).then(|| execution(recorder, graph));
            return successors.push(end(recorder, &graph.at, memory.collect(), execution));
        }
        successors.extend(may_end(recorder, &graph.at));
        if graph.events.iter().map(|events| events.len()).sum::<usize>() >= MOST_EVENTS {
            return successors.push(Successor::Bound(Bound::Events(MOST_EVENTS)));
        }
        if next.iter().any(|&(_, node)| view::needs_graphs(recorder.operation(node), graph)) {
            recorder.needs_graphs = true;
            if self.views {
                return successors.push(Successor::Bound(Bound::Unsupported("it needs whole execution graphs")));
            }
        }
        let is_everywhere = |&&(_, node): &&(ThreadId, NodeId)| has_its_place_everywhere(recorder, node);
        let only = if self.reduced { next.iter().find(is_everywhere).copied() } else { None };
        for (thread, node) in only.map_or(next, |only| vec![only]) {
            let operation = *recorder.operation(node);
            let blank = graph.blank(thread, node, &operation);
            let mut turn = Turn { recorder, graph, thread, node, operation, blank, successors };
            turn.take();
        }
    }
}

/// Returns what tells a complete execution from others.
fn execution(recorder: &Recorder, graph: &Graph) -> Execution {
    let answers = |events: &Rc<Vec<Rc<Event>>>| {
        let own = events.iter().flat_map(|event| [event.answer.value, event.answer.failed.into()]);
        [events.len() as u64].into_iter().chain(own).collect::<Vec<_>>()
    };
    let mut answers: Vec<Vec<u64>> = graph.events.iter().map(answers).collect();
    let arrangements = recorder.alike().iter().map(|group| arrangements(&mut answers[group.clone()])).product();
    Execution { answers: answers.concat(), arrangements }
}

/// Returns whether the operation has its place in every execution that goes on from here, because it neither reads what
/// others may still write nor keeps others from something.
fn has_its_place_everywhere(recorder: &Recorder, node: NodeId) -> bool {
    let operation = recorder.operation(node);
    match operation.action {
        Action::Store(_) | Action::Fence | Action::Read | Action::Write(_) => true,
        Action::Create(_) | Action::Spawn | Action::CloneSender => true,
        Action::Unlock { .. } | Action::UnlockShared | Action::FinishOnce { .. } => {
            !recorder.is_tried(operation.object)
        }
        _ => false,
    }
}

/// What an event reads from, and with which ordering.
struct Reading {
    source: EventId,
    ordering: Ordering,
}

/// The turn of one thread.
struct Turn<'t, 'r> {
    recorder: &'t mut Recorder<'r>,
    graph: &'t Graph,
    thread: ThreadId,
    node: NodeId,
    operation: Operation,
    /// The next event, without what it reads and writes.
    blank: Event,
    successors: &'t mut Vec<Successor<Graph>>,
}

impl Turn<'_, '_> {
    /// Adds the graph with this event, if it is consistent.
    fn add(&mut self, event: Event, position: Option<usize>, kind: StepKind, change: impl FnOnce(&mut Graph)) {
        let newer = |place: usize| (self.graph.last(event.object) - place) as u8;
        let reads = event.source.map(|source| newer(self.graph.position(event.object, source)));
        let writes = event.writes.and(position).map(|position| newer(position - 1));
        let mut step = Step { reads, writes, ..Step::new(self.thread, self.node, event.answer, kind) };
        if let Some((other, node)) = self.graph.race(self.thread, &event) {
            return self.successors.push(Successor::Race(step, other, node));
        }
        let edge = self.recorder.after(self.node, event.answer);
        let mut next = self.graph.with(self.thread, event, edge.to, position);
        change(&mut next);
        // Only what coherence orders, or `SeqCst` itself, can close a cycle.
        let is_atomic = event.object != NO_OBJECT && matches!(next.shared.held[event.object as usize], Held::Atomic(_));
        if (event.is_sequential || is_atomic) && !is_ordered(&next, event.is_sequential) {
            return;
        }
        if edge.without_effect > 0
            && let Some(shorter) = next.without(self.thread, edge.without_effect as usize)
        {
            next = shorter;
            step.taken_back = edge.without_effect as u8;
        }
        self.successors.push(Successor::State(step, next));
    }

    fn add_simply(&mut self, event: Event) {
        self.add(event, None, StepKind::Operation, |_| {});
    }

    /// Returns the event as one that reads.
    fn reading(&self, Reading { source, ordering }: Reading, answer: Answer) -> Event {
        let mut event = self.blank;
        let message = self.graph.message(source);
        event.source = Some(source);
        event.answer = answer;
        event.is_sequential = ordering == Ordering::SeqCst;
        event.later = join(event.later, message);
        if acquires(ordering) {
            event.now = join(event.now, message);
        }
        event
    }

    /// Returns an event as one that writes. An update continues the release sequence of what it reads from.
    fn writing(&self, mut event: Event, value: u64) -> Event {
        let ordering = self.operation.ordering;
        event.writes = Some(value);
        event.is_sequential = ordering == Ordering::SeqCst;
        event.message = if releases(ordering) { event.now } else { event.fenced };
        if let Some(source) = event.source {
            event.message = join(event.message, self.graph.message(source));
        }
        event
    }

    /// Adds the thread's next event in every way.
    fn take(&mut self) {
        let (graph, object, mut event) = (self.graph, self.operation.object, self.blank);
        match self.operation.action {
            Action::Load | Action::Update(..) | Action::CompareExchange { .. } => self.load_or_update(),
            Action::Store(value) => {
                let event = self.writing(event, value);
                for position in graph.oldest(object, &event.now) + 1..=graph.last(object) + 1 {
                    if !graph.is_followed_by_its_update(object, position - 1) {
                        self.add(event, Some(position), StepKind::Operation, |_| {});
                    }
                }
            }
            Action::Fence => {
                event.is_sequential = self.operation.ordering == Ordering::SeqCst;
                if acquires(self.operation.ordering) {
                    event.now = join(event.now, event.later);
                }
                if releases(self.operation.ordering) {
                    event.fenced = event.now;
                }
                self.add_simply(event);
            }
            // Plain memory: either all other accesses happen before, or there is a race.
            Action::Read => {
                let source = graph.write_at(object, graph.last(object));
                event.source = Some(source);
                event.answer = Answer::value(graph.value(source));
                self.add_simply(event);
            }
            Action::Write(value) => {
                event.writes = Some(value);
                self.add(event, Some(graph.last(object) + 1), StepKind::Operation, |_| {});
            }
            Action::Create(_) if object as usize >= MOST_OBJECTS => {
                self.successors.push(Successor::Bound(Bound::Size));
            }
            Action::Create(held) => self.add(event, None, StepKind::Operation, |next| {
                let shared = Rc::make_mut(&mut next.shared);
                put(&mut shared.held, object, held);
                shared.given.resize(shared.held.len(), [START; 2]);
                next.orders.resize(shared.held.len(), Rc::default());
            }),
            Action::Park | Action::ParkOrTimeOut => self.park(),
            Action::Unpark(path) => {
                let parked = graph.thread(path).expect("a thread is started before there is a handle of it");
                let thread = self.thread;
                self.add(event, None, StepKind::Operation, |next| {
                    let unpark = next.newest(thread);
                    let shared = Rc::make_mut(&mut next.shared);
                    shared.parking[parked as usize].push(unpark);
                    let given = &mut shared.given_to_parked[parked as usize];
                    *given = join(*given, event.now);
                    shared.tokens = shared.tokens.with(parked);
                });
            }
            Action::Spawn => self.spawn(),
            Action::Join(number) => {
                let child = graph.child(self.thread, number).expect("a child is started before it is joined") as usize;
                if let Next::Finished(values) = self.recorder.next(graph.at[child]) {
                    event.answer = Answer::value(values[0]);
                    event.now = join(event.now, graph.known(child as ThreadId));
                    self.add_simply(event);
                }
            }
            // It says nothing about what the child has done: only joining does.
            Action::HasEnded(number) => {
                let child = graph.child(self.thread, number).expect("a child is started before its handle is used");
                let has_ended = matches!(self.recorder.next(graph.at[child as usize]), Next::Finished(_));
                event.answer = Answer::value(has_ended.into());
                self.add_simply(event);
                if has_ended {
                    event.answer = Answer::value(0);
                    self.add(event, None, StepKind::ByChance, |_| {});
                }
            }
            _ => self.synchronise(),
        }
    }

    fn load_or_update(&mut self) {
        let (graph, Operation { action, object, ordering, .. }) = (self.graph, self.operation);
        for position in graph.oldest(object, &self.blank.now)..=graph.last(object) {
            let source = graph.write_at(object, position);
            let value = graph.value(source);
            let new = match action {
                Action::Update(update, mask) => Some(update.apply(value, mask)),
                Action::CompareExchange { expected, new, .. } => (value == expected).then_some(new),
                _ => None,
            };
            if let Some(new) = new
                && !graph.is_followed_by_its_update(object, position)
            {
                let event = self.reading(Reading { source, ordering }, Answer::value(value));
                self.add(self.writing(event, new), Some(position + 1), StepKind::Operation, |_| {});
            }
            match action {
                Action::Load => self.add_simply(self.reading(Reading { source, ordering }, Answer::value(value))),
                Action::CompareExchange { expected, failure, weak, .. } if value != expected || weak => {
                    let answer = Answer { value, failed: true };
                    let event = self.reading(Reading { source, ordering: failure }, answer);
                    let kind = if value == expected { StepKind::ByChance } else { StepKind::Operation };
                    self.add(event, None, kind, |_| {});
                }
                _ => {}
            }
        }
    }

    fn park(&mut self) {
        let (thread, mut event) = (self.thread, self.blank);
        if self.graph.shared.tokens.contains(thread) {
            event.now = join(event.now, self.graph.shared.given_to_parked[thread as usize]);
            self.add(event, None, StepKind::Operation, |next| {
                let park = next.newest(thread);
                let shared = Rc::make_mut(&mut next.shared);
                shared.parking[thread as usize].push(park);
                shared.tokens = shared.tokens.without(thread);
            });
        } else if self.operation.action == Action::ParkOrTimeOut {
            self.add_simply(event);
        } else if self.wake_ups_by_chance() < WAKE_UPS_BY_CHANCE {
            event.answer.failed = true;
            self.add(event, None, StepKind::ByChance, |_| {});
        }
    }

    fn spawn(&mut self) {
        if self.graph.at.len() == MOST_THREADS {
            return self.successors.push(Successor::Bound(Bound::Size));
        }
        let start = self.recorder.start_of_child(self.node);
        let number = (0..).find(|&number| self.graph.child(self.thread, number).is_none()).unwrap_or(0);
        let birth = Birth { parent: Some((self.thread, number)), now: self.blank.now };
        self.add(self.blank, None, StepKind::Operation, |next| {
            next.at.push(start);
            next.events.push(Rc::default());
            Rc::make_mut(&mut next.births).push(birth);
        });
    }

    /// Does an operation of a lock or its like, in every way in which it can go.
    fn synchronise(&mut self) {
        let (graph, Operation { action, object, .. }) = (self.graph, self.operation);
        for effect in synchronise(&self.operation, self.thread, &graph.shared.held) {
            if effect.by_chance && self.wake_ups_by_chance() >= WAKE_UPS_BY_CHANCE {
                continue;
            }
            let mut event = self.blank;
            event.answer = effect.answer;
            if let Held::Channel { capacity, .. } = effect.held {
                event.now = join(event.now, self.learned(capacity, effect.answer));
            }
            let given = hand_on(action, effect.answer, graph.shared.given[object as usize], &mut event.now);
            let now = event.now;
            let position = self.position(effect.answer);
            let kind = if effect.by_chance { StepKind::ByChance } else { StepKind::Operation };
            self.add(event, position, kind, |next| {
                let shared = Rc::make_mut(&mut next.shared);
                shared.held[object as usize] = effect.held;
                shared.given[object as usize] = given;
                if let Some((other, held)) = effect.other {
                    shared.held[other as usize] = held;
                    shared.given[other as usize][0] = now;
                }
            });
        }
    }

    /// Returns the place of an operation of a lock or its like in the order of its object.
    fn position(&self, answer: Answer) -> Option<usize> {
        let last = Some(self.graph.last(self.operation.object) + 1);
        match self.operation.action {
            Action::Arrive(_) => last,
            // What fails, and what only waits for others, is not an event in the order of the object.
            _ if answer.failed => None,
            Action::Leave(_)
            | Action::IsPoisoned
            | Action::AwaitReceipt
            | Action::BeginReceive
            | Action::LookOnce
            | Action::WaitOnce { .. } => None,
            Action::CloneSender | Action::DropSender | Action::DropReceiver => None,
            // What is sent comes before what is received, whatever came first, so that equal graphs look equal.
            Action::Send(_) | Action::TrySend(_) => Some(self.messages().0.len() + 1),
            _ => last,
        }
    }

    /// Returns what was sent to the channel so far, and what was received.
    fn messages(&self) -> (&[EventId], &[EventId]) {
        let order = &self.graph.orders[self.operation.object as usize];
        let receives = |&event: &EventId| self.recorder.operation(self.graph.event(event).node).receives();
        order.split_at(order.iter().position(receives).unwrap_or(order.len()))
    }

    /// Returns what a thread learns from a message that it receives, or from the room that it gets for one.
    fn learned(&self, capacity: Option<u32>, answer: Answer) -> Clock {
        let (sent, received) = self.messages();
        let source = match (self.operation.action, capacity) {
            _ if answer.failed => None,
            (Action::Send(_) | Action::TrySend(_), Some(room @ 1..)) => {
                sent.len().checked_sub(room as usize).map(|number| received[number])
            }
            (Action::AwaitReceipt, _) => {
                let own = sent.iter().rposition(|event| event.thread() == self.thread);
                own.map(|number| received[number])
            }
            _ if self.operation.receives() => Some(sent[received.len()]),
            _ => None,
        };
        source.map_or(START, |event| self.graph.event(event).now)
    }

    fn wake_ups_by_chance(&self) -> usize {
        wake_ups_by_chance(self.recorder, self.graph, self.thread)
    }
}

/// Returns how often a thread has woken up without a notification.
fn wake_ups_by_chance(recorder: &Recorder, graph: &Graph, thread: ThreadId) -> usize {
    let is_one = |event: &&Rc<Event>| event.answer.failed && recorder.operation(event.node).action.is_wake_up();
    graph.events[thread as usize].iter().filter(is_one).count()
}

/// Lets the thread learn from a lock or its like, and the object from the thread. Returns what the object hands on
/// afterwards.
fn hand_on(action: Action, answer: Answer, [first, second]: [Clock; 2], now: &mut Clock) -> [Clock; 2] {
    match action {
        // The first clock is that of the last writer, the second that of all readers since.
        Action::TryLock | Action::TryLockShared if answer.failed => [first, second],
        Action::Lock | Action::TryLock => {
            *now = join(*now, join(first, second));
            [first, second]
        }
        Action::LockShared | Action::TryLockShared => {
            *now = join(*now, first);
            [first, second]
        }
        Action::Unlock { .. } | Action::Downgrade { .. } => [*now, START],
        Action::UnlockShared => [first, join(second, *now)],
        // The first clock is that of all who have arrived, the second that of the round before.
        Action::Arrive(_) if answer.failed => {
            *now = join(*now, first);
            [START, *now]
        }
        Action::Arrive(_) => [join(first, *now), second],
        Action::Leave(_) => {
            *now = join(*now, second);
            [first, second]
        }
        Action::LookOnce if answer.failed => [first, second],
        Action::EnterOnce { .. } | Action::WaitOnce { .. } | Action::LookOnce => {
            *now = join(*now, first);
            [first, second]
        }
        Action::FinishOnce { .. } => [*now, START],
        // The first clock is that of all senders that were dropped, the second that of the receiver.
        Action::DropSender => [join(first, *now), second],
        Action::DropReceiver => [first, *now],
        Action::Receive | Action::TryReceive | Action::ReceiveOrTimeOut if is_disconnected(action, answer) => {
            *now = join(*now, first);
            [first, second]
        }
        Action::Send(_) | Action::TrySend(_) | Action::AwaitReceipt if is_disconnected(action, answer) => {
            *now = join(*now, second);
            [first, second]
        }
        // A notification hands on nothing: the mutex does.
        _ => [first, second],
    }
}

/// Returns whether an operation fails because the other end of the channel was dropped.
fn is_disconnected(action: Action, answer: Answer) -> bool {
    answer.failed && (answer.value == Answer::DISCONNECTED || action == Action::AwaitReceipt)
}
