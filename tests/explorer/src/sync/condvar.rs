//! Condition variables, on which threads wait for a notification.

use super::MutexGuard;
use crate::object::{Held, ObjectId, Threads};
use crate::operation::{Action, Answer, Place};
use crate::recorder::replay::{create, perform_on};
use std::fmt;
use std::mem;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

/// [`std::sync::Condvar`], as an object that is explored. A waiting thread may also wake up without a notification, as
/// in `std`.
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
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.block(guard, Action::Wake).0
    }

    /// Waits for as long as `condition` returns `true`.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// As [`wait`](Self::wait), but it may also end after `duration`. Time is not explored: it can always end so.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _duration: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, answer) = self.block(guard, Action::WakeOrTimeOut);
        let result = WaitTimeoutResult(answer.value == 1);
        match guard {
            Ok(guard) => Ok((guard, result)),
            Err(error) => Err(PoisonError::new((error.into_inner(), result))),
        }
    }

    /// Waits for as long as `condition` returns `true`, or until `duration` has passed. Time is not explored: it can
    /// always end so.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn wait_timeout_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        duration: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        while condition(&mut guard) {
            let waited = self.wait_timeout(guard, duration)?;
            if waited.1.timed_out() {
                return Ok(waited);
            }
            guard = waited.0;
        }
        Ok((guard, WaitTimeoutResult(false)))
    }

    /// Unlocks the mutex, waits in the given way, and locks the mutex again.
    #[track_caller]
    fn block<'a, T>(&self, guard: MutexGuard<'a, T>, wake: Action) -> (LockResult<MutexGuard<'a, T>>, Answer) {
        let place = Place::caller();
        let (mutex, content) = (guard.mutex, guard.hand_over());
        mem::forget(guard); // waiting unlocks the mutex
        perform_on(self.object, Action::Wait { mutex: mutex.object, content }, place);
        let answer = perform_on(self.object, wake, place);
        (mutex.guard(perform_on(mutex.object, Action::Lock, place).value, place), answer)
    }

    /// Wakes up one waiting thread, if there is one. Each waiting thread is tried.
    #[track_caller]
    pub fn notify_one(&self) {
        perform_on(self.object, Action::NotifyOne, Place::caller());
    }

    /// Wakes up all waiting threads.
    #[track_caller]
    pub fn notify_all(&self) {
        perform_on(self.object, Action::NotifyAll, Place::caller());
    }
}

/// Whether a wait ended because time had passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Returns whether time had passed.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Condvar").finish_non_exhaustive()
    }
}
