//! Machines: what a memory model is to the search.

use crate::key::Key;
use crate::object::{Held, ThreadId, put};
use crate::operation::{Action, Answer, CHILD_BITS, ThreadPath};
use crate::recorder::{Joining, Next, NodeId, Recorder};
use crate::report::StateKind;
use crate::symmetry::Renaming;

/// The largest number of threads.
pub const MOST_THREADS: usize = 8;

/// The largest number of objects.
pub const MOST_OBJECTS: usize = 255;

/// The kind of a transition: an operation of a thread, or a step of the memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// A thread does its next operation.
    Operation,
    /// The same, but it need not happen: a weak exchange fails that could succeed, or a thread wakes up without a
    /// notification.
    ByChance,
    /// The oldest store of a thread's buffer reaches memory.
    Flush,
}

/// One transition between states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    pub thread: ThreadId,
    /// The thread's history before the step.
    pub node: NodeId,
    pub answer: Answer,
    pub kind: StepKind,
    /// Where execution graphs have an order of the writes to each location: how many writes are newer than the one that
    /// is read.
    pub reads: Option<u8>,
    /// How many are newer than the one that is written.
    pub writes: Option<u8>,
    /// How many of the thread's events are taken back, because they were the round of a loop that waits.
    pub taken_back: u8,
}

impl Step {
    /// Creates a step of a machine without graphs.
    pub fn new(thread: ThreadId, node: NodeId, answer: Answer, kind: StepKind) -> Self {
        Self { thread, node, answer, kind, reads: None, writes: None, taken_back: 0 }
    }
}

/// What can follow a state.
pub enum Successor<S> {
    State(Step, S),
    /// The step and an operation of another thread are a data race.
    Race(Step, ThreadId, NodeId),
    /// All threads have ended.
    End {
        outcome: Vec<u64>,
        /// What tells this execution from others, if anything does.
        execution: Option<Execution>,
    },
    /// The first thread has ended, and with it the program may end, but other threads can still do something.
    MayEnd {
        outcome: Vec<u64>,
    },
    /// A thread panics here.
    Panic {
        thread: Option<ThreadId>,
        message: String,
    },
    Bound(Bound),
}

/// A complete execution, as what its operations returned.
pub struct Execution {
    /// All that the operations returned. Interchangeable threads are sorted.
    pub answers: Vec<u64>,
    /// In how many ways interchangeable threads can have got these answers.
    pub arrangements: usize,
}

/// Why an exploration is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// There are more states than [`Bounds::states`](crate::Bounds::states).
    States(usize),
    /// A thread did more operations than [`Bounds::operations`](crate::Bounds::operations).
    Operations(usize),
    /// An execution under C++20 has more events than this crate can hold.
    Events(usize),
    /// A thread has more stores in its buffer than this crate can hold.
    StoreBuffer(usize),
    /// There are more than 8 threads, or more than 255 objects.
    Size,
    /// The code uses what cannot be explored.
    Unsupported(&'static str),
    /// The code did something else when it ran again with the same answers: it uses a clock, random numbers, addresses
    /// or statics.
    NotDeterministic {
        /// The source file of the operation.
        file: &'static str,
        /// The line of the operation.
        line: u32,
    },
    /// A loop waits for more rounds than this crate follows, and then goes on.
    LongLoop {
        /// The source file of the loop.
        file: &'static str,
        /// The line of an operation in the loop.
        line: u32,
    },
    /// The search began again too often, because loops seemed to wait that do not.
    Restarts(usize),
}

/// The largest number of a child in a path.
const LAST_CHILD: ThreadPath = (1 << CHILD_BITS) - 1;

/// The part of a state that all machines have.
pub trait State: Clone {
    /// Returns where each thread is.
    fn at(&self) -> &[NodeId];
    /// Returns what each object holds; of an atomic or of plain memory it may be out of date.
    fn objects(&self) -> &[Held];
    /// Returns the thread that `parent` started as its child with this number.
    fn child(&self, parent: ThreadId, number: u64) -> Option<ThreadId>;

    /// Returns the thread at the end of a path.
    fn thread(&self, path: ThreadPath) -> Option<ThreadId> {
        match path {
            0 => None,
            1..=LAST_CHILD => Some(path as ThreadId - 1),
            _ => self.child(self.thread(path >> CHILD_BITS)?, (path & LAST_CHILD) - 1),
        }
    }
}

/// A memory model, as a transition system.
pub trait Machine {
    type State: State;

    /// Which loops can be ones that wait.
    const JOINING: Joining;

    /// Returns what a state is.
    fn state_kind(&self) -> StateKind;

    fn start(&self, recorder: &Recorder) -> Self::State;

    /// Writes what tells a state from all others to an empty key, whatever the numbers of interchangeable threads are.
    /// Returns the places of the threads in the key.
    fn key(&self, recorder: &Recorder, state: &Self::State, key: &mut Key) -> Renaming;

    /// Finds everything that can follow `state`.
    fn expand(&self, recorder: &mut Recorder, state: &Self::State, successors: &mut Vec<Successor<Self::State>>);
}

/// Returns the operations that threads are about to do, or else what ends the exploration here.
pub fn next_operations<S: State, M>(recorder: &Recorder, state: &S) -> Result<Vec<(ThreadId, NodeId)>, Successor<M>> {
    let mut next = Vec::with_capacity(state.at().len());
    for (thread, &node) in state.at().iter().enumerate() {
        match recorder.next(node) {
            Next::Operation(_) => next.push((thread as ThreadId, node)),
            Next::Finished(_) => {}
            Next::Panicked(message) => {
                return Err(Successor::Panic { thread: Some(thread as ThreadId), message: message.clone() });
            }
            Next::Unsupported(what) => return Err(Successor::Bound(Bound::Unsupported(what))),
        }
    }
    Ok(next)
}

/// Appends to a key what a thread is to each object.
pub fn push_roles(objects: &[Held], thread: ThreadId, key: &mut Key) {
    for held in objects.iter().filter(|held| !held.is_memory()) {
        key.push(held.role(thread));
    }
}

/// Returns the outcome if the program may end here although threads are left.
pub fn may_end<S>(recorder: &Recorder, at: &[NodeId]) -> Option<Successor<S>> {
    match recorder.next(*at.first()?) {
        Next::Finished(_) if recorder.is_asked() => None,
        Next::Finished(values) if recorder.ends_with_first() => Some(Successor::MayEnd { outcome: values.clone() }),
        _ => None,
    }
}

/// Looks at the end of an execution: all threads have ended, and `memory` is what the objects hold.
pub fn end<S>(
    recorder: &mut Recorder,
    at: &[NodeId],
    mut memory: Vec<Held>,
    mut execution: Option<Execution>,
) -> Successor<S> {
    if recorder.is_asked() {
        return Successor::End { outcome: recorder.told_by_all(at), execution };
    }
    let mut outcome = Vec::new();
    for &node in &at[..recorder.starts().len()] {
        match recorder.next(node) {
            Next::Finished(values) => outcome.extend(values),
            other => unreachable!("all threads have ended: {other:?}"),
        }
    }
    let mut node = recorder.start_of_end();
    while let Some(here) = node {
        let operation = match recorder.next(here) {
            Next::Operation(operation) => *operation,
            Next::Finished(values) => {
                outcome.extend(values);
                break;
            }
            Next::Panicked(message) => return Successor::Panic { thread: None, message: message.clone() },
            Next::Unsupported(what) => return Successor::Bound(Bound::Unsupported(what)),
        };
        let Some(answer) = do_alone(&operation, &mut memory) else {
            return Successor::Bound(Bound::Unsupported("the code at the end waits for what cannot happen any more"));
        };
        node = Some(recorder.after(here, answer).to);
    }
    if let Some(execution) = &mut execution {
        execution.answers.extend(&outcome);
    }
    Successor::End { outcome, execution }
}

/// Does an operation when no other thread is left. Returns `None` if it waits.
fn do_alone(operation: &crate::operation::Operation, memory: &mut Vec<Held>) -> Option<Answer> {
    let object = operation.object as usize;
    let answer = match operation.action {
        Action::Create(held) => {
            put(memory, operation.object, held);
            return Some(Answer::NOTHING);
        }
        Action::Fence | Action::Unpark(_) => return Some(Answer::NOTHING),
        Action::Spawn | Action::Join(_) | Action::Park => return None,
        Action::HasEnded(_) => return Some(Answer::value(1)),
        Action::ParkOrTimeOut => return Some(Answer::NOTHING),
        Action::Load | Action::Read | Action::Update(..) => Answer::value(memory[object].memory()),
        Action::Store(_) | Action::Write(_) => Answer::NOTHING,
        Action::CompareExchange { expected, .. } => {
            let value = memory[object].memory();
            Answer { value, failed: value != expected }
        }
        _ => {
            let effect = crate::object::synchronise(operation, 0, memory).first().copied()?;
            memory[object] = effect.held;
            if let Some((other, held)) = effect.other {
                memory[other as usize] = held;
            }
            return (!effect.by_chance).then_some(effect.answer);
        }
    };
    if let Some(value) = operation.writes(answer) {
        memory[object] = memory[object].with_memory(value);
    }
    Some(answer)
}
