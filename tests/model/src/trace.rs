//! Records the operations of all threads of an execution, in their order.
//!
//! loom runs the threads of an execution one at a time, on one thread of the system, and switches between them only at the beginning
//! of an operation. So a list that is written after each operation is the schedule.

use crate::waiting;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;

/// The kind of an operation. Its name is that of the method that a counter calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// The creation of an object, with its first value.
    New,
    /// A load of an atomic, or of the value in a mutex.
    Load,
    /// A store to an atomic, or to the value in a mutex.
    Store,
    /// A swap of an atomic.
    Swap,
    /// A fetch-and-add of an atomic.
    FetchAdd,
    /// A compare-exchange of an atomic, strong or weak. It writes if it succeeds.
    CompareExchange,
    /// Locking a mutex. It reads the value in the mutex if that is a number.
    Lock,
    /// Unlocking a mutex. It writes the value in the mutex if that is a number.
    Unlock,
    /// A read of plain memory.
    Read,
    /// A write to plain memory.
    Write,
}

impl Operation {
    /// Returns the name of the method.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Load => "load",
            Self::Store => "store",
            Self::Swap => "swap",
            Self::FetchAdd => "fetch_add",
            Self::CompareExchange => "compare_exchange",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One operation of one thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The thread, counted from 1. 0 is the thread that starts the others and waits for them.
    pub thread: usize,
    /// The object, counted from 0 in the order of creation.
    pub object: usize,
    /// The operation that the thread performed.
    pub operation: Operation,
    /// The value that it read. `None` if it reads none or was not completed, because loom stops *inside* an access that races.
    pub reads: Option<u64>,
    /// The value that it wrote.
    pub writes: Option<u64>,
    /// The place in the counter's source.
    pub location: &'static Location<'static>,
}

/// The log of the current execution.
#[derive(Default)]
struct Log {
    events: Vec<Event>,
    objects: usize,
    is_on: bool,
}

impl Log {
    /// Returns whether the thread read this value here just before, and it is the newest: it reads the same until
    /// another thread writes.
    fn loops(&self, thread: usize, object: usize, reads: Option<u64>, location: &Location<'_>) -> bool {
        let mut before = self.events.iter().rev();
        let last = self.events.iter().rev().find(|event| event.thread == thread);
        let is_again =
            last.is_some_and(|last| last.location == location && last.object == object && last.reads == reads);
        is_again
            && before
                .find(|event| event.object == object && event.writes.is_some())
                .is_some_and(|event| event.writes == reads)
    }
}

thread_local! {
    static LOG: RefCell<Log> = RefCell::default();
}

loom::thread_local! {
    static THREAD: Cell<usize> = Cell::new(0);
}

/// Sets the number of the calling thread.
pub fn name_thread(number: usize) {
    THREAD.with(|thread| thread.set(number));
}

/// Begins the log of a new execution.
pub(crate) fn begin(is_on: bool) {
    LOG.with_borrow_mut(|log| {
        log.events.clear();
        log.objects = 0;
        log.is_on = is_on;
    });
}

/// Calls `look` with the events of the log.
pub(crate) fn read<T>(look: impl FnOnce(&[Event]) -> T) -> T {
    LOG.with_borrow(|log| look(&log.events))
}

/// Records the creation of an object, and returns its number.
#[track_caller]
pub(crate) fn create(value: Option<u64>) -> usize {
    let object = LOG.with_borrow_mut(|log| {
        log.objects += 1;
        log.objects - 1
    });
    record(object, Operation::New, None, value);
    object
}

/// Records an operation, at the place of the caller's caller.
#[track_caller]
pub(crate) fn record(object: usize, operation: Operation, reads: Option<u64>, writes: Option<u64>) {
    record_at(object, operation, reads, writes, Location::caller());
}

/// Records an operation at a given place.
pub(crate) fn record_at(
    object: usize,
    operation: Operation,
    reads: Option<u64>,
    writes: Option<u64>,
    location: &'static Location<'static>,
) {
    // A swap that writes the value that it read is a failed attempt, because it lets no waiting thread continue.
    let is_unchanged = writes.is_some() && writes == reads;
    let has_failed = operation == Operation::CompareExchange && writes.is_none();
    let thread = THREAD.with(Cell::get);
    let has_failed = has_failed || operation == Operation::Swap && is_unchanged;
    let loops = operation == Operation::Load && LOG.with_borrow(|log| log.loops(thread, object, reads, location));
    if operation == Operation::Lock {
        waiting::lock();
    }
    waiting::observe(thread, has_failed || loops, writes.is_some() && !is_unchanged);
    if LOG.with_borrow(|log| log.is_on) {
        let event = Event { thread, object, operation, reads, writes, location };
        LOG.with_borrow_mut(|log| log.events.push(event));
    }
}

/// Handles a hint that the caller may be waiting. A hint is not an operation, and is not recorded.
#[track_caller]
pub(crate) fn hint() {
    waiting::hint(THREAD.with(Cell::get), Location::caller());
}

/// Fills in the value that the last operation read.
pub(crate) fn amend(reads: u64) {
    LOG.with_borrow_mut(|log| {
        if let Some(last) = log.events.last_mut() {
            last.reads = Some(reads);
        }
    });
}

/// Returns the first event that is impossible with one memory, because it read a value that had been overwritten. If there is none, the
/// trace is an interleaving and can be replayed.
pub fn first_stale(events: &[Event]) -> Option<usize> {
    let mut memory = Vec::new();
    events.iter().position(|event| {
        if memory.len() <= event.object {
            memory.resize(event.object + 1, None);
        }
        let is_stale = event.reads.is_some() && event.reads != memory[event.object];
        if event.writes.is_some() {
            memory[event.object] = event.writes;
        }
        is_stale
    })
}

/// Returns the operations of the threads, without those of the thread that starts them and reads the final value.
pub fn steps(events: &[Event]) -> impl Iterator<Item = &Event> {
    events.iter().filter(|event| event.thread != 0)
}

/// Counts the switches from one thread to another.
pub fn switches(events: &[Event]) -> usize {
    steps(events).zip(steps(events).skip(1)).filter(|(one, next)| one.thread != next.thread).count()
}

/// Returns a file's path from the workspace's folder. The path in `location` contains `..`.
pub fn source_file(location: &Location<'_>) -> String {
    let path = location.file().replace('\\', "/");
    path.rfind("/labs/").map_or(path.clone(), |start| path[start + 1..].to_string())
}
