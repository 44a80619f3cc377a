//! Operations: what a thread does with the objects that threads share.

use crate::object::{Held, ObjectId};
use std::panic::Location;
pub use std::sync::atomic::Ordering;

/// A place in source code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// The line, counted from 1. Lines are compared first, because most places differ in them.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
    /// The source file, as the compiler names it.
    pub file: &'static str,
}

impl Place {
    /// Returns the place of the call of a function with `#[track_caller]`.
    #[track_caller]
    pub fn caller() -> Self {
        let here = Location::caller();
        Self { file: here.file(), line: here.line(), column: here.column() }
    }
}

/// A read-modify-write that always writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Update {
    Replace(u64),
    Add(u64),
    Subtract(u64),
    And(u64),
    Nand(u64),
    Or(u64),
    Xor(u64),
    Maximum(u64),
    Minimum(u64),
    SignedMaximum(u64),
    SignedMinimum(u64),
}

impl Update {
    /// Returns what is written if `held` was read. `mask` has a bit for each bit of the integer.
    pub fn apply(self, held: u64, mask: u64) -> u64 {
        let signed = |value: u64| ((value << mask.leading_zeros()) as i64) >> mask.leading_zeros();
        let written = match self {
            Self::Replace(value) => value,
            Self::Add(value) => held.wrapping_add(value),
            Self::Subtract(value) => held.wrapping_sub(value),
            Self::And(value) => held & value,
            Self::Nand(value) => !(held & value),
            Self::Or(value) => held | value,
            Self::Xor(value) => held ^ value,
            Self::Maximum(value) => held.max(value),
            Self::Minimum(value) => held.min(value),
            Self::SignedMaximum(value) => signed(held).max(signed(value)) as u64,
            Self::SignedMinimum(value) => signed(held).min(signed(value)) as u64,
        };
        written & mask
    }
}

/// What a thread is about to do. A mutex's content is a number that stands for a value, see
/// [`crate::recorder::values`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Creates the object, with this value or state.
    Create(Held),
    Load,
    Store(u64),
    /// The update, and a mask with a bit for each bit of the integer.
    Update(Update, u64),
    CompareExchange {
        expected: u64,
        new: u64,
        failure: Ordering,
        weak: bool,
    },
    Fence,
    /// Reads plain memory, without any ordering.
    Read,
    /// Writes plain memory, without any ordering.
    Write(u64),
    /// Locks a mutex, or a read-write lock for writing.
    Lock,
    TryLock,
    Unlock {
        content: u64,
        poisoned: bool,
    },
    /// Ends writing under a read-write lock and begins reading.
    Downgrade {
        content: u64,
    },
    LockShared,
    TryLockShared,
    UnlockShared,
    /// Returns 1 if a thread panicked while it held the lock.
    IsPoisoned,
    ClearPoison,
    /// Unlocks a mutex and starts to wait for a notification, in one step.
    Wait {
        mutex: ObjectId,
        content: u64,
    },
    /// Stops waiting for a notification.
    Wake,
    /// The same, or does so because time has passed. Then the answer is 1.
    WakeOrTimeOut,
    NotifyOne,
    NotifyAll,
    /// Arrives at a barrier for this many threads. The answer is the round, and `failed` says that the thread came
    /// last.
    Arrive(u64),
    /// Leaves a barrier when this round is over.
    Leave(u64),
    /// Waits until no other thread runs the closure of a `Once`. The answer is 1 if this thread must run it, and 3 if one
    /// before panicked. Else it is twice the number of the value.
    EnterOnce {
        force: bool,
    },
    /// Ends the closure of a `Once`. Without a value it has panicked.
    FinishOnce {
        content: Option<u64>,
    },
    /// Waits until the closure of a `Once` has ended.
    WaitOnce {
        force: bool,
    },
    /// Looks whether the closure of a `Once` has ended.
    LookOnce,
    /// Sends a message, and waits until there is room for it.
    Send(u64),
    TrySend(u64),
    /// Waits until the thread's message is received.
    AwaitReceipt,
    /// Says that the thread is about to wait for a message, in a channel without room for messages.
    BeginReceive,
    Receive,
    TryReceive,
    ReceiveOrTimeOut,
    CloneSender,
    DropSender,
    DropReceiver,
    /// Waits for the thread's token and takes it.
    Park,
    /// The same, or returns because time has passed.
    ParkOrTimeOut,
    /// Gives a thread its token.
    Unpark(ThreadPath),
    /// Starts the thread's next child.
    Spawn,
    /// Waits for the end of a child, which is given by its number among its parent's children.
    Join(u64),
    /// Returns 1 if a child has ended, which is given by its number among its parent's children.
    HasEnded(u64),
    /// Does nothing. What the thread does from here on depends only on this number and on shared objects.
    Checkpoint(u64),
    /// Asks the one who explores for the next word of the thread's script.
    Ask,
    /// Tells the one who explores a value.
    Tell(u64),
    /// Works with data that the one who explores has.
    Work(Work),
}

/// Work with data that belongs to the one who explores. No other thread notices it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Work {
    /// What is done; the meaning is the explorer's user's.
    pub kind: u8,
    /// The first element that the work is done with.
    pub from: u64,
    /// All elements are before this one.
    pub to: u64,
    /// The distance between two elements, at least 1.
    pub step: u64,
}

impl Work {
    /// Returns the number of elements.
    pub fn elements(self) -> u64 {
        self.to.saturating_sub(self.from).div_ceil(self.step.max(1))
    }

    /// Returns this work and `next` as one, if it has the same elements as both.
    pub(crate) fn joined(self, next: Self) -> Option<Self> {
        let is_single = |work: Self| work.elements() == 1;
        let last = self.from + (self.elements().checked_sub(1)?) * self.step;
        let union = if self.kind != next.kind {
            return None;
        } else if self.step == 1 && next.step == 1 && next.from == self.to {
            Self { to: next.to, ..self }
        } else if self.step == 1 && next.step == 1 && next.to == self.from {
            Self { from: next.from, ..self }
        } else if is_single(next) && next.from > last && (is_single(self) || next.from - last == self.step) {
            Self { to: next.from + 1, step: next.from - last, ..self }
        } else {
            return None;
        };
        Some(union)
    }
}

impl Action {
    /// Returns whether it waits for something that may also come by chance.
    pub fn is_wake_up(self) -> bool {
        matches!(self, Self::Wake | Self::WakeOrTimeOut | Self::Park)
    }
}

/// A thread, by the way to it: 1 more than its number if it exists from the beginning, else 128 times its parent's plus
/// 1 more than its number among its parent's children. Unlike the order in which threads start, this does not depend on
/// the schedule.
pub type ThreadPath = u64;

/// The bits of a path for a child's number.
pub const CHILD_BITS: u32 = 7;

/// The place of an operation that has no object.
pub const NO_OBJECT: ObjectId = ObjectId::MAX;

/// An action, with its object, its ordering and its line of source code.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Operation {
    pub action: Action,
    pub object: ObjectId,
    pub ordering: Ordering,
    pub place: Place,
}

/// What an operation returned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Answer {
    pub value: u64,
    pub failed: bool,
}

impl Answer {
    pub const NOTHING: Self = Self { value: 0, failed: false };

    /// Why a message is neither sent nor received: the other end of the channel was dropped.
    pub const DISCONNECTED: u64 = 2;

    /// Why a message is neither sent nor received: there is no room for it, or there is none.
    pub const NOT_NOW: u64 = 1;

    pub fn value(value: u64) -> Self {
        Self { value, failed: false }
    }
}

impl Operation {
    /// Returns whether the thread learns nothing from the answer, so that it can be recorded without waiting for one.
    pub fn returns_nothing(&self) -> bool {
        matches!(
            self.action,
            Action::Create(_)
                | Action::Store(_)
                | Action::Fence
                | Action::Write(_)
                | Action::Unlock { .. }
                | Action::UnlockShared
                | Action::Downgrade { .. }
                | Action::ClearPoison
                | Action::Wait { .. }
                | Action::Wake
                | Action::NotifyOne
                | Action::NotifyAll
                | Action::Leave(_)
                | Action::FinishOnce { .. }
                | Action::BeginReceive
                | Action::CloneSender
                | Action::DropSender
                | Action::DropReceiver
                | Action::Park
                | Action::ParkOrTimeOut
                | Action::Unpark(_)
                | Action::Spawn
                | Action::Checkpoint(_)
                | Action::Tell(_)
                | Action::Work(_)
        )
    }

    /// Returns the number of the value that other threads get from this operation.
    pub fn hands_over(&self) -> Option<u64> {
        match self.action {
            Action::Unlock { content, .. } | Action::Wait { content, .. } | Action::Downgrade { content } => {
                Some(content)
            }
            Action::Send(message) | Action::TrySend(message) => Some(message),
            Action::FinishOnce { content } => content,
            _ => None,
        }
    }

    /// Returns the operation with another value that other threads get.
    pub fn handing_over(self, number: u64) -> Self {
        let action = match self.action {
            Action::Unlock { poisoned, .. } => Action::Unlock { content: number, poisoned },
            Action::Wait { mutex, .. } => Action::Wait { mutex, content: number },
            Action::Downgrade { .. } => Action::Downgrade { content: number },
            Action::FinishOnce { content } => Action::FinishOnce { content: content.map(|_| number) },
            Action::Send(_) => Action::Send(number),
            Action::TrySend(_) => Action::TrySend(number),
            other => other,
        };
        Self { action, ..self }
    }

    /// Returns whether it goes on also if another thread has not yet done something to the object.
    pub fn sees_what_is_not_yet(&self) -> bool {
        matches!(
            self.action,
            Action::TryLock | Action::TryLockShared | Action::IsPoisoned | Action::ClearPoison | Action::LookOnce
        )
    }

    /// Returns whether it receives a message, if there is one.
    pub fn receives(&self) -> bool {
        matches!(self.action, Action::Receive | Action::TryReceive | Action::ReceiveOrTimeOut)
    }

    /// Returns the number of the value that the thread gets with an answer.
    pub fn gets(&self, answer: Answer) -> Option<u64> {
        match self.action {
            Action::Lock | Action::TryLock | Action::LockShared | Action::TryLockShared => {
                (!answer.failed).then_some(answer.value >> 1)
            }
            Action::EnterOnce { .. } | Action::WaitOnce { .. } | Action::LookOnce => {
                (!answer.failed && answer.value & 1 == 0).then_some(answer.value >> 1)
            }
            Action::Join(_) => Some(answer.value),
            _ if self.receives() => (!answer.failed).then_some(answer.value),
            _ => None,
        }
    }

    /// Returns the answer with another value that the thread gets.
    pub fn getting(&self, number: u64, answer: Answer) -> Answer {
        match self.action {
            Action::Join(_) => Answer { value: number, ..answer },
            _ if self.receives() => Answer { value: number, ..answer },
            _ => Answer { value: number << 1 | answer.value & 1, ..answer },
        }
    }

    /// Returns whether shared objects are the same before and after.
    pub fn changes_nothing(&self, answer: Answer) -> bool {
        match self.action {
            Action::Load | Action::Read | Action::Fence | Action::IsPoisoned | Action::HasEnded(_) => true,
            Action::CompareExchange { .. } | Action::TryLock | Action::TryLockShared => answer.failed,
            Action::LookOnce => true,
            Action::TrySend(_) | Action::TryReceive | Action::ReceiveOrTimeOut => answer.failed,
            Action::Update(update, mask) => update.apply(answer.value, mask) == answer.value,
            _ => false,
        }
    }

    /// Returns the value that the operation writes to an atomic or to plain memory, if it writes.
    pub fn writes(&self, answer: Answer) -> Option<u64> {
        match self.action {
            Action::Store(value) | Action::Write(value) => Some(value),
            Action::Update(update, mask) => Some(update.apply(answer.value, mask)),
            Action::CompareExchange { new, .. } => (!answer.failed).then_some(new),
            _ => None,
        }
    }

    /// Returns whether this is an access to plain memory.
    pub fn is_plain(&self) -> bool {
        matches!(self.action, Action::Read | Action::Write(_))
    }

    /// Returns whether this and `other` race if they run at the same time.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        let is_write = |operation: &Self| matches!(operation.action, Action::Write(_));
        self.is_plain() && other.is_plain() && self.object == other.object && (is_write(self) || is_write(other))
    }
}
