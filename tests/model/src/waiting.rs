//! How a thread waits that tries again and again.
//!
//! loom tries whatever can happen next, so three threads that take turns at trying, while the fourth that they wait for never gets
//! one, are an execution without an end. A try that failed because of the newest value, and wrote nothing, will fail again until
//! somebody writes; nothing is lost if the thread sleeps until then.

use std::cell::{Cell, RefCell};

thread_local! {
    static SLEEPERS: RefCell<Vec<loom::thread::Thread>> = const { RefCell::new(Vec::new()) };
    static HAS_FAILED: Cell<bool> = const { Cell::new(false) };
}

/// Nobody waits.
pub(crate) fn begin() {
    SLEEPERS.take();
    HAS_FAILED.set(false);
}

/// Says of an operation whether it was a compare-exchange that failed, and whether it wrote.
pub(crate) fn observe(has_failed: bool, has_written: bool) {
    HAS_FAILED.set(has_failed);
    if has_written {
        SLEEPERS.take().iter().for_each(loom::thread::Thread::unpark);
    }
}

/// Whether a thread sleeps, in the end, because nobody has written.
pub(crate) fn is_forever() -> bool {
    SLEEPERS.with_borrow(|sleepers| !sleepers.is_empty())
}

/// Lets others go on: until one of them writes, if the last operation was a compare-exchange that failed. It has read the newest
/// value, and no thread has had a turn since.
pub(crate) fn wait() {
    if HAS_FAILED.take() {
        SLEEPERS.with_borrow_mut(|sleepers| sleepers.push(loom::thread::current()));
        loom::thread::park();
    } else {
        loom::thread::yield_now();
    }
}
