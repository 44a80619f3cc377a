//! Hangs: states from which no end can be reached.

use crate::machine::State;
use crate::object::{Held, ThreadId};
use crate::operation::Action;
use crate::recorder::{Next, Recorder};
use crate::search::{Edge, StateId};
use crate::symmetry::Renaming;

/// Edges by the state that they lead to.
struct Backwards {
    offsets: Vec<u32>,
    from: Vec<StateId>,
}

impl Backwards {
    fn new(edges: &[Edge], states: usize) -> Self {
        let kept = || edges.iter().filter(|edge| !edge.is_by_chance());
        let mut offsets = vec![0; states + 1];
        kept().for_each(|edge| offsets[edge.to as usize + 1] += 1);
        for index in 0..states {
            offsets[index + 1] += offsets[index];
        }
        let (mut places, mut from) = (offsets.clone(), vec![0; offsets[states] as usize]);
        for edge in kept() {
            let place = &mut places[edge.to as usize];
            from[*place as usize] = edge.from;
            *place += 1;
        }
        Self { offsets, from }
    }

    fn to(&self, state: StateId) -> &[StateId] {
        let state = state as usize;
        &self.from[self.offsets[state] as usize..self.offsets[state + 1] as usize]
    }
}

/// Returns a state from which no end can be reached, if there is one: the nearest in which each thread stands still, or
/// else the nearest. What need not happen does not count as a way to an end.
pub fn nearest(edges: &[Edge], states: usize, ended: &[StateId]) -> Option<StateId> {
    let backwards = Backwards::new(edges, states);
    let mut can_end = vec![false; states];
    let mut left = ended.to_vec();
    while let Some(state) = left.pop() {
        if !std::mem::replace(&mut can_end[state as usize], true) {
            left.extend(backwards.to(state));
        }
    }
    let mut moves = vec![false; states];
    edges
        .iter()
        .filter(|edge| !edge.is_by_chance() && edge.to != edge.from)
        .for_each(|edge| moves[edge.from as usize] = true);
    let hangs = || (0..states).filter(|&state| !can_end[state]);
    hangs().find(|&state| !moves[state]).or_else(|| hangs().next()).map(|state| state as StateId)
}

/// What a thread waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitsFor {
    /// A lock, which these threads hold.
    Lock {
        /// The number of the lock.
        object: usize,
        /// The threads that hold it.
        holders: Vec<usize>,
    },
    /// A notification of a condition variable.
    Notification {
        /// The number of the condition variable.
        object: usize,
    },
    /// A message in a channel.
    Message {
        /// The number of the channel.
        object: usize,
    },
    /// Room in a channel, or the receipt of its message.
    Receipt {
        /// The number of the channel.
        object: usize,
    },
    /// A thread that unparks it.
    Unpark,
    /// Other threads at a barrier.
    Barrier {
        /// The number of the barrier.
        object: usize,
    },
    /// The end of a thread.
    End {
        /// The thread, counted from 0.
        thread: usize,
    },
    /// Another value: the thread repeats a loop.
    Change {
        /// The object that the loop uses next, if the next operation has one.
        object: Option<usize>,
    },
}

/// A thread that cannot take another step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The thread, counted from 0.
    pub thread: usize,
    /// The lock, notification, thread or write that it waits for.
    pub waits_for: WaitsFor,
    /// The source file of the operation.
    pub file: &'static str,
    /// The line of the operation.
    pub line: u32,
}

impl Waiting {
    /// Returns the same with other numbers of the threads.
    pub fn renamed(self, names: Renaming) -> Self {
        let rename = |thread: usize| ThreadId::try_from(thread).map_or(thread, |thread| names.of(thread).into());
        let waits_for = match self.waits_for {
            WaitsFor::Lock { object, holders } => {
                let mut holders: Vec<usize> = holders.into_iter().map(rename).collect();
                holders.sort_unstable();
                WaitsFor::Lock { object, holders }
            }
            WaitsFor::End { thread } => WaitsFor::End { thread: rename(thread) },
            same => same,
        };
        Self { thread: rename(self.thread), waits_for, ..self }
    }

    /// Returns the threads without which this one cannot go on.
    fn needs(&self) -> &[usize] {
        match &self.waits_for {
            WaitsFor::Lock { holders, .. } => holders,
            WaitsFor::End { thread } => std::slice::from_ref(thread),
            _ => &[],
        }
    }
}

/// Returns what each thread waits for that has not ended.
pub fn waiting<S: State>(recorder: &Recorder, state: &S) -> Vec<Waiting> {
    let wait = |(thread, &node): (usize, &u32)| {
        let Next::Operation(operation) = recorder.next(node) else { return None };
        let object = operation.object as usize;
        let held = state.objects().get(object);
        let waits_for = match operation.action {
            Action::Lock | Action::LockShared | Action::EnterOnce { .. } | Action::WaitOnce { .. } => WaitsFor::Lock {
                object,
                holders: held.map_or_else(Vec::new, |held| held.holders().into_iter().map(usize::from).collect()),
            },
            Action::Wake | Action::WakeOrTimeOut => WaitsFor::Notification { object },
            Action::Receive | Action::ReceiveOrTimeOut => WaitsFor::Message { object },
            Action::Send(_) | Action::AwaitReceipt => WaitsFor::Receipt { object },
            Action::Park | Action::ParkOrTimeOut => WaitsFor::Unpark,
            Action::Arrive(_) | Action::Leave(_) => WaitsFor::Barrier { object },
            Action::Join(number) => {
                WaitsFor::End { thread: state.child(thread as ThreadId, number).map_or(usize::MAX, usize::from) }
            }
            _ => WaitsFor::Change { object: held.is_some_and(|held: &Held| held.is_memory()).then_some(object) },
        };
        Some(Waiting { thread, waits_for, file: operation.place.file, line: operation.place.line })
    };
    state.at().iter().enumerate().filter_map(wait).collect()
}

/// Returns threads of which each waits for the next, and the last for the first, if there are such.
pub fn cycle(waiting: &[Waiting]) -> Option<Vec<Waiting>> {
    let find = |thread: usize| waiting.iter().find(|waiting| waiting.thread == thread);
    waiting.iter().find_map(|first| {
        let mut path = vec![first];
        loop {
            let next = path.last()?.needs().iter().find_map(|&needed| find(needed))?;
            if let Some(start) = path.iter().position(|on_path| on_path.thread == next.thread) {
                return Some(path[start..].iter().map(|&waiting| waiting.clone()).collect());
            }
            path.push(next);
        }
    })
}
