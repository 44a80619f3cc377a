//! Schedules: what the threads did, step by step, for people and programs to read.

use crate::machine::{Step, StepKind};
use crate::object::Held;
use crate::operation::{Action, NO_OBJECT, Operation, Ordering, Update};
use crate::recorder::Recorder;
use std::fmt;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `main` creates an object.
    Create,
    /// Loads an atomic.
    Load,
    /// Stores to an atomic.
    Store,
    /// Reads and writes an atomic in one step.
    Update,
    /// Compares an atomic and writes it if it is equal.
    CompareExchange,
    /// A fence.
    Fence,
    /// Reads plain memory.
    Read,
    /// Writes plain memory.
    Write,
    /// Locks a mutex, or a read-write lock for writing.
    Lock,
    /// Locks it if it is free.
    TryLock,
    /// Unlocks it.
    Unlock,
    /// Locks a read-write lock for reading.
    LockShared,
    /// Locks it for reading if no thread writes.
    TryLockShared,
    /// Ends the reading.
    UnlockShared,
    /// Unlocks a mutex and starts to wait for a notification.
    Wait,
    /// Stops waiting for a notification.
    WakeUp,
    /// Notifies one waiting thread.
    NotifyOne,
    /// Notifies all waiting threads.
    NotifyAll,
    /// Arrives at a barrier.
    Arrive,
    /// Leaves a barrier.
    Leave,
    /// Begins `Once::call_once`.
    EnterOnce,
    /// Ends the closure of `Once::call_once`.
    FinishOnce,
    /// Starts a thread.
    Spawn,
    /// Waits for the end of a thread.
    Join,
    /// The oldest store in the thread's buffer reaches memory.
    Flush,
}

impl Act {
    fn of(action: Action) -> Self {
        match action {
            Action::Create(_) => Self::Create,
            Action::Load => Self::Load,
            Action::Store(_) => Self::Store,
            Action::Update(..) => Self::Update,
            Action::CompareExchange { .. } => Self::CompareExchange,
            Action::Fence | Action::Checkpoint(_) => Self::Fence,
            Action::Read => Self::Read,
            Action::Write(_) => Self::Write,
            Action::Lock => Self::Lock,
            Action::TryLock => Self::TryLock,
            Action::Unlock { .. } => Self::Unlock,
            Action::LockShared => Self::LockShared,
            Action::TryLockShared => Self::TryLockShared,
            Action::UnlockShared => Self::UnlockShared,
            Action::Wait { .. } => Self::Wait,
            Action::Wake => Self::WakeUp,
            Action::NotifyOne => Self::NotifyOne,
            Action::NotifyAll => Self::NotifyAll,
            Action::Arrive(_) => Self::Arrive,
            Action::Leave(_) => Self::Leave,
            Action::EnterOnce => Self::EnterOnce,
            Action::FinishOnce => Self::FinishOnce,
            Action::Spawn => Self::Spawn,
            Action::Join(_) => Self::Join,
        }
    }

    /// Returns a verb for it.
    fn verb(self) -> &'static str {
        match self {
            Self::Create => "creates",
            Self::Load => "loads",
            Self::Store => "stores",
            Self::Update => "updates",
            Self::CompareExchange => "exchanges",
            Self::Fence => "fence",
            Self::Read => "reads",
            Self::Write => "writes",
            Self::Lock => "locks",
            Self::TryLock => "tries to lock",
            Self::Unlock => "unlocks",
            Self::LockShared => "locks for reading",
            Self::TryLockShared => "tries to lock for reading",
            Self::UnlockShared => "ends reading",
            Self::Wait => "unlocks and waits",
            Self::WakeUp => "wakes up",
            Self::NotifyOne => "notifies one thread",
            Self::NotifyAll => "notifies all threads",
            Self::Arrive => "arrives at the barrier",
            Self::Leave => "leaves the barrier",
            Self::EnterOnce => "enters call_once",
            Self::FinishOnce => "finishes call_once",
            Self::Spawn => "starts a thread",
            Self::Join => "joins a thread",
            Self::Flush => "store reaches memory",
        }
    }
}

/// A step of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleStep {
    /// The thread, counted from 0.
    pub thread: usize,
    /// What it does.
    pub act: Act,
    /// The number of the object, in the order of creation.
    pub object: Option<usize>,
    /// The ordering of an atomic access or a fence.
    pub ordering: Option<Ordering>,
    /// The name of the method in `std`, for an update, such as `fetch_add`.
    pub method: Option<&'static str>,
    /// The value that it reads from an atomic or from plain memory.
    pub read: Option<u64>,
    /// The value that it writes there.
    pub written: Option<u64>,
    /// The content of the lock that is locked or unlocked, if its type is a simple one.
    pub content: Option<String>,
    /// Whether an exchange or an attempt to lock succeeded. For the waiting of a thread, whether it was notified.
    pub succeeded: Option<bool>,
    /// What the object holds in memory after the step. `None` under C++20, where threads can see different values.
    pub value_after: Option<u64>,
    /// Whether it need not happen: a weak exchange fails that could succeed, or a thread wakes up without a notification.
    pub by_chance: bool,
    /// The source file.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

impl fmt::Display for ScheduleStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "T{} {}", self.thread + 1, self.method.unwrap_or(self.act.verb()))?;
        if let Some(object) = self.object {
            write!(formatter, " #{object}")?;
        }
        if let Some(read) = self.read {
            write!(formatter, ", reads {read}")?;
        }
        if let Some(written) = self.written {
            write!(formatter, ", writes {written}")?;
        }
        if let Some(content) = &self.content {
            write!(formatter, ", content {content}")?;
        }
        match (self.by_chance, self.succeeded) {
            (true, _) => write!(formatter, ", by chance")?,
            (false, Some(false)) => write!(formatter, ", fails")?,
            _ => {}
        }
        if let Some(ordering) = self.ordering {
            write!(formatter, ", {ordering:?}")?;
        }
        write!(formatter, " ({}:{})", self.file, self.line)
    }
}

/// Steps in the order in which they happen.
pub type Schedule = Vec<ScheduleStep>;

/// Makes steps readable, one after the other.
pub struct Reader<'r, 'a> {
    recorder: &'r Recorder<'a>,
    /// What each atomic and each plain memory holds, where there is one value for all threads.
    memory: Option<Vec<Option<u64>>>,
    buffered: bool,
}

impl<'r, 'a> Reader<'r, 'a> {
    pub fn new(recorder: &'r Recorder<'a>, has_one_memory: bool, buffered: bool) -> Self {
        let first = |held: Held| held.is_memory().then(|| held.memory());
        let memory = has_one_memory.then(|| recorder.objects.iter().map(|object| first(object.held)).collect());
        Self { recorder, memory, buffered }
    }

    /// Returns the step in words and numbers.
    pub fn read(&mut self, step: Step) -> ScheduleStep {
        let operation = self.recorder.operation(step.node);
        let Operation { action, object, ordering, place } = *operation;
        let is_memory = matches!(
            action,
            Action::Load | Action::Store(_) | Action::Update(..) | Action::CompareExchange { .. } | Action::Fence
        );
        let reads = matches!(action, Action::Load | Action::Read | Action::Update(..) | Action::CompareExchange { .. });
        let can_fail =
            matches!(action, Action::CompareExchange { .. } | Action::TryLock | Action::TryLockShared | Action::Wake);
        let mut readable = ScheduleStep {
            thread: step.thread.into(),
            act: Act::of(action),
            object: (object != NO_OBJECT).then_some(object as usize),
            ordering: is_memory.then_some(ordering),
            method: method(action),
            read: reads.then_some(step.answer.value),
            written: operation.writes(step.answer),
            content: self.content(operation, step),
            succeeded: can_fail.then_some(!step.answer.failed),
            value_after: None,
            by_chance: step.kind == StepKind::ByChance,
            file: place.file(),
            line: place.line(),
        };
        if let StepKind::Flush { object, value } = step.kind {
            let nothing = ScheduleStep { read: None, content: None, succeeded: None, ordering: None, ..readable };
            let object = Some(object as usize);
            readable = ScheduleStep { act: Act::Flush, object, method: None, written: Some(value), ..nothing };
        }
        self.remember(action, &mut readable);
        readable
    }

    fn content(&self, operation: &Operation, step: Step) -> Option<String> {
        let content = match operation.action {
            Action::Lock | Action::LockShared => step.answer.value >> 1,
            Action::TryLock | Action::TryLockShared if !step.answer.failed => step.answer.value >> 1,
            Action::Unlock { content, .. } | Action::Wait { content, .. } => content,
            _ => return None,
        };
        self.recorder.values.text(content).map(str::to_string)
    }

    /// Follows the values in memory.
    fn remember(&mut self, action: Action, step: &mut ScheduleStep) {
        let Some(memory) = &mut self.memory else { return };
        if let Action::Create(held) = action {
            memory.push(held.is_memory().then(|| held.memory()));
        }
        let Some(held) = step.object.and_then(|object| memory.get_mut(object)) else { return };
        let waits_in_buffer =
            self.buffered && matches!(step.act, Act::Store | Act::Write) && step.ordering != Some(Ordering::SeqCst);
        if let Some(written) = step.written
            && !waits_in_buffer
        {
            *held = Some(written);
        }
        step.value_after = *held;
    }
}

fn method(action: Action) -> Option<&'static str> {
    let Action::Update(update, _) = action else { return None };
    Some(match update {
        Update::Replace(_) => "swap",
        Update::Add(_) => "fetch_add",
        Update::Subtract(_) => "fetch_sub",
        Update::And(_) => "fetch_and",
        Update::Nand(_) => "fetch_nand",
        Update::Or(_) => "fetch_or",
        Update::Xor(_) => "fetch_xor",
        Update::Maximum(_) | Update::SignedMaximum(_) => "fetch_max",
        Update::Minimum(_) | Update::SignedMinimum(_) => "fetch_min",
    })
}
