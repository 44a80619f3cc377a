//! Condition variables, on which threads wait for a notification.

use super::{Content, MutexGuard};
use crate::object::{Held, ObjectId, Threads};
use crate::operation::Action;
use crate::recorder::replay::{create, perform_on};
use std::mem;
use std::panic::Location;
use std::sync::LockResult;

/// [`std::sync::Condvar`], as an object that is explored. A waiting thread may also wake up without a notification, as
/// in `std`.
#[derive(Debug)]
pub struct Condvar {
    object: ObjectId,
}

impl Condvar {
    /// Creates a condition variable.
    #[track_caller]
    pub fn new() -> Self {
        Self { object: create(Held::Condvar { waiting: Threads::default() }) }
    }

    /// Unlocks the mutex, waits for a notification, and locks the mutex again.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait<'a, T: Content>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let place = Location::caller();
        let (mutex, content) = (guard.mutex, guard.content());
        mem::forget(guard); // waiting unlocks the mutex
        perform_on(self.object, Action::Wait { mutex: mutex.object, content }, place);
        perform_on(self.object, Action::Wake, place);
        mutex.guard(perform_on(mutex.object, Action::Lock, place).value, place)
    }

    /// Waits for as long as `condition` returns `true`.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait_while<'a, T: Content>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Wakes up one waiting thread, if there is one. Each waiting thread is tried.
    #[track_caller]
    pub fn notify_one(&self) {
        perform_on(self.object, Action::NotifyOne, Location::caller());
    }

    /// Wakes up all waiting threads.
    #[track_caller]
    pub fn notify_all(&self) {
        perform_on(self.object, Action::NotifyAll, Location::caller());
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}
