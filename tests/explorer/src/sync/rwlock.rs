//! Read-write locks, and their guards.

use super::content::Content;
use crate::object::{Held, ObjectId, Readers};
use crate::operation::{Action, Place};
use crate::recorder::replay::{create, is_left, perform_on};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
use std::{fmt, mem, thread};

/// [`std::sync::RwLock`], as an object that is explored. A reader never waits for a writer that waits itself.
pub struct RwLock<T: 'static> {
    object: ObjectId,
    content: Content<T>,
}

// SAFETY: a replay runs on one thread of the system, and a guard exists only while the explored thread holds the lock.
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    /// Creates an unlocked lock that holds `value`.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let content = Content::new(value);
        let held = Held::ReadWriteLock {
            content: content.first(),
            poisoned: false,
            writer: None,
            readers: Readers::default(),
        };
        Self { object: create(held), content }
    }

    /// Waits until no thread writes, and takes the lock for reading.
    ///
    /// # Errors
    ///
    /// The guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let place = Place::caller();
        self.reading(perform_on(self.object, Action::LockShared, place).value, place)
    }

    /// Takes the lock for reading if no thread writes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if a thread writes, or the guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let place = Place::caller();
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
        let place = Place::caller();
        self.writing(perform_on(self.object, Action::Lock, place).value, place)
    }

    /// Takes the lock for writing if no thread reads or writes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if a thread reads or writes, or the guard, if a thread panicked while it wrote.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let place = Place::caller();
        let answer = perform_on(self.object, Action::TryLock, place);
        if answer.failed {
            return Err(TryLockError::WouldBlock);
        }
        self.writing(answer.value, place).map_err(TryLockError::Poisoned)
    }

    /// Returns whether a thread panicked while it wrote.
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
    /// The content, if a thread panicked while it wrote.
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
    /// The content, if a thread panicked while it wrote.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let place = Place::caller();
        let answer = perform_on(self.object, Action::Lock, place).value;
        let content = self.content.lend(self.object, answer, place);
        if answer & 1 == 1 { Err(PoisonError::new(content)) } else { Ok(content) }
    }

    fn reading(&self, answer: u64, place: Place) -> LockResult<RwLockReadGuard<'_, T>> {
        // SAFETY: if this thread has other guards, they are for reading, and the value has not changed since.
        unsafe { self.content.become_value(answer >> 1) };
        let guard = RwLockReadGuard { lock: self, place, not_send: PhantomData };
        if answer & 1 == 1 { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    fn writing(&self, answer: u64, place: Place) -> LockResult<RwLockWriteGuard<'_, T>> {
        // SAFETY: this thread has just been given the lock for writing, so there is no other guard in this replay.
        unsafe { self.content.become_value(answer >> 1) };
        let poisoned = answer & 1 == 1;
        let was_panicking = thread::panicking();
        let guard =
            RwLockWriteGuard { lock: self, place, poisoned, was_panicking, has_changed: false, not_send: PhantomData };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = formatter.debug_struct("RwLock");
        let mut poisoned = false;
        match self.try_read() {
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

/// A lock that is held for reading.
#[must_use = "if unused the lock unlocks at once"]
pub struct RwLockReadGuard<'a, T: 'static> {
    lock: &'a RwLock<T>,
    place: Place,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a reference to a guard gives only a reference to the content.
unsafe impl<T: Sync> Sync for RwLockReadGuard<'_, T> {}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: nothing changes the content while this thread holds the lock.
        unsafe { &*self.lock.content.get() }
    }
}

impl<T> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        if !is_left() {
            perform_on(self.lock.object, Action::UnlockShared, self.place);
        }
    }
}

/// A lock that is held for writing.
#[must_use = "if unused the lock unlocks at once"]
pub struct RwLockWriteGuard<'a, T: 'static> {
    lock: &'a RwLock<T>,
    place: Place,
    poisoned: bool,
    was_panicking: bool,
    has_changed: bool,
    not_send: PhantomData<*const ()>,
}

// SAFETY: a reference to a guard gives only a reference to the content.
unsafe impl<T: Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<'a, T> RwLockWriteGuard<'a, T> {
    /// Ends writing and begins reading, in one step.
    #[track_caller]
    pub fn downgrade(guard: Self) -> RwLockReadGuard<'a, T> {
        let (lock, place) = (guard.lock, guard.place);
        if !is_left() {
            // SAFETY: the guard is not used any more.
            let content = unsafe { lock.content.hand_over(guard.has_changed) };
            perform_on(lock.object, Action::Downgrade { content }, Place::caller());
        }
        mem::forget(guard);
        RwLockReadGuard { lock, place, not_send: PhantomData }
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this is the only guard of this lock in this replay, so nothing else refers to the content mutably.
        unsafe { &*self.lock.content.get() }
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.has_changed = true;
        // SAFETY: this is the only guard of this lock in this replay, and it is borrowed mutably.
        unsafe { &mut *self.lock.content.get() }
    }
}

impl<T> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if !is_left() {
            let poisoned = self.poisoned || thread::panicking() && !self.was_panicking;
            // SAFETY: the guard is not used any more.
            let content = unsafe { self.lock.content.hand_over(self.has_changed) };
            perform_on(self.lock.object, Action::Unlock { content, poisoned }, self.place);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T: fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

impl<T: fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}
