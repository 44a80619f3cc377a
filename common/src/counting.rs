//! Driving a counter: threads or processes that add to it at the same time.

use crate::shared_memory::{Shareable, SharedMemory};
use crate::sync::Counter;
use crate::timing::{Sample, Stopwatch};
use crate::workers::{self, Workers};
use crate::{Error, pin::Pin};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// Lets `threads` threads add `increments` each, all starting together, and returns what the counter holds in the end. The
/// time runs from the first thread's first increment to the last thread's last.
pub fn in_threads<C: Counter>(counter: &C, threads: usize, increments: u64, pin: &Pin) -> Sample<u64> {
    let together = Barrier::new(threads);
    let spans: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let together = &together;
        let count = move |thread: usize| {
            pin.worker(thread);
            together.wait();
            let start = Instant::now();
            for _ in 0..increments {
                counter.increment(thread);
            }
            (start, Instant::now())
        };
        let handles: Vec<_> = (0..threads).map(|thread| scope.spawn(move || count(thread))).collect();
        handles.into_iter().map(|handle| handle.join().expect("no increment panics")).collect()
    });
    let start = spans.iter().map(|span| span.0).min().expect("there is a thread");
    let end = spans.iter().map(|span| span.1).max().expect("there is a thread");
    Sample { value: counter.value(), seconds: (end - start).as_secs_f64(), phases: Vec::new(), bytes_copied: None }
}

/// The same with processes, around a counter in memory that they share. `variant` is what the worker's side is told first,
/// so that it can tell which counter lies there. The time runs from the first "go" to the last answer.
///
/// # Errors
///
/// [`Error::Failure`] when memory cannot be shared or a worker dies.
pub fn in_processes<C: Counter + Shareable>(
    variant: &str,
    processes: usize,
    increments: u64,
    pin: &Pin,
) -> Result<Sample<u64>, Error> {
    let mut watch = Stopwatch::new();
    let memory = SharedMemory::create(size_of::<C>())?;
    let mut workers = Workers::start(processes, |index| {
        vec![variant.into(), memory.path().into(), index.to_string(), increments.to_string(), workers::cpu(pin, index)]
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

/// The worker's side of [`in_processes`].
///
/// # Errors
///
/// [`Error::Usage`] when somebody other than a lab started it, [`Error::ClosedPipe`] when the lab goes away.
pub fn serve<C: Counter + Shareable>(arguments: &[String]) -> Result<(), Error> {
    let memory = SharedMemory::open(&workers::argument::<String>(arguments, 1)?)?;
    let index = workers::argument(arguments, 2)?;
    let increments: u64 = workers::argument(arguments, 3)?;
    workers::bind(arguments, 4);
    let counter: &C = memory.value();
    let requests = workers::requests();
    workers::answer(&[0])?;
    for _go in requests {
        for _ in 0..increments {
            counter.increment(index);
        }
        workers::answer(&[0])?;
    }
    Ok(())
}
