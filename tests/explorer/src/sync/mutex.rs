//! Mutexes, their guards, and their poison.

use super::Content;
use crate::object::{Held, ObjectId};
use crate::operation::{Action, Place};
use crate::recorder::replay::{create, is_left, number_of, perform_on, value_of};
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use std::{fmt, thread};

/// [`std::sync::Mutex`], as an object that is explored.
pub struct Mutex<T> {
    pub(super) object: ObjectId,
    content: UnsafeCell<T>,
}

// SAFETY: a replay runs on one thread of the system, and a guard exists only while the explored thread holds the lock.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T: Content> Mutex<T> {
    /// Creates an unlocked mutex that holds `value`.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let held = Held::Mutex { content: number_of(&value), poisoned: false, holder: None };
        Self { object: create(held), content: UnsafeCell::new(value) }
    }

    /// Waits for the lock and takes it.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        self.guard(perform_on(self.object, Action::Lock, place).value, place)
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if a thread holds the lock, or the guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let place = Location::caller();
        let answer = perform_on(self.object, Action::TryLock, place);
        if answer.failed {
            return Err(TryLockError::WouldBlock);
        }
        self.guard(answer.value, place).map_err(TryLockError::Poisoned)
    }

    /// Returns the content.
    ///
    /// # Errors
    ///
    /// The content, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let answer = perform_on(self.object, Action::Lock, Location::caller()).value;
        let content = value_of(answer >> 1).unwrap_or_else(|| self.content.into_inner());
        if answer & 1 == 1 { Err(PoisonError::new(content)) } else { Ok(content) }
    }

    /// Returns a guard of the lock that this thread has just taken.
    pub(super) fn guard(&self, answer: u64, place: Place) -> LockResult<MutexGuard<'_, T>> {
        if let Some(content) = value_of(answer >> 1) {
            // SAFETY: this thread has just been given the lock, so there is no other guard in this replay.
            unsafe { *self.content.get() = content };
        }
        let poisoned = answer & 1 == 1;
        let guard = MutexGuard { mutex: self, place, poisoned, was_panicking: thread::panicking() };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }
}

impl<T: Content + Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mutex").field("object", &self.object).finish_non_exhaustive()
    }
}

/// A lock that is held. Dropping it unlocks the mutex.
#[must_use = "if unused the mutex unlocks at once"]
#[derive(Debug)]
pub struct MutexGuard<'a, T: Content> {
    pub(super) mutex: &'a Mutex<T>,
    place: Place,
    poisoned: bool,
    was_panicking: bool,
}

impl<T: Content> MutexGuard<'_, T> {
    /// Returns the number of the content.
    pub(super) fn content(&self) -> u64 {
        number_of(&**self)
    }
}

impl<T: Content> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this is the only guard of this mutex in this replay, so nothing else refers to the content mutably.
        unsafe { &*self.mutex.content.get() }
    }
}

impl<T: Content> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this is the only guard of this mutex in this replay, and it is borrowed mutably.
        unsafe { &mut *self.mutex.content.get() }
    }
}

impl<T: Content> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if !is_left() {
            let poisoned = self.poisoned || thread::panicking() && !self.was_panicking;
            perform_on(self.mutex.object, Action::Unlock { content: self.content(), poisoned }, self.place);
        }
    }
}
