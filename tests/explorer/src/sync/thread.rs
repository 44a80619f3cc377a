//! Threads that a [`Main`](crate::Main) or another thread starts.

use super::Content;
use crate::operation::{Action, NO_OBJECT, Place, ThreadPath};
use crate::recorder::replay::{self, drop_silently, hint, perform_on, spawn as start, value_of};
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::mem;
use std::panic::Location;
use std::rc::Rc;

pub use std::thread::Result;

/// Says that the thread may be waiting. Whether it does is found out from what it does, with or without this.
pub fn yield_now() {
    hint();
}

/// Waits until another thread calls [`Thread::unpark`] for this one, or takes the token that it left before. It may
/// also return without.
#[track_caller]
pub fn park() {
    perform_on(NO_OBJECT, Action::Park, Location::caller());
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
        perform_on(NO_OBJECT, Action::Unpark(self.path), Location::caller());
    }
}

/// A value of any type, which is only kept.
trait Anything {}

impl<T> Anything for T {}

/// The code of a child. A replay of the parent never runs it, but keeps what it owns until the child has been joined.
struct Kept(Option<Box<dyn Anything>>);

impl Drop for Kept {
    fn drop(&mut self) {
        drop_silently(self.0.take());
    }
}

/// Waits for a child. Without a value the parent is being left, and a destructor joins.
fn join<T: Content>(child: u64, place: Place) -> Result<T> {
    let answer = perform_on(NO_OBJECT, Action::Join(child), place);
    value_of(answer.value).ok_or_else(|| Box::new("the joining thread is being left") as Box<dyn Any + Send>)
}

/// Starts a thread, as [`std::thread::spawn`] does.
#[track_caller]
pub fn spawn<T: Content>(body: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    let (child, body) = start(body, Location::caller());
    let thread = Thread { path: replay::path_of_child(child) };
    JoinHandle { child, thread, body: Kept(Some(Box::new(body))), returns: PhantomData }
}

/// Owns the right to wait for a thread.
pub struct JoinHandle<T> {
    child: u64,
    thread: Thread,
    body: Kept,
    returns: PhantomData<T>,
}

impl<T> JoinHandle<T> {
    /// Returns a handle of the thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

impl<T: Content> JoinHandle<T> {
    /// Waits for the thread's end and returns its value.
    ///
    /// # Errors
    ///
    /// None: a thread that panics is a finding, and the execution ends there.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let returned = join(self.child, Location::caller());
        drop(self.body);
        returned
    }
}

/// Runs `body`, which can start threads that borrow, and waits for all of them, as [`std::thread::scope`] does.
#[track_caller]
pub fn scope<'env, T>(body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T) -> T {
    let place = Location::caller();
    let scope = Scope { running: Rc::default(), bodies: RefCell::default(), scope: PhantomData, env: PhantomData };
    let returned = body(&scope);
    for child in scope.running.take() {
        perform_on(NO_OBJECT, Action::Join(child), place);
    }
    returned
}

/// Starts threads that may borrow what outlives the scope.
pub struct Scope<'scope, 'env: 'scope> {
    /// The children that have not been joined.
    running: Rc<RefCell<Vec<u64>>>,
    bodies: RefCell<Vec<Kept>>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'scope> Scope<'scope, '_> {
    /// Starts a thread of this scope.
    #[track_caller]
    pub fn spawn<T: Content>(&'scope self, body: impl FnOnce() -> T + 'scope) -> ScopedJoinHandle<'scope, T> {
        let (child, body) = start(body, Location::caller());
        self.running.borrow_mut().push(child);
        let body: Box<dyn Anything + 'scope> = Box::new(body);
        // SAFETY: only the lifetime changes. `scope` owns the scope and drops it before it returns, and what the body
        // borrows lives longer than that.
        let body = unsafe { mem::transmute::<Box<dyn Anything + 'scope>, Box<dyn Anything + 'static>>(body) };
        self.bodies.borrow_mut().push(Kept(Some(body)));
        let thread = Thread { path: replay::path_of_child(child) };
        ScopedJoinHandle { child, thread, running: self.running.clone(), scope: PhantomData }
    }
}

/// Owns the right to wait for a thread of a scope.
pub struct ScopedJoinHandle<'scope, T> {
    child: u64,
    thread: Thread,
    running: Rc<RefCell<Vec<u64>>>,
    scope: PhantomData<(&'scope (), T)>,
}

impl<T> ScopedJoinHandle<'_, T> {
    /// Returns a handle of the thread.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

impl<T: Content> ScopedJoinHandle<'_, T> {
    /// Waits for the thread's end and returns its value.
    ///
    /// # Errors
    ///
    /// None: a thread that panics is a finding, and the execution ends there.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let returned = join(self.child, Location::caller());
        self.running.borrow_mut().retain(|&child| child != self.child);
        returned
    }
}
