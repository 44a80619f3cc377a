//! The whole graph of a small program's states, to be walked by hand.
//!
//! The program is the real code, as for [`explore`](crate::explore). Here its states are kept, so that a person can
//! choose which thread runs next, take a step back, and ask which ends can still be reached.
//!
//! ```
//! use explorer::sync::atomic::{AtomicU64, Ordering::Relaxed};
//! use explorer::walk::{End, Pick::Run, Walk};
//! use explorer::{Memory, Program};
//!
//! let program = Program::new(AtomicU64::default)
//!     .threads(2, |counter, _thread| {
//!         let seen = counter.load(Relaxed);
//!         counter.store(seen + 1, Relaxed);
//!     })
//!     .end(|counter| counter.load(Relaxed));
//! let walk = Walk::new(&program, Memory::Interleaved).unwrap();
//! assert_eq!(walk.start().ways_to(&End::Outcome(vec![1])), Some(4));
//!
//! let path = walk.follow([Run(0), Run(1), Run(1), Run(0)]).unwrap();
//! assert_eq!(walk.states[path.end()].end, Some(End::Outcome(vec![1])));
//! assert_eq!(path.steps[3].written, Some(1));
//!
//! let impossible = walk.follow([Run(0), Run(0), Run(0)]).unwrap_err();
//! assert_eq!(impossible.to_string(), "step 3: T1 has ended");
//! ```
//!
//! # Threads that wait
//!
//! A step that changes nothing, after which the thread would do the same again, is not a step here: a failed try of a
//! spin lock, for example. The thread is blocked until what it looks at changes. So ways through a spin lock can be
//! counted. If a round of a waiting loop takes several steps, the ways through it have no number.

mod build;
mod count;
mod ends;

use crate::explore::Memory;
use crate::hang::Waiting;
use crate::machine::Bound;
use crate::operation::Ordering;
use crate::order::Order;
use crate::program::Subject;
use crate::recorder::{Joining, Recorder};
use crate::report::Problem;
use crate::schedule::{Act, ReadsFrom, Schedule, ScheduleStep};
use crate::search::{Bounds, Goal, search};
use build::Builder;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;

/// The largest number of states of a [`Walk::new`].
pub const MOST_STATES: usize = 1 << 16;

/// Every state that a schedule can reach, and the steps between them.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The states. The first is the start.
    pub states: Vec<State>,
}

/// A state of the program.
#[derive(Clone, Debug)]
pub struct State {
    /// What each object holds, in the order of creation.
    pub objects: Vec<Holds>,
    /// The threads, in the order of their start.
    pub threads: Vec<Thread>,
    /// The steps that are possible here.
    pub steps: Vec<Choice>,
    /// The problem that ends the execution here.
    pub problem: Option<Problem>,
    /// The ends that can be reached from here, and in how many ways: see [`State::ways_to`].
    pub ends: BTreeMap<End, Option<u128>>,
    /// How the execution ends here. `None` if it goes on.
    pub end: Option<End>,
    /// What `main` returned, if it has ended and other threads can still do something. Then the program may end here too,
    /// but the numbers of ways do not count that.
    pub may_end: Option<Vec<u64>>,
    /// The number of ways from the start to here, if there is a number.
    pub ways_here: Option<u128>,
}

/// The value or state of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The value in memory of an atomic.
    Atomic(u64),
    /// The value of plain memory.
    Plain(u64),
    /// A mutex or a read-write lock.
    Lock {
        /// The threads that hold it: none if it is free.
        holders: Vec<usize>,
        /// What the last holder left in it, if its type is a simple one.
        content: Option<String>,
    },
    /// A condition variable, and the threads that wait for its notification.
    Condvar {
        /// The threads that wait for it, counted from 0.
        waiting: Vec<usize>,
    },
    /// A barrier, and the number of threads that have arrived.
    Barrier {
        /// The number of threads that have arrived.
        arrived: usize,
    },
    /// A channel, and the messages in it.
    Channel {
        /// The messages that have not been received, the oldest first. `None` for one whose type is not a simple one.
        messages: Vec<Option<String>>,
        /// The number of senders that have not been dropped.
        senders: usize,
    },
    /// An object that has not been created yet.
    Absent,
    /// A `Once`, and how far its closure is.
    Once {
        /// The thread that runs the closure.
        run_by: Option<usize>,
        /// Whether the closure has run.
        is_finished: bool,
    },
}

/// A thread in a state.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Whether the thread can take a step, and why not.
    pub standing: Standing,
    /// What the thread does next. `None` if it has ended.
    pub next: Option<NextOperation>,
    /// The thread's stores that have not reached memory, the oldest first.
    pub buffer: Vec<BufferedStore>,
    /// What the thread waits for if it never comes further. `None` if it has ended.
    waiting: Option<Waiting>,
}

/// Whether a thread can take a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The thread can do its next operation.
    Ready,
    /// The thread waits for another thread.
    Blocked(Waiting),
    /// The thread waits until its own stores have reached memory.
    WaitsForItsStores,
    /// The thread has returned, or it panics.
    Ended,
}

/// The operation that a thread does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextOperation {
    /// The kind of the operation.
    pub act: Act,
    /// The name of the method in `std`, for an update, such as `fetch_add`.
    pub method: Option<&'static str>,
    /// The number of the object, in the order of creation.
    pub object: Option<usize>,
    /// The ordering of an atomic access or a fence.
    pub ordering: Option<Ordering>,
    /// The source file of the operation.
    pub file: &'static str,
    /// The line of the operation.
    pub line: u32,
}

/// A store that has not reached memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferedStore {
    /// The number of the object, in the order of creation.
    pub object: usize,
    /// The value that it stores.
    pub value: u64,
}

/// What a person chooses: a step, by the thread that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pick {
    /// The thread, counted from 0, does its next operation.
    Run(usize),
    /// The oldest store in the thread's buffer reaches memory.
    Flush(usize),
    /// The thread does its next operation, which goes another way than with `Run`: it notifies another thread, or what
    /// need not happen happens. Ways are counted from 1.
    Otherwise(usize, usize),
}

impl Pick {
    /// Returns the thread, counted from 0.
    pub fn thread(self) -> usize {
        match self {
            Self::Run(thread) | Self::Flush(thread) | Self::Otherwise(thread, _) => thread,
        }
    }
}

/// A step that is possible in a state.
#[derive(Clone, Debug)]
pub struct Choice {
    /// How a person chooses it.
    pub pick: Pick,
    /// The step. Where it reads from depends on the steps before, so only [`Walk::follow`] says it.
    pub step: ScheduleStep,
    /// The state that it leads to, as an index of [`Walk::states`].
    pub to: usize,
}

/// How an execution ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// All threads have ended. These are the values that they and the code at the end returned.
    Outcome(Vec<u64>),
    /// Two threads are about to access plain memory, and at least one of them writes.
    DataRace,
    /// A thread panics, or the code at the end does.
    Panic,
    /// Threads wait for each other in a circle.
    Deadlock,
    /// Threads wait for what cannot happen any more.
    WaitsForEver,
}

impl End {
    fn of(problem: &Problem) -> Self {
        match problem {
            Problem::DataRace { .. } => Self::DataRace,
            Problem::Panic { .. } => Self::Panic,
            Problem::Deadlock { .. } => Self::Deadlock,
            Problem::WaitsForEver { .. } => Self::WaitsForEver,
        }
    }
}

impl State {
    /// Returns the number of ways from here to an end: 1 at the end itself, and 0 if it cannot be reached any more or
    /// only by what need not happen. `None` if waiting threads can go round in a circle on the way, or if the number
    /// is too large.
    pub fn ways_to(&self, end: &End) -> Option<u128> {
        self.ends.get(end).copied().unwrap_or(Some(0))
    }

    /// Returns the number of ways from here to any end.
    pub fn ways_on(&self) -> Option<u128> {
        self.ends.values().try_fold(0u128, |sum, ways| sum.checked_add((*ways)?))
    }

    /// Returns the number of whole schedules that come through here.
    pub fn schedules(&self) -> Option<u128> {
        self.ways_here?.checked_mul(self.ways_on()?)
    }

    /// Returns the step that a pick stands for.
    ///
    /// # Errors
    ///
    /// The step is impossible here.
    pub fn choice(&self, pick: Pick) -> Result<&Choice, Reason> {
        self.steps.iter().find(|choice| choice.pick == pick).ok_or_else(|| self.reason(pick))
    }

    /// Returns why a step is impossible.
    fn reason(&self, pick: Pick) -> Reason {
        let thread = pick.thread();
        let Some(here) = self.threads.get(thread) else { return Reason::NoSuchThread { threads: self.threads.len() } };
        match (pick, &here.standing) {
            (Pick::Flush(_), _) if here.buffer.is_empty() => Reason::NothingBuffered,
            _ if self.end.is_some() && here.standing != Standing::Ended => Reason::Over,
            (Pick::Otherwise(..), _) => Reason::NoOtherWay,
            (_, Standing::Ended) => Reason::Ended,
            (_, Standing::Blocked(waiting)) => Reason::Blocked(waiting.clone()),
            (_, Standing::WaitsForItsStores) => Reason::WaitsForItsStores,
            (_, Standing::Ready) => Reason::Over,
        }
    }
}

/// Why a step is impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is no thread with this number.
    NoSuchThread {
        /// The number of threads.
        threads: usize,
    },
    /// The execution has ended, because of a problem.
    Over,
    /// The thread has ended.
    Ended,
    /// The thread waits for another thread.
    Blocked(Waiting),
    /// The thread waits until its own stores have reached memory.
    WaitsForItsStores,
    /// The thread has no store in its buffer.
    NothingBuffered,
    /// The thread's operation cannot go this way.
    NoOtherWay,
}

/// A pick that is impossible where a schedule comes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// The number of possible picks before it.
    pub index: usize,
    /// The pick that is impossible.
    pub pick: Pick,
    /// Why it is impossible.
    pub reason: Reason,
}

impl fmt::Display for Impossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let thread = self.pick.thread() + 1;
        write!(formatter, "step {}: ", self.index + 1)?;
        match &self.reason {
            Reason::NoSuchThread { threads } => write!(formatter, "there is no T{thread}, only T1 to T{threads}"),
            Reason::Over => write!(formatter, "the execution has already ended"),
            Reason::Ended => write!(formatter, "T{thread} has ended"),
            Reason::Blocked(waiting) => write!(formatter, "{waiting}"),
            Reason::WaitsForItsStores => {
                write!(formatter, "T{thread} waits until its own stores have reached memory")
            }
            Reason::NothingBuffered => write!(formatter, "no store of T{thread} waits in its buffer"),
            Reason::NoOtherWay => write!(formatter, "the next operation of T{thread} cannot go this way"),
        }
    }
}

impl std::error::Error for Impossible {}

/// A schedule, with the states that it comes through.
#[derive(Clone, Debug)]
pub struct Path {
    /// The steps, which say where their values come from.
    pub steps: Schedule,
    /// The states, as indices of [`Walk::states`]: the start, and the one after each step.
    pub states: Vec<usize>,
}

impl Path {
    /// Returns the state after the last step, as an index of [`Walk::states`].
    pub fn end(&self) -> usize {
        *self.states.last().expect("a path has a start")
    }
}

impl Walk {
    /// Finds all states of a program.
    ///
    /// # Errors
    ///
    /// There are more than [`MOST_STATES`], or the program cannot be explored.
    pub fn new(subject: &dyn Subject, memory: Memory) -> Result<Self, Bound> {
        Self::within(subject, memory, &Bounds { states: MOST_STATES, ..Bounds::default() })
    }

    /// Finds all states of a program within bounds.
    ///
    /// # Errors
    ///
    /// A bound was reached, or the program cannot be explored.
    pub fn within(subject: &dyn Subject, memory: Memory, bounds: &Bounds) -> Result<Self, Bound> {
        let machine = match memory {
            Memory::Interleaved => Order::new(false),
            Memory::StoreBuffers => Order::new(true),
            Memory::Cpp20 => {
                return Err(Bound::Unsupported("an execution under C++20 is a graph, and not an order of steps"));
            }
        };
        let mut recorder = Recorder::new(subject, Joining::of(&machine), false);
        let search = search(&machine, &mut recorder, bounds, Goal::Everything);
        if let Some(bound) = search.bound {
            return Err(bound);
        }
        Builder::new(machine, recorder, search).build()
    }

    /// Returns the state in which a program starts.
    pub fn start(&self) -> &State {
        &self.states[0]
    }

    /// Follows a schedule from the start.
    ///
    /// # Errors
    ///
    /// A pick is impossible.
    pub fn follow(&self, picks: impl IntoIterator<Item = Pick>) -> Result<Path, Impossible> {
        let mut path = Path { steps: Vec::new(), states: vec![0] };
        let mut sources = Sources::default();
        for (index, pick) in picks.into_iter().enumerate() {
            let state = &self.states[path.end()];
            let choice = state.choice(pick).map_err(|reason| Impossible { index, pick, reason })?;
            let mut step = choice.step.clone();
            sources.follow(index, &mut step, state, &self.states[choice.to]);
            path.steps.push(step);
            path.states.push(choice.to);
        }
        Ok(path)
    }
}

/// Which step of a schedule wrote what memory and buffers hold.
#[derive(Default)]
struct Sources {
    memory: HashMap<usize, usize>,
    /// For each thread, the object and the step of each store that waits.
    buffers: HashMap<usize, VecDeque<(usize, usize)>>,
}

impl Sources {
    /// Notes where a step reads from, and what it writes.
    fn follow(&mut self, index: usize, step: &mut ScheduleStep, before: &State, after: &State) {
        let waiting = |state: &State| state.threads[step.thread].buffer.len();
        let is_buffered = waiting(after) > waiting(before);
        let Some(object) = step.object else { return };
        let buffer = self.buffers.entry(step.thread).or_default();
        if step.read.is_some() {
            let own = buffer.iter().rev().find(|store| store.0 == object).map(|store| store.1);
            let writer = own.or_else(|| self.memory.get(&object).copied());
            step.reads_from = Some(writer.map_or(ReadsFrom::FirstValue, ReadsFrom::Step));
        }
        if step.act == Act::Flush {
            let (_, store) = buffer.pop_front().expect("a store was buffered");
            self.memory.insert(object, store);
        } else if is_buffered {
            buffer.push_back((object, index));
        } else if step.written.is_some() {
            self.memory.insert(object, index);
        }
    }
}

impl State {
    /// Returns the states that the steps lead to which do not need chance.
    fn next(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter(|choice| !choice.step.by_chance).map(|choice| choice.to)
    }
}
