//! The primitives that a program uses in place of those of `std`, with the same names and methods.
//!
//! What is missing here is missing on purpose: code that needs it does not compile, and is not explored with a wrong
//! meaning. So far these are missing:
//!
//! - `mpsc`, `OnceLock`, `LazyLock` and `AtomicPtr`.
//! - Waiting with a limit of time, such as `Condvar::wait_timeout`.
//! - Access without an operation, such as `AtomicU64::get_mut` and `Mutex::get_mut`. `into_inner` is there.
//! - Objects in statics: `new` is not a `const fn`.
//!
//! Objects are created by the function that [`Program::new`](crate::Program::new) gets, or by a [`Main`](crate::Main)
//! itself, and not by the threads that either starts. The content of a lock and what a thread returns must be a
//! [`Content`]: clonable, comparable and hashable.

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
    pub use std::hint::black_box;

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
    use crate::operation::{Action, NO_OBJECT};
    crate::recorder::replay::perform_on(NO_OBJECT, Action::Checkpoint(number), std::panic::Location::caller());
}
