//! Initialisation that happens once.

use crate::object::{Held, ObjectId, Progress};
use crate::operation::{Action, Answer, Place};
use crate::recorder::replay::{Silent, create, drop_silently, give, is_left, perform_on, value_of};
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::mem;
use std::ops::Deref;

/// [`std::sync::Once`], as an object that is explored.
pub struct Once {
    object: ObjectId,
}

/// What a closure that runs once can ask.
#[derive(Debug)]
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// Returns whether a closure before panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

/// What a thread finds when it wants to initialise.
enum Entered {
    /// The thread must run the closure.
    Runs(Running),
    /// Another call has initialised, with the value that has this number.
    Finished(u64),
    /// A closure before panicked.
    Poisoned,
}

/// An initialisation that has not ended. If it is dropped, it has failed.
struct Running {
    object: ObjectId,
    place: Place,
    was_poisoned: bool,
}

impl Running {
    fn finish(self, content: u64) {
        perform_on(self.object, Action::FinishOnce { content: Some(content) }, self.place);
        mem::forget(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !is_left() {
            perform_on(self.object, Action::FinishOnce { content: None }, self.place);
        }
    }
}

/// Waits until no other thread initialises. `force` says whether a closure that panicked is tried again.
fn enter(object: ObjectId, force: bool, place: Place) -> Entered {
    let answer = perform_on(object, Action::EnterOnce { force }, place);
    match answer {
        Answer { failed: true, .. } => Entered::Poisoned,
        Answer { value, .. } if value & 1 == 1 => Entered::Runs(Running { object, place, was_poisoned: value == 3 }),
        Answer { value, .. } => Entered::Finished(value >> 1),
    }
}

impl Once {
    /// Creates a `Once` whose closure has not run.
    #[track_caller]
    #[allow(clippy::new_without_default, reason = "std has no Default either")]
    pub fn new() -> Self {
        Self { object: create(Held::Once(Progress::NotStarted)) }
    }

    /// Runs `closure` if this is the first call, and waits if another thread is running it.
    ///
    /// # Panics
    ///
    /// If a closure before panicked.
    #[track_caller]
    pub fn call_once(&self, closure: impl FnOnce()) {
        match enter(self.object, false, Place::caller()) {
            Entered::Runs(running) => {
                closure();
                running.finish(0);
            }
            Entered::Finished(_) => {}
            Entered::Poisoned => panic!("Once instance has previously been poisoned"),
        }
    }

    /// As [`call_once`](Self::call_once), but runs `closure` also if one before panicked.
    #[track_caller]
    pub fn call_once_force(&self, closure: impl FnOnce(&OnceState)) {
        if let Entered::Runs(running) = enter(self.object, true, Place::caller()) {
            closure(&OnceState { poisoned: running.was_poisoned });
            running.finish(0);
        }
    }

    /// Returns whether a closure has run to its end.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        !perform_on(self.object, Action::LookOnce, Place::caller()).failed
    }

    /// Waits until a closure has run to its end.
    ///
    /// # Panics
    ///
    /// If a closure panicked.
    #[track_caller]
    pub fn wait(&self) {
        if perform_on(self.object, Action::WaitOnce { force: false }, Place::caller()).failed {
            panic!("Once instance has previously been poisoned");
        }
    }

    /// As [`wait`](Self::wait), but goes on waiting if a closure panicked.
    #[track_caller]
    pub fn wait_force(&self) {
        perform_on(self.object, Action::WaitOnce { force: true }, Place::caller());
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Once").finish_non_exhaustive()
    }
}

/// [`std::sync::OnceLock`], as an object that is explored.
pub struct OnceLock<T: 'static> {
    object: ObjectId,
    /// The value, once this replay has seen it. From then on it stays.
    value: UnsafeCell<Option<T>>,
}

// SAFETY: a replay runs on one thread of the system, and a value that is there does not change.
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// Creates a cell without a value.
    #[track_caller]
    pub fn new() -> Self {
        Self { object: create(Held::Once(Progress::NotStarted)), value: UnsafeCell::new(None) }
    }

    /// Returns the value with this number, or nothing while the code is being left.
    fn seen(&self, number: u64) -> Option<&T> {
        // SAFETY: a reference to the value exists only if there is one, and then it is not changed.
        let value = unsafe { &mut *self.value.get() };
        if value.is_none() {
            *value = value_of(number);
        }
        value.as_ref()
    }

    fn put(&self, value: T, running: Running) -> &T {
        let (number, value) = give(value);
        running.finish(number);
        // SAFETY: this thread initialises, so there is no value yet, and no reference to it.
        unsafe { (*self.value.get()).insert(value) }
    }

    /// Returns the value, if there is one.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        let answer = perform_on(self.object, Action::LookOnce, Place::caller());
        if answer.failed { None } else { self.seen(answer.value >> 1) }
    }

    /// Sets the value, if there is none. Waits if another thread is setting it.
    ///
    /// # Errors
    ///
    /// The value, if there is one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        match enter(self.object, true, Place::caller()) {
            Entered::Runs(running) => {
                self.put(value, running);
                Ok(())
            }
            _ => Err(value),
        }
    }

    /// Returns the value, and sets it to what `init` returns if there is none. Waits if another thread is setting it.
    #[track_caller]
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        let place = Place::caller();
        match enter(self.object, true, place) {
            Entered::Runs(running) => self.put(init(), running),
            Entered::Finished(number) => match self.seen(number) {
                Some(value) => value,
                // The code is being left, and a destructor needs a value.
                None => self.put(init(), Running { object: self.object, place, was_poisoned: false }),
            },
            Entered::Poisoned => unreachable!("what is forced is not poisoned"),
        }
    }

    /// Waits until there is a value, and returns it.
    #[track_caller]
    pub fn wait(&self) -> &T {
        let answer = perform_on(self.object, Action::WaitOnce { force: true }, Place::caller());
        self.seen(answer.value >> 1).expect("a destructor does not wait for a value while the code is being left")
    }

    /// Returns the value, if there is one.
    #[track_caller]
    pub fn into_inner(self) -> Option<T> {
        let _ = self.get();
        // SAFETY: `self` is not used again.
        unsafe { (*self.value.get()).take() }
    }
}

impl<T> Drop for OnceLock<T> {
    fn drop(&mut self) {
        drop_silently(self.value.get_mut().take());
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        let (content, value) = give(value);
        Self { object: create(Held::Once(Progress::Finished(content))), value: UnsafeCell::new(Some(value)) }
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = formatter.debug_tuple("OnceLock");
        match self.get() {
            Some(value) => tuple.field(value),
            None => tuple.field(&format_args!("<uninit>")),
        };
        tuple.finish()
    }
}

/// [`std::sync::LazyLock`], as an object that is explored.
pub struct LazyLock<T: 'static, F = fn() -> T> {
    lock: OnceLock<T>,
    init: Cell<Silent<F>>,
}

// SAFETY: a replay runs on one thread of the system, and the value and the closure go from thread to thread only if
// their types allow it.
unsafe impl<T: Send + Sync, F: Send> Sync for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// Creates a value that `init` computes when it is used for the first time.
    #[track_caller]
    pub fn new(init: F) -> Self {
        Self { lock: OnceLock::new(), init: Cell::new(Silent(Some(init))) }
    }

    /// Returns the value, if it has been computed.
    #[track_caller]
    pub fn get(this: &Self) -> Option<&T> {
        this.lock.get()
    }

    /// Returns the value.
    ///
    /// # Panics
    ///
    /// If computing it panicked before.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        let compute = || this.init.replace(Silent(None)).0.take().expect("it runs once")();
        let place = Place::caller();
        match enter(this.lock.object, false, place) {
            Entered::Runs(running) => this.lock.put(compute(), running),
            Entered::Finished(number) => match this.lock.seen(number) {
                Some(value) => value,
                // The code is being left, and a destructor needs a value.
                None => this.lock.put(compute(), Running { object: this.lock.object, place, was_poisoned: false }),
            },
            Entered::Poisoned => panic!("LazyLock instance has previously been poisoned"),
        }
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        Self::force(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = formatter.debug_tuple("LazyLock");
        match self.lock.get() {
            Some(value) => tuple.field(value),
            None => tuple.field(&format_args!("<uninit>")),
        };
        tuple.finish()
    }
}
