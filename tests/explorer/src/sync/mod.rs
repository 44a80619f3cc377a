//! The primitives that a program uses in place of those of `std`, with the same names and methods.
//!
//! What is missing here is missing on purpose: code that needs it does not compile, and is not explored with a wrong
//! meaning. These are missing:
//!
//! - `AtomicPtr`. Each thread is run alone, so what another thread has allocated is not there to be pointed at.
//! - Access by a raw pointer: `as_ptr`, `from_ptr`.
//! - `get_mut` and `take` of `OnceLock` and `LazyLock`, what is deprecated in `std`, and what is unstable there.
//! - Contents, messages and results of threads that borrow: their types must be `'static`.
//! - Constructors that are `const`: a static is written with [`statics!`](crate::statics), and a thread-local one with
//!   [`thread_local!`](crate::thread_local).
//!
//! Time is not explored. A wait with a limit of time can always end because of it, and [`thread::sleep`] may be over at
//! once.
//!
//! The content of a lock, a message and what a thread returns can have any type. If it is a simple one, such as a
//! number, a string, or a `Vec` of them, equal values make equal states. A value of another type is told from others by
//! how it was made, so there are more states. A `Cell` in it would change unseen: one that is visible in the type's name
//! is refused.

pub mod atomic;
mod barrier;
mod cell;
mod condvar;
mod content;

pub mod mpsc;
mod mutex;
mod once;
mod rwlock;
mod statics;
pub mod thread;

pub use barrier::{Barrier, BarrierWaitResult};
pub use cell::RacyCell;
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
pub use once::{LazyLock, Once, OnceLock, OnceState};
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use statics::Static;
pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};

/// What a thread says while it waits.
pub mod hint {
    pub use std::hint::{assert_unchecked, black_box, unreachable_unchecked};

    /// Says that the thread may be waiting. Whether it does is found out from what it does, with or without this.
    pub fn spin_loop() {
        crate::recorder::replay::hint();
    }
}

/// Says that what the calling thread does from here on depends only on `number` and on shared objects.
///
/// Threads that come here on different ways are then explored together, which makes long loops cheap. A wrong promise
/// can hide an outcome, though it is noticed in many cases.
#[track_caller]
pub fn checkpoint(number: u64) {
    use crate::operation::{Action, NO_OBJECT, Place};
    crate::recorder::replay::perform_on(NO_OBJECT, Action::Checkpoint(number), Place::caller());
}
