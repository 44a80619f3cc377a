//! Objects: what each of them holds, and what the operations of locks and their like do to it.

use crate::operation::{Action, Answer, Operation, Place};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The number of an object. It depends on the creating thread and on how many that thread has created before, and not on
/// the schedule.
pub type ObjectId = u32;

/// The number of a thread, counted from 0.
pub type ThreadId = u8;

/// A set of threads, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Threads(u8);

impl Threads {
    pub fn contains(self, thread: ThreadId) -> bool {
        self.0 >> thread & 1 == 1
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = ThreadId> {
        (0..8).filter(move |&thread| self.contains(thread))
    }

    pub fn with(self, thread: ThreadId) -> Self {
        Self(self.0 | 1 << thread)
    }

    pub fn without(self, thread: ThreadId) -> Self {
        Self(self.0 & !(1 << thread))
    }
}

/// How often each thread holds a read-write lock for reading.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Readers([u8; 8]);

impl Readers {
    pub fn is_empty(self) -> bool {
        self.0 == [0; 8]
    }

    fn iter(self) -> impl Iterator<Item = ThreadId> {
        (0..8).filter(move |&thread| self.0[thread as usize] > 0)
    }

    fn with(mut self, thread: ThreadId) -> Self {
        self.0[thread as usize] += 1;
        self
    }

    fn without(mut self, thread: ThreadId) -> Self {
        self.0[thread as usize] -= 1;
        self
    }
}

/// How far a `Once` is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Progress {
    NotStarted,
    RunBy(ThreadId),
    /// With the number of the value.
    Finished(u64),
    /// The closure panicked, so that no other closure may run.
    Poisoned,
}

/// A message in a channel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Message {
    number: u64,
    /// The thread that waits until it is received.
    sender: Option<ThreadId>,
}

/// The messages in a channel, the oldest first, by a number: equal queues have the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Queue(u32);

/// All queues so far, and their numbers. The first is the empty one.
struct Queues {
    all: Vec<Rc<[Message]>>,
    numbers: HashMap<Rc<[Message]>, u32>,
}

thread_local! {
    static QUEUES: RefCell<Queues> = {
        let empty: Rc<[Message]> = Rc::new([]);
        RefCell::new(Queues { all: vec![empty.clone()], numbers: HashMap::from([(empty, 0)]) })
    };
}

impl Queue {
    fn of(messages: &[Message]) -> Self {
        QUEUES.with_borrow_mut(|Queues { all, numbers }| {
            if let Some(&number) = numbers.get(messages) {
                return Self(number);
            }
            let (number, messages) = (all.len() as u32, Rc::<[Message]>::from(messages));
            all.push(messages.clone());
            numbers.insert(messages, number);
            Self(number)
        })
    }

    fn messages(self) -> Rc<[Message]> {
        QUEUES.with_borrow(|queues| queues.all[self.0 as usize].clone())
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the numbers of the messages, the oldest first.
    pub fn numbers(self) -> Vec<u64> {
        self.messages().iter().map(|message| message.number).collect()
    }

    fn with(self, number: u64, sender: Option<ThreadId>) -> Self {
        Self::of(&[&*self.messages(), &[Message { number, sender }]].concat())
    }

    /// Returns the oldest message, and the others.
    fn split(self) -> Option<(u64, Self)> {
        self.messages().split_first().map(|(first, rest)| (first.number, Self::of(rest)))
    }

    /// Returns the same messages, in which it is not said which threads wait until they are received.
    fn without_names(self) -> Self {
        let messages = self.messages();
        if messages.iter().all(|message| message.sender.is_none()) {
            return self;
        }
        let unnamed = |message: &Message| Message { sender: message.sender.map(|_| 0), ..*message };
        Self::of(&messages.iter().map(unnamed).collect::<Vec<_>>())
    }

    /// Returns the place, counted from 1, of the message that a thread waits for to be received. It is 0 if there is
    /// none: a thread waits for one at a time.
    fn place_of(self, sender: ThreadId) -> u64 {
        let place = self.messages().iter().position(|message| message.sender == Some(sender));
        place.map_or(0, |place| place as u64 + 1)
    }

    fn without_sender(self, sender: ThreadId) -> Self {
        let others =
            self.messages().iter().copied().filter(|message| message.sender != Some(sender)).collect::<Vec<_>>();
        Self::of(&others)
    }
}

/// What the receiver of a channel does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Receiving {
    Idle,
    /// It waits, in a channel without room for messages.
    Waiting,
    Dropped,
}

/// The value or state of an object, such as the holder of a lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Held {
    /// The object has not been created yet.
    Absent,
    Atomic(u64),
    Plain(u64),
    Mutex {
        content: u64,
        poisoned: bool,
        holder: Option<ThreadId>,
    },
    ReadWriteLock {
        content: u64,
        poisoned: bool,
        writer: Option<ThreadId>,
        readers: Readers,
    },
    Condvar {
        waiting: Threads,
    },
    /// `leaving` threads have not noticed yet that the round before is over.
    Barrier {
        arrived: u8,
        round: u8,
        leaving: u8,
    },
    Once(Progress),
    Channel {
        queue: Queue,
        capacity: Option<u32>,
        senders: u8,
        receiver: Receiving,
    },
}

impl Held {
    /// Returns the value of an atomic or of plain memory.
    pub fn memory(self) -> u64 {
        match self {
            Self::Atomic(value) | Self::Plain(value) => value,
            _ => unreachable!("only atomics and plain memory are loaded and stored"),
        }
    }

    /// Returns the same object with another value.
    pub fn with_memory(self, value: u64) -> Self {
        match self {
            Self::Plain(_) => Self::Plain(value),
            _ => Self::Atomic(value),
        }
    }

    pub fn is_memory(self) -> bool {
        matches!(self, Self::Atomic(_) | Self::Plain(_))
    }

    /// Returns the threads that hold this lock.
    pub fn holders(self) -> Vec<ThreadId> {
        match self {
            Self::Mutex { holder, .. } => holder.into_iter().collect(),
            Self::ReadWriteLock { writer, readers, .. } => writer.into_iter().chain(readers.iter()).collect(),
            Self::Once(Progress::RunBy(thread)) => vec![thread],
            _ => Vec::new(),
        }
    }

    /// Returns numbers that tell the state from all others of the same object, together with each thread's
    /// [`role`](Self::role).
    pub fn code(self) -> [u64; 3] {
        match self {
            Self::Absent => [u64::MAX; 3],
            Self::Atomic(value) | Self::Plain(value) => [value, 0, 0],
            Self::Mutex { content, poisoned, .. } | Self::ReadWriteLock { content, poisoned, .. } => {
                [content, poisoned.into(), 0]
            }
            Self::Condvar { .. } => [0, 0, 0],
            Self::Barrier { arrived, round, leaving } => [arrived.into(), round.into(), leaving.into()],
            Self::Once(Progress::NotStarted) => [0, 0, 0],
            Self::Once(Progress::RunBy(_)) => [1, 0, 0],
            Self::Once(Progress::Finished(content)) => [2, content, 0],
            Self::Once(Progress::Poisoned) => [3, 0, 0],
            Self::Channel { queue, senders, receiver, .. } => {
                [queue.without_names().0.into(), senders.into(), receiver as u64]
            }
        }
    }

    /// Returns what a thread is to the object, such as its holder. It is 0 if it is nothing.
    pub fn role(self, thread: ThreadId) -> u64 {
        match self {
            Self::Mutex { holder, .. } => (holder == Some(thread)).into(),
            Self::ReadWriteLock { writer, readers, .. } => {
                u64::from(readers.0[thread as usize]) << 1 | u64::from(writer == Some(thread))
            }
            Self::Condvar { waiting } => waiting.contains(thread).into(),
            Self::Once(Progress::RunBy(by)) => (by == thread).into(),
            Self::Channel { queue, .. } => queue.place_of(thread),
            Self::Absent | Self::Atomic(_) | Self::Plain(_) | Self::Barrier { .. } | Self::Once(_) => 0,
        }
    }
}

/// Makes an object hold its first value. The objects before it that have not been created are absent.
pub fn put(objects: &mut Vec<Held>, object: ObjectId, held: Held) {
    let object = object as usize;
    if objects.len() <= object {
        objects.resize(object + 1, Held::Absent);
    }
    objects[object] = held;
}

/// An object as it was created.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Object {
    pub held: Held,
    pub place: Place,
}

/// One way in which an operation of a lock or its like can go.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    pub answer: Answer,
    /// What the operation's object holds afterwards.
    pub held: Held,
    /// Another object that changes too, and what it holds afterwards.
    pub other: Option<(ObjectId, Held)>,
    /// Whether it need not happen, as a wake-up without a notification need not.
    pub by_chance: bool,
}

/// Returns every way in which an operation of a lock or its like can go: none if the thread must wait.
pub fn synchronise(operation: &Operation, thread: ThreadId, objects: &[Held]) -> Vec<Effect> {
    let held = objects[operation.object as usize];
    if let Held::Channel { .. } = held {
        return communicate(operation.action, thread, held)
            .map_or_else(Vec::new, |(answer, held)| vec![Effect { answer, held, other: None, by_chance: false }]);
    }
    let done = |answer: Answer, held: Held| vec![Effect { answer, held, other: None, by_chance: false }];
    match (operation.action, held) {
        (Action::Lock | Action::TryLock, Held::Mutex { content, poisoned, holder: None }) => {
            done(locked(content, poisoned), Held::Mutex { content, poisoned, holder: Some(thread) })
        }
        (Action::Lock | Action::TryLock, Held::ReadWriteLock { content, poisoned, writer: None, readers })
            if readers.is_empty() =>
        {
            let held = Held::ReadWriteLock { content, poisoned, writer: Some(thread), readers };
            done(locked(content, poisoned), held)
        }
        (
            Action::LockShared | Action::TryLockShared,
            Held::ReadWriteLock { content, poisoned, writer: None, readers },
        ) => {
            let held = Held::ReadWriteLock { content, poisoned, writer: None, readers: readers.with(thread) };
            done(locked(content, poisoned), held)
        }
        (Action::TryLock | Action::TryLockShared, _) => done(Answer { value: 0, failed: true }, held),
        (Action::Unlock { content, poisoned }, Held::Mutex { .. }) => {
            done(Answer::NOTHING, Held::Mutex { content, poisoned, holder: None })
        }
        (Action::Unlock { content, poisoned }, Held::ReadWriteLock { readers, .. }) => {
            done(Answer::NOTHING, Held::ReadWriteLock { content, poisoned, writer: None, readers })
        }
        (Action::Downgrade { content }, Held::ReadWriteLock { poisoned, readers, .. }) => {
            let readers = readers.with(thread);
            done(Answer::NOTHING, Held::ReadWriteLock { content, poisoned, writer: None, readers })
        }
        (Action::UnlockShared, Held::ReadWriteLock { content, poisoned, writer, readers }) => {
            let readers = readers.without(thread);
            done(Answer::NOTHING, Held::ReadWriteLock { content, poisoned, writer, readers })
        }
        (Action::IsPoisoned, Held::Mutex { poisoned, .. } | Held::ReadWriteLock { poisoned, .. }) => {
            done(Answer::value(poisoned.into()), held)
        }
        (Action::ClearPoison, Held::Mutex { content, holder, .. }) => {
            done(Answer::NOTHING, Held::Mutex { content, poisoned: false, holder })
        }
        (Action::ClearPoison, Held::ReadWriteLock { content, writer, readers, .. }) => {
            done(Answer::NOTHING, Held::ReadWriteLock { content, poisoned: false, writer, readers })
        }
        (Action::Wait { mutex, content }, Held::Condvar { waiting }) => {
            let Held::Mutex { poisoned, .. } = objects[mutex as usize] else { unreachable!("a guard is of a mutex") };
            let other = Some((mutex, Held::Mutex { content, poisoned, holder: None }));
            let held = Held::Condvar { waiting: waiting.with(thread) };
            vec![Effect { answer: Answer::NOTHING, held, other, by_chance: false }]
        }
        (Action::Wake | Action::WakeOrTimeOut, Held::Condvar { waiting }) => {
            let by_chance = waiting.contains(thread);
            let held = Held::Condvar { waiting: waiting.without(thread) };
            let woken = Effect { answer: Answer { value: 0, failed: by_chance }, held, other: None, by_chance };
            let timed_out = Effect { answer: Answer::value(1), held, other: None, by_chance: false };
            let can_time_out = by_chance && operation.action == Action::WakeOrTimeOut;
            [woken].into_iter().chain(can_time_out.then_some(timed_out)).collect()
        }
        (Action::NotifyAll, Held::Condvar { .. }) => {
            done(Answer::NOTHING, Held::Condvar { waiting: Threads::default() })
        }
        (Action::NotifyOne, Held::Condvar { waiting }) if waiting.is_empty() => done(Answer::NOTHING, held),
        (Action::NotifyOne, Held::Condvar { waiting }) => {
            let wakes = |woken| done(Answer::NOTHING, Held::Condvar { waiting: waiting.without(woken) });
            waiting.iter().flat_map(wakes).collect()
        }
        (Action::Arrive(size), Held::Barrier { arrived, round, leaving }) => {
            let is_last = u64::from(arrived) + 1 >= size;
            let answer = Answer { value: round.into(), failed: is_last };
            match (is_last, leaving) {
                (false, _) => done(answer, Held::Barrier { arrived: arrived + 1, round, leaving }),
                // A thread that leaves late does nothing else meanwhile, so it may as well leave first.
                (true, 1..) => Vec::new(),
                (true, 0) => done(answer, Held::Barrier { arrived: 0, round: round ^ 1, leaving: arrived }),
            }
        }
        (Action::Leave(left), Held::Barrier { arrived, round, leaving }) if u64::from(round) != left => {
            done(Answer::NOTHING, Held::Barrier { arrived, round, leaving: leaving - 1 })
        }
        (Action::EnterOnce { .. }, Held::Once(Progress::NotStarted)) => {
            done(Answer::value(1), Held::Once(Progress::RunBy(thread)))
        }
        (Action::EnterOnce { force: true }, Held::Once(Progress::Poisoned)) => {
            done(Answer::value(3), Held::Once(Progress::RunBy(thread)))
        }
        (
            Action::EnterOnce { .. } | Action::WaitOnce { .. } | Action::LookOnce,
            Held::Once(Progress::Finished(content)),
        ) => done(Answer::value(content << 1), held),
        (Action::EnterOnce { .. } | Action::WaitOnce { force: false }, Held::Once(Progress::Poisoned))
        | (Action::LookOnce, Held::Once(_)) => done(Answer { value: 0, failed: true }, held),
        (Action::FinishOnce { content }, Held::Once(_)) => {
            done(Answer::NOTHING, Held::Once(content.map_or(Progress::Poisoned, Progress::Finished)))
        }
        _ => Vec::new(),
    }
}

/// Does an operation of a channel. Returns `None` if the thread must wait.
fn communicate(action: Action, thread: ThreadId, held: Held) -> Option<(Answer, Held)> {
    let Held::Channel { queue, capacity, senders, receiver } = held else { return None };
    let channel = |queue, senders, receiver| Held::Channel { queue, capacity, senders, receiver };
    let failed = |value| Some((Answer { value, failed: true }, held));
    let has_room = capacity.is_none_or(|capacity| queue.messages().len() < capacity as usize);
    let (answer, held) = match action {
        Action::Send(_) | Action::TrySend(_) if receiver == Receiving::Dropped => return failed(Answer::DISCONNECTED),
        Action::Send(message) if capacity == Some(0) => {
            (Answer::NOTHING, channel(queue.with(message, Some(thread)), senders, receiver))
        }
        Action::Send(message) | Action::TrySend(message) if has_room => {
            (Answer::NOTHING, channel(queue.with(message, None), senders, receiver))
        }
        Action::TrySend(message) if receiver == Receiving::Waiting && queue.is_empty() => {
            (Answer::NOTHING, channel(queue.with(message, None), senders, receiver))
        }
        Action::TrySend(_) => return failed(Answer::NOT_NOW),
        Action::AwaitReceipt => {
            let others = queue.without_sender(thread);
            let answer = Answer { value: 0, failed: others != queue };
            if answer.failed && receiver != Receiving::Dropped {
                return None;
            }
            (answer, channel(others, senders, receiver))
        }
        Action::BeginReceive if queue.is_empty() && senders > 0 => {
            (Answer::NOTHING, channel(queue, senders, Receiving::Waiting))
        }
        Action::BeginReceive => (Answer::NOTHING, held),
        Action::Receive | Action::TryReceive | Action::ReceiveOrTimeOut => match queue.split() {
            Some((message, rest)) => (Answer::value(message), channel(rest, senders, Receiving::Idle)),
            None if senders == 0 => return failed(Answer::DISCONNECTED),
            None if action == Action::Receive => return None,
            None => (Answer { value: Answer::NOT_NOW, failed: true }, channel(queue, senders, Receiving::Idle)),
        },
        Action::CloneSender => (Answer::NOTHING, channel(queue, senders.saturating_add(1), receiver)),
        Action::DropSender => (Answer::NOTHING, channel(queue, senders.saturating_sub(1), receiver)),
        Action::DropReceiver if capacity == Some(0) => (Answer::NOTHING, channel(queue, senders, Receiving::Dropped)),
        Action::DropReceiver => (Answer::NOTHING, channel(Queue::default(), senders, Receiving::Dropped)),
        _ => return None,
    };
    Some((answer, held))
}

/// The answer to a thread that gets a lock: the content, and in the lowest bit whether the lock is poisoned.
fn locked(content: u64, poisoned: bool) -> Answer {
    Answer::value(content << 1 | u64::from(poisoned))
}
