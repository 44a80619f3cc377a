//! The door through which the labs' `counters.rs` are compiled: `explorer::sync` under the names of `common::sync`.

use explorer::Program;
pub use explorer::sync::{Mutex, RacyCell, atomic, hint, thread};
use explorer::sync::{MutexGuard, PoisonError, checkpoint};
use std::ops::Deref;

/// The size of a program: threads, and increments per thread.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub threads: usize,
    pub increments: u64,
}

pub trait Counter: 'static {
    fn for_threads(_threads: usize) -> Self
    where
        Self: Sized + Default,
    {
        Self::default()
    }

    fn increment(&self, thread: usize);

    fn add_many(&self, thread: usize, increments: u64) {
        for number in 0..increments {
            checkpoint(number);
            self.increment(thread);
        }
    }

    fn value(&self) -> u64;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Exact,
    LostUpdates,
    DataRace,
}

#[derive(Clone, Copy)]
pub struct Declaration {
    pub name: &'static str,
    pub outcome: Outcome,
    pub program: fn(Size) -> Program<Box<dyn Counter>>,
}

/// Returns a program whose threads increment a counter, and which ends with the counter's value.
pub fn program(new: impl Fn() -> Box<dyn Counter> + 'static, size: Size) -> Program<Box<dyn Counter>> {
    Program::new(new)
        .threads(size.threads, move |counter, thread| counter.add_many(thread, size.increments))
        .end(|counter| counter.value())
}

pub const fn declare<C: Counter + Default>(name: &'static str, outcome: Outcome, _label: &'static str) -> Declaration {
    Declaration { name, outcome, program: |size| program(move || Box::new(C::for_threads(size.threads)), size) }
}

pub const fn declare_shared<C: Counter + Shareable + Default>(
    name: &'static str,
    outcome: Outcome,
    label: &'static str,
) -> Declaration {
    declare::<C>(name, outcome, label)
}

/// # Safety
///
/// Nothing here relies on it.
pub unsafe trait Shareable {}

/// A value on a cache line of its own, which makes no difference here.
#[derive(Debug, Default)]
pub struct CachePadded<T>(T);

impl<T> CachePadded<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for CachePadded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// `parking_lot`'s mutex, which knows no poison.
#[derive(Default)]
pub struct ParkingLotMutex<T: 'static>(Mutex<T>);

impl<T> ParkingLotMutex<T> {
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
