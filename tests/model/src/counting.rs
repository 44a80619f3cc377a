//! Runs a counter in the model: some threads each add one a few times, and the result is the final value of the counter.

use crate::exploration::{self, Exploration, Limits};
use crate::memory::{Joining, joining};
use crate::trace::{self, Event};
use common::counter::Counter;
use std::cmp;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

/// The numbers of threads and of increments per thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size {
    /// The number of threads, without the one that waits for them. It is at most 4, because loom supports 5 threads.
    pub threads: usize,
    /// The increments of each thread.
    pub increments: u64,
}

impl Size {
    /// Creates a size, for use in constants.
    pub const fn new(threads: usize, increments: u64) -> Self {
        Self { threads, increments }
    }

    /// Returns the final value of a counter that loses no update.
    pub const fn expected(self) -> u64 {
        self.threads as u64 * self.increments
    }

    /// Formats the size as `2 threads x 1 increment`.
    pub fn in_words(self) -> String {
        let plural = |count| if count == 1 { "" } else { "s" };
        let Self { threads, increments } = self;
        format!("{threads} thread{} x {increments} increment{}", plural(threads as u64), plural(increments))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{}x{}", self.threads, self.increments))
    }
}

/// Executes a program once with a size, and returns the final value of its counter.
pub type Execute = fn(Size) -> u64;

/// Executes the threads of one execution with a new counter, and returns the final value. Call it inside a model.
pub fn execute<C: Counter + Send + 'static>(new: impl FnOnce(usize) -> C, size: Size) -> u64 {
    let counter = Arc::new(new(size.threads));
    let shared = counter.clone();
    together(size.threads, move |thread| shared.add_many(thread, size.increments));
    counter.value()
}

/// Runs `act` in `threads` threads, numbered from 0, and returns their answers when all have ended. Call it inside a model.
pub fn together<T: Send + 'static>(threads: usize, act: impl Fn(usize) -> T + Send + Sync + 'static) -> Vec<T> {
    let act = Arc::new(act);
    let running = Arc::new(AtomicUsize::new(threads));
    // A mutex of the system, not of the model: a thread stores its answer last, and the answers are read after all
    // threads have ended.
    let answers: Arc<Mutex<Vec<Option<T>>>> = Arc::new(Mutex::new((0..threads).map(|_| None).collect()));
    let main = loom::thread::current();
    let start = |thread| {
        let (act, running, answers, main) = (act.clone(), running.clone(), answers.clone(), main.clone());
        loom::thread::spawn(move || {
            trace::name_thread(thread + 1);
            let answer = act(thread);
            answers.lock().expect("no holder panics")[thread] = Some(answer);
            running.fetch_sub(1, Relaxed);
            if joining() == Joining::ByParking {
                main.unpark();
            }
        })
    };
    let handles: Vec<_> = (0..threads).map(start).collect();
    match joining() {
        Joining::ByHandle => {
            for handle in handles {
                handle.join().expect("a thread that panics has ended the execution");
            }
        }
        Joining::ByParking => {
            while running.load(Relaxed) > 0 {
                loom::thread::park();
            }
        }
    }
    let mut answers = answers.lock().expect("no holder panics");
    answers.iter_mut().map(|answer| answer.take().expect("every thread has answered")).collect()
}

/// The results of all executions of a counter.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Each final value, with the number of executions that ended there.
    pub finals: BTreeMap<u64, u64>,
    /// For each final value, the interleaving with the fewest switches between threads.
    pub replayable: BTreeMap<u64, Vec<Event>>,
    /// The same for traces that are not interleavings, because a load read a value that had been overwritten.
    pub stale: BTreeMap<u64, Vec<Event>>,
    /// The orders of the threads' steps, for executions that are interleavings.
    pub interleavings: HashSet<Vec<u8>>,
}

impl Seen {
    fn add(&mut self, end: u64, events: &[Event]) {
        *self.finals.entry(end).or_default() += 1;
        let kept = if trace::first_stale(events).is_none() {
            self.interleavings.insert(trace::steps(events).map(|event| event.thread as u8).collect());
            &mut self.replayable
        } else {
            &mut self.stale
        };
        match kept.get_mut(&end) {
            Some(best) if by_switches(best, events).is_le() => {}
            Some(best) => events.clone_into(best),
            None => _ = kept.insert(end, events.to_vec()),
        }
    }
}

/// Compares traces by switches, then by steps, then by the threads' numbers, so that the order of the executions does not matter.
fn by_switches(one: &[Event], other: &[Event]) -> cmp::Ordering {
    let turn = |event: &Event| (event.thread, event.reads, event.writes);
    (trace::switches(one).cmp(&trace::switches(other)))
        .then_with(|| trace::steps(one).count().cmp(&trace::steps(other).count()))
        .then_with(|| trace::steps(one).map(turn).cmp(trace::steps(other).map(turn)))
}

/// Explores all executions of `execute` at a size.
pub fn explore(limits: &Limits, size: Size, execute: Execute) -> (Seen, Exploration) {
    let is_recorded = limits.record;
    let program = move || {
        let end = execute(size);
        if is_recorded {
            trace::read(|events| check(events, size.threads));
        }
        end
    };
    exploration::explore(limits, program, |seen: &mut Seen, end, events| seen.add(end, events))
}

/// Stops the exploration if a thread performed no operation of the model. It may have used a mutex of the standard library, which loom
/// cannot explore, so anything would pass.
fn check(events: &[Event], threads: usize) {
    let who = |thread| if thread == 0 { "value()".to_string() } else { format!("thread {thread}") };
    if let Some(thread) = (0..=threads).find(|&thread| !has_acted(events, thread)) {
        exploration::refuse(format!("{} performed no operation of crate::sync", who(thread)));
    }
}

/// Returns whether a thread, counted from 1, performed an operation of the model.
pub fn has_acted(events: &[Event], thread: usize) -> bool {
    events.iter().any(|event| event.thread == thread && event.operation != trace::Operation::New)
}
