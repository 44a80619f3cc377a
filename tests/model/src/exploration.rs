//! One exploration: loom runs a program again and again, each time with other decisions, until it has seen all that it tells
//! apart; and what became of that is a value.

use crate::memory::{self, Joining, Memory};
use crate::trace::{self, Event};
use crate::waiting::{self, Waiting};
use std::any::Any;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

/// How far an exploration goes. Whatever it does not finish is inconclusive, and never passes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// What memory is explored.
    pub memory: Memory,
    /// How threads are waited for.
    pub joining: Joining,
    /// The most preemptions in an execution; `None` for any number. With a bound, executions are left out.
    pub preemption_bound: Option<usize>,
    /// The longest that it may take.
    pub time: Duration,
    /// The most executions that are explored.
    pub executions: u64,
    /// The most operations in one execution. It stops a thread that waits forever.
    pub branches: usize,
    /// Whether the operations are recorded.
    pub record: bool,
    /// Is told every two seconds how many executions there were, and after how many seconds.
    pub progress: Option<fn(u64, f64)>,
}

impl Default for Limits {
    /// Weak memory, no bound on preemptions, ten minutes, 100,000 executions of 1,000 operations each, recorded.
    fn default() -> Self {
        Self {
            memory: Memory::Weak,
            joining: Joining::ByHandle,
            preemption_bound: None,
            time: Duration::from_secs(600),
            executions: 100_000,
            branches: 1_000,
            record: true,
            progress: None,
        }
    }
}

/// How an exploration ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// loom has seen all that it tells apart (within the preemption bound, if there is one).
    Complete,
    /// Two threads access plain memory, one of them to write, and nothing orders them. The last two words of the trace show it.
    DataRace,
    /// Every thread waits for another.
    Deadlock,
    /// The program panicked, with this message.
    Panicked(String),
    /// A thread did nothing that the model can see, so that whatever it did was not explored.
    Unmodelled(String),
    /// A limit was reached, this one, and nothing is shown.
    Limit(Limit),
}

/// Why an exploration did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It takes too long.
    Time,
    /// There are too many executions.
    Executions,
    /// An execution takes too many operations.
    Operations,
    /// A thread tries again and again, when no other thread writes any more.
    EndlessWait,
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Time => "the time limit was reached",
            Self::Executions => "the limit of executions was reached (cargo proofs longer has none)",
            Self::Operations => "the limit of operations in one execution was reached: a thread may wait forever",
            Self::EndlessWait => "a thread repeats a loop although no other thread writes any more",
        })
    }
}

/// What became of an exploration.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// How many executions there were, with the one that did not come to its end.
    pub executions: u64,
    /// How long it took, in seconds by the clock.
    pub seconds: f64,
    /// How the exploration ended.
    pub end: End,
    /// How threads waited in these executions.
    pub waiting: Waiting,
    /// The trace of the last execution.
    pub last: Vec<Event>,
}

/// Why an execution gives up, thrown as a panic.
enum Stop {
    Limit(Limit),
    Unmodelled(String),
}

/// Gives up because of a thread that the model does not see.
pub(crate) fn refuse(reason: String) -> ! {
    panic::panic_any(Stop::Unmodelled(reason))
}

/// Explores `program`. `each` is told what it returned and did in every execution that came to its end, and adds that to what was
/// seen.
pub fn explore<S: Default + Send + 'static, O: 'static>(
    limits: &Limits,
    program: impl Fn() -> O + Send + Sync + 'static,
    each: impl Fn(&mut S, O, &[Event]) + Send + Sync + 'static,
) -> (S, Exploration) {
    let start = Instant::now();
    waiting::begin_exploration();
    let all = Arc::new(Mutex::new((S::default(), 0)));
    let (limits, shared) = (limits.clone(), all.clone());
    let result = quietly(|| {
        let told = AtomicU64::new(0);
        builder(&limits).check(move || {
            let executions = {
                let executions = &mut lock(&shared).1;
                *executions += 1; // the one that does not end counts too
                *executions
            };
            let elapsed = start.elapsed();
            if elapsed > limits.time {
                panic::panic_any(Stop::Limit(Limit::Time));
            }
            if executions > limits.executions {
                panic::panic_any(Stop::Limit(Limit::Executions));
            }
            if let Some(tell) = limits.progress
                && elapsed.as_secs() >= told.load(Relaxed) + 2
            {
                told.store(elapsed.as_secs(), Relaxed);
                tell(executions, elapsed.as_secs_f64());
            }
            trace::begin(limits.record);
            memory::remember(limits.memory, limits.joining);
            waiting::begin();
            let outcome = program();
            trace::read(|events| each(&mut lock(&shared).0, outcome, events));
        });
    });
    let end = match result {
        Ok(()) => End::Complete,
        Err(payload) => end_of(&*payload),
    };
    let (seen, executions) = std::mem::take(&mut *lock(&all));
    let seconds = start.elapsed().as_secs_f64();
    (seen, Exploration { executions, seconds, end, waiting: waiting::seen(), last: trace::read(<[Event]>::to_vec) })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Every limit of loom's is set here, because it would otherwise take them from the environment, stop early, and pass.
fn builder(limits: &Limits) -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.max_threads = 5;
    builder.max_branches = limits.branches;
    builder.max_permutations = None;
    builder.max_duration = None;
    builder.preemption_bound = limits.preemption_bound;
    builder.checkpoint_file = None;
    builder.checkpoint_interval = usize::MAX;
    builder.expect_explicit_explore = false;
    builder.location = false; // the recorder knows
    builder.log = false;
    builder
}

/// What loom means by its panic; it has no other way to say it.
fn end_of(payload: &(dyn Any + Send)) -> End {
    match payload.downcast_ref::<Stop>() {
        Some(Stop::Limit(limit)) => return End::Limit(*limit),
        Some(Stop::Unmodelled(reason)) => return End::Unmodelled(reason.clone()),
        None => {}
    }
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    if message.contains("Causality violation") {
        End::DataRace
    } else if message.contains("Model exceeded maximum number of branches") {
        End::Limit(Limit::Operations)
    } else if message.contains("deadlock; threads") && waiting::is_forever() {
        End::Limit(Limit::EndlessWait)
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
