//! Counters: what each of them does, how it is declared, and the threads or processes that use it.

use crate::Error;
use crate::pin::Pin;
use crate::shared_memory::{Shareable, SharedMemory};
use crate::timing::{Sample, Stopwatch};
use crate::workers::{self, Workers};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// A counter that threads share.
pub trait Counter: Sync {
    /// Creates a counter at zero that `threads` threads will share. Most counters ignore `threads`.
    fn for_threads(_threads: usize) -> Self
    where
        Self: Default,
    {
        Self::default()
    }

    /// Adds one on behalf of thread `thread`, counted from 0. Most counters ignore which thread adds.
    fn increment(&self, thread: usize);

    /// Adds one, `increments` times. A counter may override this if it can add them in fewer steps.
    fn add_many(&self, thread: usize, increments: u64) {
        for _ in 0..increments {
            self.increment(thread);
        }
    }

    /// Returns the value, once all threads have ended.
    fn value(&self) -> u64;
}

/// The possible final values of a counter, over all schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The final value is always the number of increments.
    Exact,
    /// Some schedules lose an update.
    LostUpdates,
    /// It has a data race, so its behaviour is undefined.
    DataRace,
}

impl Outcome {
    /// The name in `labs/describe/1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::LostUpdates => "lost-updates",
            Self::DataRace => "data-race",
        }
    }
}

/// One row of a lab's table of counters. A lab's report has a row for each.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The stable name in the report.
    pub name: &'static str,
    /// The possible final values.
    pub outcome: Outcome,
    /// What it does, in a few words.
    pub label: &'static str,
    run: Run,
    serve: Option<Serve>,
}

type Run = fn(&'static str, usize, u64, &Pin) -> Result<Sample<u64>, Error>;
type Serve = fn(&[String]) -> Result<(), Error>;

/// Declares a counter that threads share.
pub const fn declare<C: Counter + Default>(name: &'static str, outcome: Outcome, label: &'static str) -> Declaration {
    let run: Run = |_name, threads, increments, pin| Ok(in_threads(&C::for_threads(threads), threads, increments, pin));
    Declaration { name, outcome, label, run, serve: None }
}

/// Declares the same counter on a page that processes share.
pub const fn declare_shared<C: Counter + Shareable>(
    name: &'static str,
    outcome: Outcome,
    label: &'static str,
) -> Declaration {
    Declaration { name, outcome, label, run: in_processes::<C>, serve: Some(serve::<C>) }
}

impl Declaration {
    /// Runs a new counter with `workers` threads or processes that add `increments` each.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when memory cannot be shared or a worker process dies.
    pub fn run(&self, workers: usize, increments: u64, pin: &Pin) -> Result<Sample<u64>, Error> {
        (self.run)(self.name, workers, increments, pin)
    }

    /// Returns whether processes share it.
    pub fn is_shared_by_processes(&self) -> bool {
        self.serve.is_some()
    }
}

/// `main` of a worker process that a declaration of `counters` started.
///
/// # Errors
///
/// [`Error::Usage`] when something other than the lab started it, [`Error::ClosedPipe`] when the lab goes away.
pub fn work(counters: &[Declaration], arguments: &[String]) -> Result<(), Error> {
    let name: String = workers::argument(arguments, 0)?;
    let serve = counters.iter().find(|counter| counter.name == name).and_then(|counter| counter.serve);
    serve.ok_or_else(|| Error::Usage(format!("--worker {name}: no counter of this lab has worker processes")))?(
        arguments,
    )
}

/// Runs `threads` threads that add `increments` each, all starting together, and returns the final value. The time runs
/// from the first thread's first increment to the last thread's last.
pub fn in_threads<C: Counter>(counter: &C, threads: usize, increments: u64, pin: &Pin) -> Sample<u64> {
    let together = Barrier::new(threads);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let together = &together;
        let count = move |thread: usize| {
            pin.worker(thread);
            together.wait();
            let start = Instant::now();
            counter.add_many(thread, increments);
            (start, Instant::now())
        };
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || count(thread))).collect();
        handles.into_iter().map(|handle| handle.join().expect("no increment panics")).collect()
    });
    let start = spans.iter().map(|span| span.0).min().expect("there is a thread");
    let end = spans.iter().map(|span| span.1).max().expect("there is a thread");
    Sample { value: counter.value(), seconds: (end - start).as_secs_f64(), phases: Vec::new(), bytes_copied: None }
}

/// Runs worker processes around a counter in memory that they share. The first argument of a worker is the counter's
/// name. The time runs from the first "go" to the last answer.
fn in_processes<C: Counter + Shareable>(
    name: &'static str,
    processes: usize,
    increments: u64,
    pin: &Pin,
) -> Result<Sample<u64>, Error> {
    let mut watch = Stopwatch::new();
    let memory = SharedMemory::create(size_of::<C>())?;
    let mut workers = Workers::start(processes, |index| {
        vec![name.into(), memory.path().into(), index.to_string(), increments.to_string(), workers::cpu(pin, index)]
    })?;
    workers.answers()?; // all have mapped the memory and are ready
    watch.lap("start");
    workers.send_all(b"go\n")?;
    workers.answers()?;
    watch.lap("compute");
    workers.finish()?;
    watch.lap("collect");
    let mut sample = watch.finish(memory.value::<C>().value());
    sample.seconds = sample.phases[1].1;
    Ok(sample)
}

/// Runs in a worker that [`in_processes`] started.
fn serve<C: Counter + Shareable>(arguments: &[String]) -> Result<(), Error> {
    let memory = SharedMemory::open(&workers::argument::<String>(arguments, 1)?)?;
    let index = workers::argument(arguments, 2)?;
    let increments: u64 = workers::argument(arguments, 3)?;
    workers::bind(arguments, 4);
    let counter: &C = memory.value();
    let requests = workers::requests();
    workers::answer(&[0])?;
    for _go in requests {
        counter.add_many(index, increments);
        workers::answer(&[0])?;
    }
    Ok(())
}
