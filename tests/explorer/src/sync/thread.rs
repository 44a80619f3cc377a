//! Threads that a [`Main`](crate::Main) or another thread starts.

use crate::operation::{Action, NO_OBJECT, Place, ThreadPath};
use crate::recorder::replay::{self, Silent, hint, perform_on, spawn as start, value_of};
use std::any::Any;
use std::marker::PhantomData;
use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{io, mem};

pub use super::statics::{AccessError, LocalKey};
pub use crate::thread_local;
pub use std::thread::{Result, panicking};

/// Says that the thread may be waiting. Whether it does is found out from what it does, with or without this.
pub fn yield_now() {
    hint();
}

/// Does the same as [`yield_now`]: time is not explored.
pub fn sleep(_duration: Duration) {
    hint();
}

/// Returns 2. A program must be right for every number.
///
/// # Errors
///
/// None.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    Ok(NonZero::new(2).expect("2 is not 0"))
}

/// Waits until another thread calls [`Thread::unpark`] for this one, or takes the token that it left before. It may
/// also return without.
#[track_caller]
pub fn park() {
    perform_on(NO_OBJECT, Action::Park, Place::caller());
}

/// Does the same as [`park`], but it may also return because time has passed.
#[track_caller]
pub fn park_timeout(_duration: Duration) {
    perform_on(NO_OBJECT, Action::ParkOrTimeOut, Place::caller());
}

/// Returns a handle of the calling thread.
pub fn current() -> Thread {
    Thread { path: replay::current() }
}

/// A handle of a thread.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Thread {
    path: ThreadPath,
}

impl Thread {
    /// Gives the thread a token, if it has none. [`park`] waits for the token and takes it.
    #[track_caller]
    pub fn unpark(&self) {
        perform_on(NO_OBJECT, Action::Unpark(self.path), Place::caller());
    }

    /// Returns what tells the thread from all others.
    pub fn id(&self) -> ThreadId {
        ThreadId(self.path)
    }

    /// Returns the name that a [`Builder`] gave to the running thread, or `main`. The names of other threads are not
    /// known.
    pub fn name(&self) -> Option<&str> {
        replay::name(self.path)
    }
}

/// What tells a thread from all others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadId(ThreadPath);

/// A value of any type, which is only kept.
trait Anything {}

impl<T> Anything for T {}

/// The code of a child. A replay of the parent never runs it, but keeps what it owns until the child has been joined.
type Kept = Silent<Box<dyn Anything + Send>>;

/// A child of the running thread.
struct Child<T> {
    number: u64,
    thread: Thread,
    returns: PhantomData<fn() -> T>,
}

impl<T: 'static> Child<T> {
    /// Waits for the child. Without a value the parent is being left, and a destructor joins.
    fn join(&self, place: Place) -> Result<T> {
        let answer = perform_on(NO_OBJECT, Action::Join(self.number), place);
        value_of(answer.value).ok_or_else(|| Box::new("the joining thread is being left") as Box<dyn Any + Send>)
    }
}

impl<T> Child<T> {
    fn has_ended(&self, place: Place) -> bool {
        perform_on(NO_OBJECT, Action::HasEnded(self.number), place).value == 1
    }
}

/// Starts a thread, as [`std::thread::spawn`] does.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let (number, body) = start(body, Place::caller());
    let thread = Thread { path: replay::path_of_child(number) };
    JoinHandle { child: Child { number, thread, returns: PhantomData }, body: Silent(Some(Box::new(body))) }
}

/// Starts threads with a name.
#[derive(Debug)]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// Creates a builder of a thread without a name.
    #[allow(clippy::new_without_default, reason = "std has no Default either")]
    pub fn new() -> Self {
        Self { name: None }
    }

    /// Gives the thread a name.
    #[must_use]
    pub fn name(self, name: String) -> Self {
        Self { name: Some(name) }
    }

    /// Does nothing: the size of stacks is not explored.
    #[must_use]
    pub fn stack_size(self, _size: usize) -> Self {
        self
    }

    fn named<T>(self, body: impl FnOnce() -> T) -> impl FnOnce() -> T {
        move || {
            replay::set_name(self.name);
            body()
        }
    }

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (number, body) = start(self.named(body), Place::caller());
        let thread = Thread { path: replay::path_of_child(number) };
        Ok(JoinHandle { child: Child { number, thread, returns: PhantomData }, body: Silent(Some(Box::new(body))) })
    }

    /// Starts the thread in a scope.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'static,
    {
        Ok(scope.spawn(self.named(body)))
    }
}

/// Owns the right to wait for a thread.
pub struct JoinHandle<T> {
    child: Child<T>,
    body: Kept,
}

impl<T> JoinHandle<T> {
    /// Returns a handle of the thread.
    pub fn thread(&self) -> &Thread {
        &self.child.thread
    }

    /// Returns whether the thread has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.child.has_ended(Place::caller())
    }
}

impl<T: 'static> JoinHandle<T> {
    /// Waits for the thread's end and returns its value.
    ///
    /// # Errors
    ///
    /// None: a thread that panics is a finding, and the execution ends there.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let returned = self.child.join(Place::caller());
        drop(self.body);
        returned
    }
}

/// Runs `body`, which can start threads that borrow, and waits for all of them, as [`std::thread::scope`] does.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let place = Place::caller();
    let scope = Scope { running: Arc::default(), bodies: Mutex::default(), scope: PhantomData, env: PhantomData };
    let returned = body(&scope);
    for child in mem::take(&mut *scope.running.lock().expect("no panic happens under this lock")) {
        perform_on(NO_OBJECT, Action::Join(child), place);
    }
    returned
}

/// Starts threads that may borrow what outlives the scope.
pub struct Scope<'scope, 'env: 'scope> {
    /// The children that have not been joined.
    running: Arc<Mutex<Vec<u64>>>,
    bodies: Mutex<Vec<Kept>>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread of this scope.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'static,
    {
        let (number, body) = start(body, Place::caller());
        self.running.lock().expect("no panic happens under this lock").push(number);
        let body: Box<dyn Anything + Send + 'scope> = Box::new(body);
        // SAFETY: only the lifetime changes. `scope` owns the scope and drops it before it returns, and what the body
        // borrows lives longer than that.
        let body =
            unsafe { mem::transmute::<Box<dyn Anything + Send + 'scope>, Box<dyn Anything + Send + 'static>>(body) };
        self.bodies.lock().expect("no panic happens under this lock").push(Silent(Some(body)));
        let thread = Thread { path: replay::path_of_child(number) };
        let child = Child { number, thread, returns: PhantomData };
        ScopedJoinHandle { child, running: self.running.clone(), scope: PhantomData }
    }
}

/// Owns the right to wait for a thread of a scope.
pub struct ScopedJoinHandle<'scope, T> {
    child: Child<T>,
    running: Arc<Mutex<Vec<u64>>>,
    scope: PhantomData<&'scope ()>,
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Returns a handle of the thread.
    pub fn thread(&self) -> &Thread {
        &self.child.thread
    }

    /// Returns whether the thread has ended.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.child.has_ended(Place::caller())
    }
}

impl<T: 'static> ScopedJoinHandle<'_, T> {
    /// Waits for the thread's end and returns its value.
    ///
    /// # Errors
    ///
    /// None: a thread that panics is a finding, and the execution ends there.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let returned = self.child.join(Place::caller());
        let mut running = self.running.lock().expect("no panic happens under this lock");
        running.retain(|&child| child != self.child.number);
        returned
    }
}
