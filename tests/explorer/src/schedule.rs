//! Schedules: what the threads did, step by step, for people and programs to read.

use crate::machine::{MOST_THREADS, Step, StepKind};
use crate::object::Held;
use crate::operation::{Action, NO_OBJECT, Operation, Ordering, Update};
use crate::recorder::Recorder;
use std::collections::VecDeque;
use std::fmt;

/// The operation that a step of a schedule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Creates an object, such as a mutex.
    Create,
    /// Loads the value of an atomic.
    Load,
    /// Stores to an atomic.
    Store,
    /// Reads and writes an atomic in one step.
    Update,
    /// Compares an atomic and writes it if it is equal.
    CompareExchange,
    /// Orders operations by a fence.
    Fence,
    /// Reads plain memory, without any ordering.
    Read,
    /// Writes plain memory, without any ordering.
    Write,
    /// Locks a mutex, or a read-write lock for writing.
    Lock,
    /// Takes the lock if it is free.
    TryLock,
    /// Unlocks a mutex, or ends writing under a read-write lock.
    Unlock,
    /// Locks a read-write lock for reading.
    LockShared,
    /// Takes the lock for reading if no thread writes.
    TryLockShared,
    /// Ends writing under a read-write lock and begins reading.
    Downgrade,
    /// Ends reading under a read-write lock.
    UnlockShared,
    /// Looks whether a thread panicked while it held the lock.
    IsPoisoned,
    /// Forgets that a thread panicked while it held the lock.
    ClearPoison,
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
    /// Leaves a barrier when all have arrived.
    Leave,
    /// Begins an initialisation that happens once, or finds that it has happened.
    EnterOnce,
    /// Ends an initialisation that happens once.
    FinishOnce,
    /// Waits for an initialisation that happens once.
    WaitOnce,
    /// Looks whether an initialisation has happened.
    LookOnce,
    /// Sends a message to a channel.
    Send,
    /// Sends a message if there is room.
    TrySend,
    /// Waits until its message is received.
    AwaitReceipt,
    /// Begins to wait for a message.
    BeginReceive,
    /// Receives a message from a channel.
    Receive,
    /// Receives a message if there is one.
    TryReceive,
    /// Clones the sending end of a channel.
    CloneSender,
    /// Drops the sending end of a channel.
    DropSender,
    /// Drops the receiving end of a channel.
    DropReceiver,
    /// Waits for the thread's token.
    Park,
    /// Gives a thread its token.
    Unpark,
    /// Starts a new thread.
    Spawn,
    /// Waits for the end of a thread.
    Join,
    /// Looks whether a thread has ended.
    HasEnded,
    /// The oldest store in the thread's buffer reaches memory.
    Flush,
}

impl Act {
    pub(crate) fn of(action: Action) -> Self {
        match action {
            Action::Create(_) => Self::Create,
            Action::Load => Self::Load,
            Action::Store(_) => Self::Store,
            Action::Update(..) => Self::Update,
            Action::CompareExchange { .. } => Self::CompareExchange,
            Action::Fence | Action::Checkpoint(_) | Action::Ask | Action::Tell(_) | Action::Work(_) => Self::Fence,
            Action::Read => Self::Read,
            Action::Write(_) => Self::Write,
            Action::Lock => Self::Lock,
            Action::TryLock => Self::TryLock,
            Action::Unlock { .. } => Self::Unlock,
            Action::LockShared => Self::LockShared,
            Action::TryLockShared => Self::TryLockShared,
            Action::Downgrade { .. } => Self::Downgrade,
            Action::UnlockShared => Self::UnlockShared,
            Action::Wait { .. } => Self::Wait,
            Action::IsPoisoned => Self::IsPoisoned,
            Action::ClearPoison => Self::ClearPoison,
            Action::Wake | Action::WakeOrTimeOut => Self::WakeUp,
            Action::NotifyOne => Self::NotifyOne,
            Action::NotifyAll => Self::NotifyAll,
            Action::Arrive(_) => Self::Arrive,
            Action::Leave(_) => Self::Leave,
            Action::EnterOnce { .. } => Self::EnterOnce,
            Action::FinishOnce { .. } => Self::FinishOnce,
            Action::WaitOnce { .. } => Self::WaitOnce,
            Action::LookOnce => Self::LookOnce,
            Action::Send(_) => Self::Send,
            Action::TrySend(_) => Self::TrySend,
            Action::AwaitReceipt => Self::AwaitReceipt,
            Action::BeginReceive => Self::BeginReceive,
            Action::Receive | Action::ReceiveOrTimeOut => Self::Receive,
            Action::TryReceive => Self::TryReceive,
            Action::CloneSender => Self::CloneSender,
            Action::DropSender => Self::DropSender,
            Action::DropReceiver => Self::DropReceiver,
            Action::Park | Action::ParkOrTimeOut => Self::Park,
            Action::HasEnded(_) => Self::HasEnded,
            Action::Unpark(_) => Self::Unpark,
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
            Self::Downgrade => "goes on reading",
            Self::UnlockShared => "ends reading",
            Self::IsPoisoned => "looks for poison in",
            Self::ClearPoison => "clears the poison of",
            Self::Wait => "unlocks and waits",
            Self::WakeUp => "wakes up",
            Self::NotifyOne => "notifies one thread",
            Self::NotifyAll => "notifies all threads",
            Self::Arrive => "arrives at the barrier",
            Self::Leave => "leaves the barrier",
            Self::EnterOnce => "begins to initialise",
            Self::FinishOnce => "has initialised",
            Self::WaitOnce => "waits for the initialisation of",
            Self::LookOnce => "looks whether it is initialised:",
            Self::Send => "sends to",
            Self::TrySend => "tries to send to",
            Self::AwaitReceipt => "has been received by",
            Self::BeginReceive => "waits for a message of",
            Self::Receive => "receives from",
            Self::TryReceive => "tries to receive from",
            Self::CloneSender => "clones a sender of",
            Self::DropSender => "drops a sender of",
            Self::DropReceiver => "drops the receiver of",
            Self::Park => "parks",
            Self::Unpark => "unparks a thread",
            Self::Spawn => "starts a thread",
            Self::Join => "joins a thread",
            Self::HasEnded => "looks whether a thread has ended",
            Self::Flush => "store reaches memory",
        }
    }
}

/// Where a value comes from that a step reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadsFrom {
    /// The value with which the object was created.
    FirstValue,
    /// The step of the schedule with this index.
    Step(usize),
}

/// A step of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleStep {
    /// The thread, counted from 0.
    pub thread: usize,
    /// The operation that the step does.
    pub act: Act,
    /// The number of the object.
    pub object: Option<usize>,
    /// The ordering of an atomic access or a fence.
    pub ordering: Option<Ordering>,
    /// The name of the method in `std`, for an update, such as `fetch_add`.
    pub method: Option<&'static str>,
    /// The value that it reads from an atomic or from plain memory.
    pub read: Option<u64>,
    /// Which write it reads that value from.
    pub reads_from: Option<ReadsFrom>,
    /// The value that it writes there.
    pub written: Option<u64>,
    /// The content of the lock that is locked or unlocked, or the message that is sent or received, if its type is a
    /// simple one.
    pub content: Option<String>,
    /// Whether an exchange or an attempt to lock succeeded. For the waiting of a thread, whether it was notified.
    pub succeeded: Option<bool>,
    /// What the object holds in memory after the step. `None` under C++20, where threads can see different values.
    pub value_after: Option<u64>,
    /// Whether it need not happen: a weak exchange fails that could succeed, or a thread wakes up without a
    /// notification.
    pub by_chance: bool,
    /// The source file of the operation.
    pub file: &'static str,
    /// The line of the operation.
    pub line: u32,
    /// The column of the operation's name in that line.
    pub column: u32,
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
        match self.reads_from {
            Some(ReadsFrom::FirstValue) => write!(formatter, " from the beginning")?,
            Some(ReadsFrom::Step(index)) => write!(formatter, " from step {}", index + 1)?,
            None => {}
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

/// A value in memory, and the step that wrote it.
#[derive(Clone, Copy)]
struct Written {
    value: u64,
    by: ReadsFrom,
}

/// What a schedule has led to, as far as its steps tell.
enum Memory {
    /// One value for all threads, and the stores that wait in each thread's buffer.
    One { objects: Vec<Option<Written>>, buffers: Option<[VecDeque<(usize, Written)>; MOST_THREADS]> },
    /// For each object its modification order, and for each thread its events.
    Graph { orders: Vec<Vec<ReadsFrom>>, events: [Vec<Noted>; MOST_THREADS] },
}

/// An event that was noted: its step, and the object that it writes.
#[derive(Clone, Copy)]
struct Noted {
    step: usize,
    writes: Option<usize>,
}

/// Makes steps readable, one after the other.
pub struct Reader<'r, 'a> {
    recorder: &'r Recorder<'a>,
    memory: Memory,
    /// The number of steps so far.
    steps: usize,
}

fn first_value(held: Held) -> Option<Written> {
    held.is_memory().then(|| Written { value: held.memory(), by: ReadsFrom::FirstValue })
}

impl<'r, 'a> Reader<'r, 'a> {
    /// Creates a reader of schedules under one memory.
    pub fn of_one_memory(recorder: &'r Recorder<'a>, buffered: bool) -> Self {
        let objects = recorder.objects.iter().map(|object| first_value(object.held)).collect();
        Self { recorder, memory: Memory::One { objects, buffers: buffered.then(Default::default) }, steps: 0 }
    }

    /// Creates a reader of the ways to an execution graph.
    pub fn of_graphs(recorder: &'r Recorder<'a>) -> Self {
        let orders = vec![vec![ReadsFrom::FirstValue]; recorder.objects.len()];
        Self { recorder, memory: Memory::Graph { orders, events: Default::default() }, steps: 0 }
    }

    /// Returns the step in words and numbers.
    pub fn read(&mut self, step: Step) -> ScheduleStep {
        let operation = self.recorder.operation(step.node);
        let Operation { action, object, place, .. } = *operation;
        let reads = matches!(action, Action::Load | Action::Read | Action::Update(..) | Action::CompareExchange { .. });
        let can_fail = matches!(
            action,
            Action::CompareExchange { .. }
                | Action::Send(_)
                | Action::TrySend(_)
                | Action::AwaitReceipt
                | Action::Receive
                | Action::TryReceive
                | Action::ReceiveOrTimeOut
                | Action::TryLock
                | Action::TryLockShared
                | Action::Wake
                | Action::WakeOrTimeOut
                | Action::Park
        );
        let mut readable = ScheduleStep {
            thread: step.thread.into(),
            act: Act::of(action),
            object: (object != NO_OBJECT).then_some(object as usize),
            ordering: ordering(operation),
            method: method(action),
            read: reads.then_some(step.answer.value),
            reads_from: None,
            written: operation.writes(step.answer),
            content: self.content(operation, step),
            succeeded: can_fail.then_some(!step.answer.failed),
            value_after: None,
            by_chance: step.kind == StepKind::ByChance,
            file: place.file,
            line: place.line,
            column: place.column,
        };
        if step.kind == StepKind::Flush {
            readable = ScheduleStep { act: Act::Flush, ordering: None, ..readable };
        }
        self.remember(action, step, &mut readable);
        self.steps += 1;
        readable
    }

    /// Follows what was written, and notes where a value comes from.
    fn remember(&mut self, action: Action, step: Step, readable: &mut ScheduleStep) {
        let thread = readable.thread;
        let (objects, buffers) = match &mut self.memory {
            Memory::One { objects, buffers } => (objects, buffers),
            Memory::Graph { orders, events } => {
                if let Action::Create(_) = action {
                    orders.push(vec![ReadsFrom::FirstValue]);
                }
                if let (Some(object), Some(newer)) = (readable.object, step.reads) {
                    let order = &orders[object];
                    readable.reads_from = Some(order[order.len() - 1 - usize::from(newer)]);
                }
                let writes = readable.object.filter(|_| step.writes.is_some());
                if let (Some(object), Some(newer)) = (writes, step.writes) {
                    let place = orders[object].len() - usize::from(newer);
                    orders[object].insert(place, ReadsFrom::Step(self.steps));
                }
                events[thread].push(Noted { step: self.steps, writes });
                let left = events[thread].len() - usize::from(step.taken_back);
                for taken_back in events[thread].drain(left..) {
                    if let Some(object) = taken_back.writes {
                        orders[object].retain(|&write| write != ReadsFrom::Step(taken_back.step));
                    }
                }
                return;
            }
        };
        if let Action::Create(held) = action {
            let object = readable.object.expect("what is created is an object");
            if objects.len() <= object {
                objects.resize(object + 1, None);
            }
            objects[object] = first_value(held);
        }
        let Some(object) = readable.object else { return };
        let Some(Some(held)) = objects.get_mut(object) else { return };
        if readable.read.is_some() {
            let own = buffers.as_ref().and_then(|buffers| buffers[thread].iter().rev().find(|store| store.0 == object));
            readable.reads_from = Some(own.map_or(held.by, |(_, store)| store.by));
        }
        let is_buffered =
            matches!(readable.act, Act::Store | Act::Write) && readable.ordering != Some(Ordering::SeqCst);
        if let Some(value) = readable.written {
            let mut written = Written { value, by: ReadsFrom::Step(self.steps) };
            match buffers {
                Some(buffers) if is_buffered => buffers[thread].push_back((object, written)),
                Some(buffers) if readable.act == Act::Flush => {
                    (_, written) = buffers[thread].pop_front().expect("a store was buffered");
                    *held = written;
                }
                _ => *held = written,
            }
        }
        readable.value_after = Some(held.value);
    }

    fn content(&self, operation: &Operation, step: Step) -> Option<String> {
        let content = match operation.action {
            Action::Join(_) => return None,
            _ => operation.gets(step.answer).or(operation.hands_over())?,
        };
        self.recorder.values.text(content).map(str::to_string)
    }
}

/// Returns the ordering of an operation that has one.
pub fn ordering(operation: &Operation) -> Option<Ordering> {
    let has_one = matches!(
        operation.action,
        Action::Load | Action::Store(_) | Action::Update(..) | Action::CompareExchange { .. } | Action::Fence
    );
    has_one.then_some(operation.ordering)
}

/// Returns the name of an update's method in `std`.
pub fn method(action: Action) -> Option<&'static str> {
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
