//! Programs: shared objects, the threads that use them, and what is looked at in the end.

use crate::outside::Asked;
use crate::recorder::replay::{Silent, begin_thread, settle};
use std::ops::Range;
use std::rc::Rc;

/// What is explored: [`Program`] and [`Main`].
pub trait Subject {
    /// Returns how many threads exist from the beginning.
    #[doc(hidden)]
    fn threads(&self) -> usize;

    /// Returns groups of neighbouring threads that were said to run the same code.
    #[doc(hidden)]
    fn groups(&self) -> &[Range<usize>] {
        &[]
    }

    /// Returns whether there is code that looks at the objects when all threads have ended.
    #[doc(hidden)]
    fn has_end(&self) -> bool;

    /// Returns whether the program may end as soon as its first thread has ended, whatever the others do.
    #[doc(hidden)]
    fn ends_with_first(&self) -> bool {
        false
    }

    /// Returns the program in another process, if it runs there.
    #[doc(hidden)]
    fn asked(&self) -> Option<&Asked> {
        None
    }

    /// Runs a thread, or the code that looks at the end as the thread after the last.
    #[doc(hidden)]
    fn run(&self, thread: usize) -> Vec<u64>;
}

/// What a thread returns: the numbers that make up an outcome.
pub trait Values {
    /// Returns the value as numbers.
    fn values(self) -> Vec<u64>;
}

impl Values for () {
    fn values(self) -> Vec<u64> {
        Vec::new()
    }
}

impl Values for u64 {
    fn values(self) -> Vec<u64> {
        vec![self]
    }
}

impl Values for bool {
    fn values(self) -> Vec<u64> {
        vec![self.into()]
    }
}

impl Values for Vec<u64> {
    fn values(self) -> Vec<u64> {
        self
    }
}

impl<const N: usize> Values for [u64; N] {
    fn values(self) -> Vec<u64> {
        self.to_vec()
    }
}

type Body<S> = Box<dyn Fn(&S) -> Vec<u64>>;

/// Threads that share objects. An outcome is what the threads return, in their order, and then what the code at the end
/// returns.
///
/// ```
/// use explorer::sync::atomic::{AtomicU64, Ordering::Relaxed};
/// use explorer::{Memory, Program, explore};
///
/// let program = Program::new(AtomicU64::default)
///     .threads(2, |counter, _thread| { counter.fetch_add(1, Relaxed); })
///     .end(|counter| counter.load(Relaxed));
/// assert_eq!(explore(&program, Memory::Cpp20).finals(), [vec![2]]);
/// ```
pub struct Program<S> {
    new: Box<dyn Fn() -> S>,
    threads: Vec<Body<S>>,
    groups: Vec<Range<usize>>,
    end: Option<Body<S>>,
}

impl<S: 'static> Program<S> {
    /// Creates a program without threads. `new` creates the shared objects, once for each execution.
    pub fn new(new: impl Fn() -> S + 'static) -> Self {
        Self { new: Box::new(new), threads: Vec::new(), groups: Vec::new(), end: None }
    }

    /// Adds a thread, which runs `body`.
    #[must_use]
    pub fn thread<V: Values>(mut self, body: impl Fn(&S) -> V + 'static) -> Self {
        self.threads.push(Box::new(move |shared| body(shared).values()));
        self
    }

    /// Adds `count` threads that run the same code. `body` gets the thread's number, counted from 0.
    ///
    /// As long as they do the same whatever their number is, and return nothing, these threads are interchangeable, and
    /// only one of the ways that differ in their numbers is explored.
    #[must_use]
    pub fn threads<V: Values>(mut self, count: usize, body: impl Fn(&S, usize) -> V + 'static) -> Self {
        let body = Rc::new(body);
        self.groups.push(self.threads.len()..self.threads.len() + count);
        for _ in 0..count {
            let (body, number) = (body.clone(), self.threads.len());
            self = self.thread(move |shared| body(shared, number));
        }
        self
    }

    /// Sets the code that looks at the objects when all threads have ended.
    #[must_use]
    pub fn end<V: Values>(mut self, end: impl Fn(&S) -> V + 'static) -> Self {
        self.end = Some(Box::new(move |shared| end(shared).values()));
        self
    }
}

impl<S> Subject for Program<S> {
    fn threads(&self) -> usize {
        self.threads.len()
    }

    fn groups(&self) -> &[Range<usize>] {
        &self.groups
    }

    fn has_end(&self) -> bool {
        self.end.is_some()
    }

    fn run(&self, thread: usize) -> Vec<u64> {
        let shared = Silent(Some((self.new)()));
        let objects = shared.0.as_ref().expect("they have just been created");
        begin_thread();
        let returned = match self.threads.get(thread) {
            Some(body) => body(objects),
            None => self.end.as_ref().expect("the thread after the last looks at the end")(objects),
        };
        settle();
        returned
    }
}

/// A function that starts its threads itself, as `main` does. An outcome is what it returns. When it has returned, other
/// threads may still do something, but need not: it is not a hang if they wait.
///
/// ```
/// use explorer::sync::{atomic::{AtomicU64, Ordering::Relaxed}, thread};
/// use explorer::{Main, Memory, explore};
///
/// let program = Main::new(|| {
///     let counter = AtomicU64::new(0);
///     thread::scope(|scope| {
///         scope.spawn(|| { counter.fetch_add(1, Relaxed); });
///         scope.spawn(|| { counter.fetch_add(1, Relaxed); });
///     });
///     counter.load(Relaxed)
/// });
/// assert_eq!(explore(&program, Memory::Cpp20).finals(), [vec![2]]);
/// ```
pub struct Main {
    main: Body<()>,
}

impl Main {
    /// Creates a program from its first thread.
    pub fn new<V: Values>(main: impl Fn() -> V + 'static) -> Self {
        Self { main: Box::new(move |()| main().values()) }
    }
}

impl Subject for Main {
    fn threads(&self) -> usize {
        1
    }

    fn has_end(&self) -> bool {
        false
    }

    fn ends_with_first(&self) -> bool {
        true
    }

    fn run(&self, _thread: usize) -> Vec<u64> {
        begin_thread();
        (self.main)(&())
    }
}
