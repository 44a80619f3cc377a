//! Mutexes over loom's. loom has one mutex; that of the standard library and that of parking_lot are both it, so what is checked
//! is what a counter does with a mutex, and not how either is made.

use crate::trace::{self, Operation};
use std::any::Any;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::LockResult;
use std::thread;

/// The standard library's mutex.
#[derive(Debug)]
pub struct Mutex<T> {
    inner: loom::sync::Mutex<T>,
    object: usize,
}

/// A mutex that is held.
#[derive(Debug)]
pub struct MutexGuard<'a, T: 'static> {
    inner: loom::sync::MutexGuard<'a, T>,
    object: usize,
    location: &'static Location<'static>,
    /// Where what lies in it was last borrowed to be written.
    written: Option<&'static Location<'static>>,
}

impl<T: 'static> Mutex<T> {
    /// A free one.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let number = number(&value);
        Self { inner: loom::sync::Mutex::new(value), object: trace::create(number) }
    }

    /// Waits until it is free, and takes it.
    ///
    /// # Errors
    ///
    /// None: a holder that panics has ended the execution.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let inner = self.inner.lock().expect("a holder that panics has ended the execution");
        trace::record(self.object, Operation::Lock, number(&*inner), None);
        Ok(MutexGuard { inner, object: self.object, location: Location::caller(), written: None })
    }
}

impl<T: Default + 'static> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

/// What lies in a mutex, if it is a number that a trace can show.
fn number<T: 'static>(value: &T) -> Option<u64> {
    let value: &dyn Any = value;
    value.downcast_ref().copied()
}

impl<T: 'static> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        if let Some(value) = number(&*self.inner) {
            trace::record(self.object, Operation::Load, Some(value), None);
        }
        &self.inner
    }
}

impl<T: 'static> DerefMut for MutexGuard<'_, T> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        self.written = Some(Location::caller());
        &mut self.inner
    }
}

impl<T: 'static> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let left = number(&*self.inner);
        // What was written through the reference is known only now, and no other thread could see it before.
        if let (Some(location), Some(_)) = (self.written, left) {
            trace::record_at(self.object, Operation::Store, None, left, location);
        }
        trace::record_at(self.object, Operation::Unlock, None, left, self.location);
    }
}

/// parking_lot's mutex, which does not know of holders that panicked.
#[derive(Debug)]
pub struct ParkingLotMutex<T>(Mutex<T>);

impl<T: 'static> ParkingLotMutex<T> {
    /// A free one.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Waits until it is free, and takes it.
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl<T: Default + 'static> Default for ParkingLotMutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}
