//! Machines in which all threads see one order of the stores: one memory, and one memory behind store buffers, as x86
//! has them.

use crate::key::Key;
use crate::machine::{
    Bound, MOST_OBJECTS, MOST_THREADS, Machine, State, Step, StepKind, Successor, end, may_end, next_operations,
    push_roles,
};
use crate::object::{Held, ObjectId, ThreadId, Threads, put, synchronise};
use crate::operation::{Action, Answer, Operation, Ordering};
use crate::recorder::{Joining, Next, NodeId, Recorder};
use crate::report::StateKind;
use crate::symmetry::Renaming;
use std::rc::Rc;

/// One memory. Each step is visible to all threads as soon as it is done, unless stores are buffered.
pub struct Order {
    /// Whether the stores of each thread wait in a buffer of its own, in their order (Sewell et al., CACM 2010).
    pub buffered: bool,
    /// Whether exchanges may fail that could succeed.
    pub by_chance: bool,
    /// The largest number of threads.
    pub threads: usize,
    /// The largest number of objects.
    pub objects: usize,
}

impl Order {
    /// Creates a machine for a search.
    pub fn new(buffered: bool) -> Self {
        Self { buffered, by_chance: true, threads: MOST_THREADS, objects: MOST_OBJECTS }
    }
}

/// A store that has not reached memory.
#[derive(Clone, Copy)]
struct Waiting {
    object: ObjectId,
    value: u64,
    /// Where the thread did it: only for schedules, and not part of a state's key.
    node: NodeId,
}

/// The stores of a thread that have not reached memory, the oldest first.
type Buffer = Vec<Waiting>;

/// The memory, and where the threads are.
#[derive(Clone)]
pub struct OrderState {
    objects: Vec<Held>,
    at: Vec<NodeId>,
    /// Each thread's parent and its number among the parent's children, for threads that were started.
    born: Rc<Vec<Option<(ThreadId, u64)>>>,
    buffers: Rc<Vec<Buffer>>,
    /// The threads that have a token, so that they do not park.
    tokens: Threads,
    /// For threads that follow scripts: what the others had told when a call began, see [`OrderState::look`].
    seen: Rc<Vec<u64>>,
}

/// Calls of a thread for which is kept what the others had told.
const MOST_CALLS: u32 = 7;

/// Started threads for which this is kept.
const MOST_CALLERS: usize = 3;

/// The largest count of told values that is kept. A larger one is kept as this one.
const MOST_TOLD: u32 = 7;

/// The largest number of stores in a buffer.
const LONGEST_BUFFER: usize = 64;

impl State for OrderState {
    fn at(&self) -> &[NodeId] {
        &self.at
    }

    fn objects(&self) -> &[Held] {
        &self.objects
    }

    fn child(&self, parent: ThreadId, number: u64) -> Option<ThreadId> {
        self.born.iter().position(|&born| born == Some((parent, number))).map(|thread| thread as ThreadId)
    }
}

impl OrderState {
    /// Returns a thread's stores that have not reached memory, the oldest first.
    pub fn buffered(&self, thread: ThreadId) -> impl Iterator<Item = (ObjectId, u64)> {
        self.buffers[thread as usize].iter().map(|store| (store.object, store.value))
    }

    /// Notes what the other threads have told, for each call that a thread begins with a step from `before`.
    ///
    /// A call begins with its first operation, and has told its value as soon as nothing is left to do. Both are the
    /// narrowest bounds, and a schedule has them, because asking and telling are steps that no other thread notices.
    fn look(&mut self, recorder: &Recorder, thread: ThreadId, before: NodeId) {
        let thread = thread as usize;
        if !(1..=MOST_CALLERS).contains(&thread) {
            return;
        }
        let (before, after) = (recorder.account(before), recorder.account(self.at[thread]));
        let first = if before.is_fresh { before.told } else { before.told + 1 };
        let end = after.told.max(before.told + u32::from(before.is_fresh));
        for call in (first..end).filter(|&call| call < MOST_CALLS) {
            let mut seen = 0;
            for other in (1..=MOST_CALLERS).filter(|&other| other < self.at.len() && other != thread) {
                let told = recorder.account(self.at[other]).told.min(MOST_TOLD);
                seen |= u64::from(told) << (3 * (other - 1));
            }
            let all = Rc::make_mut(&mut self.seen);
            all.resize(all.len().max(thread), 0);
            // A call that waits in its first operation begins with each round, and so with the last one.
            all[thread - 1] = all[thread - 1] & !(0x1FF << (9 * call)) | seen << (9 * call);
        }
    }

    /// Adds an object that no thread has used so far.
    pub fn put(&mut self, object: ObjectId, held: Held) {
        put(&mut self.objects, object, held);
    }

    fn newest(&self, thread: ThreadId, object: ObjectId) -> u64 {
        let own = self.buffers[thread as usize].iter().rev().find(|store| store.object == object);
        own.map_or_else(|| self.objects[object as usize].memory(), |store| store.value)
    }

    fn buffer(&mut self, thread: ThreadId) -> &mut Buffer {
        &mut Rc::make_mut(&mut self.buffers)[thread as usize]
    }

    fn store(&mut self, object: ObjectId, value: u64) {
        let held = &mut self.objects[object as usize];
        *held = held.with_memory(value);
    }
}

impl Machine for Order {
    type State = OrderState;

    const JOINING: Joining = Joining::AllLoops;

    fn state_kind(&self) -> StateKind {
        StateKind::Memory
    }

    fn start(&self, recorder: &Recorder) -> OrderState {
        let at = recorder.starts().to_vec();
        OrderState {
            objects: recorder.objects.iter().map(|object| object.held).collect(),
            born: Rc::new(vec![None; at.len()]),
            buffers: Rc::new(vec![Buffer::new(); at.len()]),
            tokens: Threads::default(),
            seen: Rc::default(),
            at,
        }
    }

    fn key(&self, recorder: &Recorder, state: &OrderState, key: &mut Key) -> Renaming {
        key.push(state.at.len() as u64);
        key.push(state.objects.len() as u64);
        for held in &state.objects {
            let parts = if held.is_memory() { 1 } else { 3 };
            held.code()[..parts].iter().for_each(|&part| key.push(part));
        }
        key.push_threads(state.at.len(), recorder.alike(), |key, thread| {
            key.push(state.at[thread as usize].into());
            let born = state.born[thread as usize];
            key.push(born.map_or(0, |(parent, number)| (number << 3 | u64::from(parent)) + 1));
            key.push(state.tokens.contains(thread).into());
            if let Some(&seen) = (thread as usize).checked_sub(1).and_then(|place| state.seen.get(place)) {
                key.push(seen);
            }
            push_roles(&state.objects, thread, key);
            if self.buffered {
                let buffer = &state.buffers[thread as usize];
                key.push(buffer.len() as u64);
                for store in buffer {
                    key.push(store.object.into());
                    key.push(store.value);
                }
            }
        })
    }

    fn expand(&self, recorder: &mut Recorder, state: &OrderState, successors: &mut Vec<Successor<OrderState>>) {
        let next = match next_operations(recorder, state) {
            Ok(next) => next,
            Err(stop) => return successors.push(stop),
        };
        if next.is_empty() && state.buffers.iter().all(Vec::is_empty) {
            let mut end = end(recorder, &state.at, state.objects.clone(), None);
            if let Successor::End { outcome, .. } = &mut end
                && recorder.is_asked()
            {
                outcome.extend((0..state.at.len() - 1).map(|place| state.seen.get(place).copied().unwrap_or(0)));
            }
            return successors.push(end);
        }
        successors.extend(may_end(recorder, &state.at));
        for (thread, buffer) in state.buffers.iter().enumerate() {
            if let Some(&Waiting { object, value, node }) = buffer.first() {
                let mut after = state.clone();
                after.buffer(thread as ThreadId).remove(0);
                after.store(object, value);
                let step = Step::new(thread as ThreadId, node, Answer::NOTHING, StepKind::Flush);
                successors.push(Successor::State(step, after));
            }
        }
        for (index, &(thread, node)) in next.iter().enumerate() {
            let operation = *recorder.operation(node);
            if !self.buffered {
                let races = |&&(_, other): &&(ThreadId, NodeId)| recorder.operation(other).conflicts_with(&operation);
                if let Some(&(other, there)) = next[index + 1..].iter().find(races) {
                    let step = Step::new(thread, node, Answer::NOTHING, StepKind::Operation);
                    successors.push(Successor::Race(step, other, there));
                }
            }
            self.turn(recorder, state, (thread, node), successors);
        }
    }
}

impl Order {
    /// Finds every way in which the next operation of a thread can go.
    pub fn turn(
        &self,
        recorder: &mut Recorder,
        state: &OrderState,
        (thread, node): (ThreadId, NodeId),
        successors: &mut Vec<Successor<OrderState>>,
    ) {
        let operation = *recorder.operation(node);
        self.take(&mut Turn { recorder, state, thread, node, successors }, &operation);
    }
}

/// The turn of one thread.
struct Turn<'t, 'r> {
    recorder: &'t mut Recorder<'r>,
    state: &'t OrderState,
    thread: ThreadId,
    node: NodeId,
    successors: &'t mut Vec<Successor<OrderState>>,
}

impl Turn<'_, '_> {
    /// Adds the state in which the operation has returned `answer` and made this change.
    fn end_with(&mut self, answer: Answer, kind: StepKind, change: impl FnOnce(&mut OrderState)) {
        let mut after = self.state.clone();
        change(&mut after);
        after.at[self.thread as usize] = self.recorder.after(self.node, answer).to;
        if self.recorder.is_asked() {
            after.look(self.recorder, self.thread, self.node);
        }
        let step = Step::new(self.thread, self.node, answer, kind);
        self.successors.push(Successor::State(step, after));
    }

    fn done(&mut self, answer: Answer, change: impl FnOnce(&mut OrderState)) {
        self.end_with(answer, StepKind::Operation, change);
    }
}

impl Order {
    /// Does the thread's next operation, in every way in which it can go.
    fn take(&self, turn: &mut Turn, operation: &Operation) {
        let (thread, object) = (turn.thread, operation.object);
        let buffer = &turn.state.buffers[thread as usize];
        let is_sequential = operation.ordering == Ordering::SeqCst;
        match operation.action {
            Action::Load | Action::Read => {
                let value = turn.state.newest(thread, object);
                turn.done(Answer::value(value), |_| {});
            }
            Action::Store(value) | Action::Write(value) if self.buffered && !is_sequential => {
                if buffer.len() == LONGEST_BUFFER {
                    return turn.successors.push(Successor::Bound(Bound::StoreBuffer(LONGEST_BUFFER)));
                }
                let store = Waiting { object, value, node: turn.node };
                turn.done(Answer::NOTHING, |after| after.buffer(thread).push(store));
            }
            Action::Fence if !is_sequential => turn.done(Answer::NOTHING, |_| {}),
            // All other operations wait until the thread's own buffer is empty.
            _ if !buffer.is_empty() => {}
            Action::Fence => turn.done(Answer::NOTHING, |_| {}),
            Action::Store(value) | Action::Write(value) => {
                turn.done(Answer::NOTHING, |after| after.store(object, value));
            }
            Action::Update(update, mask) => {
                let value = turn.state.newest(thread, object);
                turn.done(Answer::value(value), |after| after.store(object, update.apply(value, mask)));
            }
            Action::CompareExchange { expected, new, weak, .. } => {
                let value = turn.state.newest(thread, object);
                if value == expected {
                    turn.done(Answer::value(value), |after| after.store(object, new));
                }
                if value != expected || weak && self.by_chance {
                    let kind = if value == expected { StepKind::ByChance } else { StepKind::Operation };
                    turn.end_with(Answer { value, failed: true }, kind, |_| {});
                }
            }
            Action::Park | Action::ParkOrTimeOut if turn.state.tokens.contains(thread) => {
                turn.done(Answer::NOTHING, |after| after.tokens = after.tokens.without(thread));
            }
            Action::ParkOrTimeOut => turn.done(Answer::NOTHING, |_| {}),
            Action::Park => turn.end_with(Answer { value: 0, failed: true }, StepKind::ByChance, |_| {}),
            Action::Unpark(path) => {
                let parked = turn.state.thread(path).expect("a thread is started before there is a handle of it");
                turn.done(Answer::NOTHING, |after| after.tokens = after.tokens.with(parked));
            }
            Action::Create(_) if object as usize >= self.objects => {
                turn.successors.push(Successor::Bound(Bound::Size));
            }
            Action::Create(held) => turn.done(Answer::NOTHING, |after| put(&mut after.objects, object, held)),
            Action::Spawn => {
                if turn.state.at.len() == self.threads {
                    return turn.successors.push(Successor::Bound(Bound::Size));
                }
                let start = turn.recorder.start_of_child(turn.node);
                let number = (0..).find(|&number| turn.state.child(thread, number).is_none()).unwrap_or(0);
                turn.done(Answer::NOTHING, |after| {
                    after.at.push(start);
                    Rc::make_mut(&mut after.born).push(Some((thread, number)));
                    Rc::make_mut(&mut after.buffers).push(Buffer::new());
                });
            }
            Action::Join(number) => {
                let child = turn.state.child(thread, number).expect("a child is started before it is joined") as usize;
                if let Next::Finished(values) = turn.recorder.next(turn.state.at[child])
                    && turn.state.buffers[child].is_empty()
                {
                    let answer = Answer::value(values[0]);
                    turn.done(answer, |_| {});
                }
            }
            Action::HasEnded(number) => {
                let child = turn.state.child(thread, number).expect("a child is started before its handle is used");
                let has_ended = matches!(turn.recorder.next(turn.state.at[child as usize]), Next::Finished(_));
                turn.done(Answer::value(has_ended.into()), |_| {});
                // A thread ends a moment after its last operation.
                if has_ended {
                    turn.end_with(Answer::value(0), StepKind::ByChance, |_| {});
                }
            }
            _ => {
                for effect in synchronise(operation, thread, &turn.state.objects) {
                    let kind = if effect.by_chance { StepKind::ByChance } else { StepKind::Operation };
                    turn.end_with(effect.answer, kind, |after| {
                        after.objects[object as usize] = effect.held;
                        if let Some((other, held)) = effect.other {
                            after.objects[other as usize] = held;
                        }
                    });
                }
            }
        }
    }
}
