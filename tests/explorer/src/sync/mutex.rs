//! Mutexes, their guards, and their poison.

use super::content::Content;
use crate::object::{Held, ObjectId};
use crate::operation::{Action, Place};
use crate::recorder::replay::{create, is_left, perform_on};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use std::{fmt, thread};

/// [`std::sync::Mutex`], as an object that is explored.
pub struct Mutex<T: 'static> {
    pub(super) object: ObjectId,
    content: Content<T>,
}

// SAFETY: a replay runs on one thread of the system, and a guard exists only while the explored thread holds the lock.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    /// Creates an unlocked mutex that holds `value`.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let content = Content::new(value);
        let held = Held::Mutex { content: content.first(), poisoned: false, holder: None };
        Self { object: create(held), content }
    }

    /// Waits for the lock and takes it.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let place = Place::caller();
        self.guard(perform_on(self.object, Action::Lock, place).value, place)
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if a thread holds the lock, or the guard, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let place = Place::caller();
        let answer = perform_on(self.object, Action::TryLock, place);
        if answer.failed {
            return Err(TryLockError::WouldBlock);
        }
        self.guard(answer.value, place).map_err(TryLockError::Poisoned)
    }

    /// Returns whether a thread panicked while it held the lock.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        perform_on(self.object, Action::IsPoisoned, Place::caller()).value == 1
    }

    /// Forgets that a thread panicked.
    #[track_caller]
    pub fn clear_poison(&self) {
        perform_on(self.object, Action::ClearPoison, Place::caller());
    }

    /// Returns the content. The lock is taken for that, which nothing can prevent any more.
    ///
    /// # Errors
    ///
    /// The content, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let answer = perform_on(self.object, Action::Lock, Place::caller()).value;
        // SAFETY: there is no guard.
        unsafe { self.content.become_value(answer >> 1) };
        let content = self.content.into_value();
        if answer & 1 == 1 { Err(PoisonError::new(content)) } else { Ok(content) }
    }

    /// Returns the content. The lock is taken until the thread's next operation.
    ///
    /// # Errors
    ///
    /// The content, if a thread panicked while it held the lock.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let place = Place::caller();
        let answer = perform_on(self.object, Action::Lock, place).value;
        let content = self.content.lend(self.object, answer, place);
        if answer & 1 == 1 { Err(PoisonError::new(content)) } else { Ok(content) }
    }

    /// Returns a guard of the lock that this thread has just taken.
    pub(super) fn guard(&self, answer: u64, place: Place) -> LockResult<MutexGuard<'_, T>> {
        // SAFETY: this thread has just been given the lock, so there is no other guard in this replay.
        unsafe { self.content.become_value(answer >> 1) };
        let poisoned = answer & 1 == 1;
        let was_panicking = thread::panicking();
        let guard =
            MutexGuard { mutex: self, place, poisoned, was_panicking, has_changed: false, not_send: PhantomData };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = formatter.debug_struct("Mutex");
        let mut poisoned = false;
        match self.try_lock() {
            Ok(guard) => text.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => {
                poisoned = true;
                text.field("data", &&**error.get_ref())
            }
            Err(TryLockError::WouldBlock) => {
                poisoned = self.is_poisoned();
                text.field("data", &format_args!("<locked>"))
            }
        };
        text.field("poisoned", &poisoned).finish_non_exhaustive()
    }
}

/// A lock that is held. Dropping it unlocks the mutex.
#[must_use = "if unused the mutex unlocks at once"]
pub struct MutexGuard<'a, T: 'static> {
    pub(super) mutex: &'a Mutex<T>,
    place: Place,
    poisoned: bool,
    was_panicking: bool,
    has_changed: bool,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a reference to a guard gives only a reference to the content.
unsafe impl<T: Sync> Sync for MutexGuard<'_, T> {}

impl<T> MutexGuard<'_, T> {
    /// Returns the number of the content, which is handed over to the next holder.
    pub(super) fn hand_over(&self) -> u64 {
        // SAFETY: the guard is not used any more.
        unsafe { self.mutex.content.hand_over(self.has_changed) }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this is the only guard of this mutex in this replay, so nothing else refers to the content mutably.
        unsafe { &*self.mutex.content.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.has_changed = true;
        // SAFETY: this is the only guard of this mutex in this replay, and it is borrowed mutably.
        unsafe { &mut *self.mutex.content.get() }
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T: fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if !is_left() {
            let poisoned = self.poisoned || thread::panicking() && !self.was_panicking;
            perform_on(self.mutex.object, Action::Unlock { content: self.hand_over(), poisoned }, self.place);
        }
    }
}
