//! Read-write locks, and their guards.

use super::Content;
use crate::object::{Held, ObjectId, Readers};
use crate::operation::{Action, Place};
use crate::recorder::replay::{create, is_left, number_of, perform_on, value_of};
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use std::{fmt, thread};

/// [`std::sync::RwLock`], as an object that is explored. A reader never waits for a writer that waits itself.
pub struct RwLock<T> {
    object: ObjectId,
    content: UnsafeCell<T>,
}

// SAFETY: a replay runs on one thread of the system, and a guard exists only while the explored thread holds the lock.
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

impl<T: Content> RwLock<T> {
    /// Creates an unlocked lock that holds `value`.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let content = number_of(&value);
        let held = Held::ReadWriteLock { content, poisoned: false, writer: None, readers: Readers::default() };
        Self { object: create(held), content: UnsafeCell::new(value) }
    }

    /// Waits until no thread writes, and takes the lock for reading.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        self.reading(perform_on(self.object, Action::LockShared, place).value, place)
    }

    /// Takes the lock for reading if no thread writes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if a thread writes, or the guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        let answer = perform_on(self.object, Action::TryLockShared, place);
        if answer.failed {
            return Err(TryLockError::WouldBlock);
        }
        self.reading(answer.value, place).map_err(TryLockError::Poisoned)
    }

    /// Waits until no thread reads or writes, and takes the lock for writing.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        self.writing(perform_on(self.object, Action::Lock, place).value, place)
    }

    /// Takes the lock for writing if no thread reads or writes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if a thread reads or writes, or the guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        let answer = perform_on(self.object, Action::TryLock, place);
        if answer.failed {
            return Err(TryLockError::WouldBlock);
        }
        self.writing(answer.value, place).map_err(TryLockError::Poisoned)
    }

    fn reading(&self, answer: u64, place: Place) -> LockResult<RwLockReadGuard<'_, T>> {
        // A thread may hold several guards for reading, so each has a clone of its own.
        // SAFETY: no guard for writing exists in this replay, so nothing changes the content meanwhile.
        let content = value_of(answer >> 1).unwrap_or_else(|| unsafe { (*self.content.get()).clone() });
        let guard = RwLockReadGuard { lock: self, place, content };
        if answer & 1 == 1 { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    fn writing(&self, answer: u64, place: Place) -> LockResult<RwLockWriteGuard<'_, T>> {
        if let Some(content) = value_of(answer >> 1) {
            // SAFETY: this thread has just been given the lock for writing, so there is no other guard in this replay.
            unsafe { *self.content.get() = content };
        }
        let poisoned = answer & 1 == 1;
        let guard = RwLockWriteGuard { lock: self, place, poisoned, was_panicking: thread::panicking() };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }
}

impl<T: Content + Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RwLock").field("object", &self.object).finish_non_exhaustive()
    }
}

/// A lock that is held for reading.
#[must_use = "if unused the lock unlocks at once"]
#[derive(Debug)]
pub struct RwLockReadGuard<'a, T: Content> {
    lock: &'a RwLock<T>,
    place: Place,
    content: T,
}

impl<T: Content> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

impl<T: Content> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        if !is_left() {
            perform_on(self.lock.object, Action::UnlockShared, self.place);
        }
    }
}

/// A lock that is held for writing.
#[must_use = "if unused the lock unlocks at once"]
#[derive(Debug)]
pub struct RwLockWriteGuard<'a, T: Content> {
    lock: &'a RwLock<T>,
    place: Place,
    poisoned: bool,
    was_panicking: bool,
}

impl<T: Content> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this is the only guard of this lock in this replay, so nothing else refers to the content mutably.
        unsafe { &*self.lock.content.get() }
    }
}

impl<T: Content> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this is the only guard of this lock in this replay, and it is borrowed mutably.
        unsafe { &mut *self.lock.content.get() }
    }
}

impl<T: Content> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if !is_left() {
            let poisoned = self.poisoned || thread::panicking() && !self.was_panicking;
            let content = number_of(&**self);
            perform_on(self.lock.object, Action::Unlock { content, poisoned }, self.place);
        }
    }
}
