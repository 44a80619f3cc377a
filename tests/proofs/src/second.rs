//! loom, the second judge: it explores the same counters, and shares no code with the explorer.

use crate::sync::Counter;
use model::size::Size;
use model::verdict::Verdict;
use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Instant;

/// The version that is used.
pub const LOOM: &str = "loom 0.7.3";

/// Runs a counter once at a size, inside a model of loom, and returns its final value.
pub type Execute = fn(Size) -> u64;

/// Runs the threads of one execution on a new counter, and returns the final value. Call it inside a model.
pub fn execute<C: Counter + Send + 'static>(new: impl FnOnce(usize) -> C, size: Size) -> u64 {
    let counter = Arc::new(new(size.threads));
    let start = |thread| {
        let counter = counter.clone();
        loom::thread::spawn(move || counter.add_many(thread, size.increments))
    };
    let threads: Vec<_> = (0..size.threads).map(start).collect();
    threads.into_iter().for_each(|thread| thread.join().expect("a panic ends the execution"));
    counter.value()
}

/// Returns the counter with this name, as loom runs it.
pub fn of(variant: &str) -> Option<Execute> {
    let mut counters =
        crate::COUNTERS.iter().flat_map(|(_, counters)| counters.iter()).chain(crate::algorithms::ALGORITHMS);
    counters.find(|counter| counter.name == variant)?.execute
}

/// How an exploration ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// loom has tried all that it tells apart.
    Complete,
    /// Two threads access plain memory, one of them to write, and nothing orders them.
    DataRace,
    /// Every thread waits for another.
    Deadlock,
    /// The program panicked, with this message.
    Panicked(String),
    /// There are more executions than the bound.
    ManyExecutions,
    /// An execution has more operations than the bound, so a thread may wait for ever.
    ManyOperations,
}

/// What loom found about a program.
#[derive(Clone, Debug)]
pub struct Found<O> {
    /// Every outcome of a complete execution.
    pub outcomes: BTreeSet<O>,
    /// The number of executions, with the one that did not come to its end.
    pub executions: u64,
    /// The time that it took, in seconds.
    pub seconds: f64,
    /// How the exploration ended.
    pub end: End,
}

impl Found<u64> {
    /// Returns loom's verdict on a counter of this size.
    pub fn verdict(&self, size: Size) -> Verdict {
        match self.end {
            End::DataRace => Verdict::DataRace,
            _ if self.outcomes.first().is_some_and(|&least| least < size.expected()) => Verdict::CanLose,
            _ if self.outcomes.last().is_some_and(|&most| most > size.expected()) => Verdict::CanEndWrong,
            End::Deadlock => Verdict::Deadlock,
            End::Panicked(_) => Verdict::Panics,
            End::ManyExecutions | End::ManyOperations => Verdict::Inconclusive,
            End::Complete => Verdict::LosesNone,
        }
    }
}

/// The largest number of operations in an execution. A correct counter needs fewer than 100 at the sizes that are compared.
const MOST_OPERATIONS: usize = 1_000;

/// Ends an exploration that reaches the bound on executions.
struct Enough;

/// Explores `program`, up to a number of executions.
pub fn explore<O: Ord + Send + 'static>(
    most_executions: u64,
    program: impl Fn() -> O + Send + Sync + 'static,
) -> Found<O> {
    let start = Instant::now();
    let all = Arc::new(Mutex::new((BTreeSet::new(), 0)));
    let shared = all.clone();
    let result = quietly(|| {
        builder().check(move || {
            let executions = {
                let executions = &mut lock(&shared).1;
                *executions += 1;
                *executions
            };
            if executions > most_executions {
                panic::panic_any(Enough);
            }
            let outcome = program();
            lock(&shared).0.insert(outcome);
        });
    });
    let end = result.map_or_else(|payload| end_of(&*payload), |()| End::Complete);
    let (outcomes, executions) = std::mem::take(&mut *lock(&all));
    Found { outcomes, executions, seconds: start.elapsed().as_secs_f64(), end }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every limit of loom's is set here, because loom would otherwise take them from the environment, stop early, and pass.
fn builder() -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.max_threads = 5;
    builder.max_branches = MOST_OPERATIONS;
    builder.max_permutations = None;
    builder.max_duration = None;
    builder.preemption_bound = None;
    builder.checkpoint_file = None;
    builder.checkpoint_interval = usize::MAX;
    builder.expect_explicit_explore = false;
    builder.location = false;
    builder.log = false;
    builder
}

/// Returns what loom means by its panic. It says it in no other way.
fn end_of(payload: &(dyn Any + Send)) -> End {
    if payload.is::<Enough>() {
        return End::ManyExecutions;
    }
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    let message = text.unwrap_or("a panic without a message");
    if message.contains("Causality violation") {
        End::DataRace
    } else if message.contains("Model exceeded maximum number of branches") {
        End::ManyOperations
    } else if message.contains("deadlock; threads") {
        End::Deadlock
    } else {
        End::Panicked(message.trim().to_string())
    }
}

/// Catches a panic without a message on standard error, because here a panic is a finding.
fn quietly<T>(action: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    use std::cell::Cell;
    thread_local! {
        static QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |information| {
            if !QUIET.get() {
                usual(information);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(action));
    QUIET.set(false);
    result
}

impl fmt::Display for End {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => formatter.write_str("complete"),
            Self::DataRace => formatter.write_str("data race"),
            Self::Deadlock => formatter.write_str("deadlock"),
            Self::Panicked(message) => write!(formatter, "panic: {message}"),
            Self::ManyExecutions => formatter.write_str("too many executions"),
            Self::ManyOperations => formatter.write_str("too many operations in an execution"),
        }
    }
}
