//! Driving a counter: threads or processes that add to it at the same time.

use crate::report::{Point, Sweep};
use crate::shared_memory::{Shareable, SharedMemory};
use crate::sync::Counter;
use crate::timing::{Sample, Series, Stopwatch};
use crate::workers::{self, Workers};
use crate::{Arguments, Error, Row, pin::Pin};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// Increments a thread from which on the time of a run tells about threads that meet: with fewer, one is done before the next
/// has started.
pub const TELLING: u64 = 20_000;

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
        counter.add_many(index, increments);
        workers::answer(&[0])?;
    }
    Ok(())
}

/// The numbers of threads to sweep over: these, or 1 and the one that the command line gives.
pub fn thread_counts(arguments: &Arguments, preset: &[usize]) -> Vec<usize> {
    let mut counts = if arguments.is_given("threads") { vec![1] } else { preset.to_vec() };
    counts.push(arguments.threads());
    counts.sort_unstable();
    counts.dedup();
    counts
}

/// Of counters that ran with each of `counts` threads, all variants with the first number, then all with the next: those that
/// ran with as many as `arguments` ask for.
pub fn asked<'a>(series: &'a [Series<u64>], counts: &[usize], arguments: &Arguments) -> &'a [Series<u64>] {
    let position = counts.iter().position(|&threads| threads == arguments.threads()).expect("thread_counts has it");
    series.chunks(series.len() / counts.len()).nth(position).expect("there are as many as counts")
}

/// The rows of such counters. A row tells of as many threads as `arguments` ask for, its sweep of all. `sound` says which
/// variants cannot lose an update; one of those that lost any, with any number of threads, is incorrect.
pub fn rows(series: &[Series<u64>], counts: &[usize], arguments: &Arguments, sound: impl Fn(&str) -> bool) -> Vec<Row> {
    let asked = asked(series, counts, arguments);
    let row_of = |series: &Series<u64>, threads: usize| {
        Row::counter(series, threads as u64 * arguments.increments(), sound(series.variant))
    };
    let with_sweep = |variant: usize| {
        let swept: Vec<Row> = (series[variant..].iter().step_by(asked.len()).zip(counts))
            .map(|(series, &threads)| row_of(series, threads))
            .collect();
        let point = |(&threads, row): (&usize, &Row)| Point {
            at: threads as u64,
            seconds: row.seconds,
            finals: row.finals.clone(),
            expected: Some(threads as u64 * arguments.increments()),
            nanoseconds_per_increment: row.nanoseconds_per_increment,
            ..Point::default()
        };
        let points = counts.iter().zip(&swept).map(point).collect();
        Row {
            correct: Some(swept.iter().all(|row| row.correct == Some(true))),
            sweep: Some(Sweep { over: "threads", points }),
            ..row_of(&asked[variant], arguments.threads())
        }
    };
    (0..asked.len()).map(with_sweep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lab, Parameter, arguments::Request};

    fn series(variant: &'static str, finals: [u64; 2]) -> Series<u64> {
        let sample = |value| Sample { value, seconds: 1.0, phases: Vec::new(), bytes_copied: None };
        Series { variant, label: "", samples: finals.map(sample).to_vec() }
    }

    #[test]
    fn a_counter_that_loses_with_any_number_of_threads_is_incorrect() {
        let parameters = [Parameter::threads().default(4), Parameter::increments(10)];
        let lab = Lab { parameters: Box::leak(Box::new(parameters)), ..Lab::named("mutex", "") };
        let Ok(Request::Run(arguments)) = Arguments::parse(&lab, []) else { panic!("an empty command line runs") };
        let counts = thread_counts(&arguments, &[1, 4]);
        assert_eq!(counts, [1, 4]);

        let kept = [series("kept", [10, 10]), series("kept", [40, 40])];
        let lost = [series("lost", [10, 9]), series("lost", [40, 40])];
        let series = [kept[0].clone(), lost[0].clone(), kept[1].clone(), lost[1].clone()];
        let rows = rows(&series, &counts, &arguments, |_| true);
        assert_eq!((rows[0].correct, rows[1].correct), (Some(true), Some(false)));
        assert_eq!((rows[1].variant, &rows[1].finals[..]), ("lost", &[40, 40][..]));
        let points = &rows[1].sweep.as_ref().unwrap().points;
        assert_eq!((points[0].at, &points[0].finals[..], points[0].expected), (1, &[10, 9][..], Some(10)));
    }
}
