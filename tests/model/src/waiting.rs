//! How a thread waits that tries again and again.
//!
//! loom tries whatever can happen next, so three threads that take turns at trying, while the fourth that they wait for never gets
//! one, are an execution without an end. A try that failed because of the newest value, and wrote nothing, will fail again until
//! another thread writes; nothing is lost if the thread sleeps until then.
//!
//! `spin_loop` and `yield_now` are hints: a thread that calls one need not wait. To loom a yield is a promise that the thread waits for
//! another, on the strength of which it leaves out what happens if it does not. So a hint means nothing here until a thread comes to
//! the same one again and has written nothing in between: then it is in a loop.

use std::cell::{Cell, RefCell};
use std::panic::Location;

/// How threads wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// They do not, or only for as long as another thread goes ahead.
    Never,
    /// At a mutex, and the mutex is the model's.
    AtMutex,
    /// By trying again and again, so that an execution can be as long as one likes.
    Spinning,
}

thread_local! {
    static SLEEPERS: RefCell<Vec<loom::thread::Thread>> = const { RefCell::new(Vec::new()) };
    static HAS_FAILED: Cell<bool> = const { Cell::new(false) };
    /// The hints that threads came to since they last wrote.
    static HINTS: RefCell<Vec<(usize, &'static Location<'static>)>> = const { RefCell::new(Vec::new()) };
    /// How threads waited in any execution so far.
    static SEEN: Cell<Waiting> = const { Cell::new(Waiting::Never) };
}

/// Begins an exploration, in which nothing has waited yet.
pub(crate) fn begin_exploration() {
    SEEN.set(Waiting::Never);
}

/// Begins an execution, in which no thread waits yet.
pub(crate) fn begin() {
    SLEEPERS.take();
    HINTS.take();
    HAS_FAILED.set(false);
}

/// Returns how threads waited in the exploration. A thread that spins may wait at a mutex too.
pub(crate) fn seen() -> Waiting {
    SEEN.get()
}

/// Says that a thread takes a mutex.
pub(crate) fn lock() {
    if SEEN.get() == Waiting::Never {
        SEEN.set(Waiting::AtMutex);
    }
}

/// Says of a thread's operation whether it was a try that failed, and whether it wrote.
pub(crate) fn observe(thread: usize, has_failed: bool, has_written: bool) {
    HAS_FAILED.set(has_failed);
    if has_written {
        HINTS.with_borrow_mut(|hints| hints.retain(|(other, _)| *other != thread));
        SLEEPERS.take().iter().for_each(loom::thread::Thread::unpark);
    }
}

/// Whether a thread sleeps, in the end, because no other has written.
pub(crate) fn is_forever() -> bool {
    SLEEPERS.with_borrow(|sleepers| !sleepers.is_empty())
}

/// What a hint at this place does: a thread whose last operation was a try that failed sleeps until another writes, since it has read
/// the newest value, and no thread has had a turn since. A thread that comes here again lets others go on.
pub(crate) fn hint(thread: usize, place: &'static Location<'static>) {
    if HAS_FAILED.take() {
        SEEN.set(Waiting::Spinning);
        SLEEPERS.with_borrow_mut(|sleepers| sleepers.push(loom::thread::current()));
        loom::thread::park();
    } else if HINTS.with_borrow(|hints| hints.contains(&(thread, place))) {
        SEEN.set(Waiting::Spinning);
        loom::thread::yield_now();
    } else {
        HINTS.with_borrow_mut(|hints| hints.push((thread, place)));
    }
}
