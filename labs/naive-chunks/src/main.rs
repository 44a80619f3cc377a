//! A sum that is slower in parallel, because every chunk is copied to its worker.

mod streams;
mod sums;

use common::format::{integer, percent, ratio};
use common::timing::{self, Experiment};
use common::{Arguments, Error, Figure, Lab, Lecture, Parameter, PythonProgram, Question, Report, Row};
use common::{data, partition, pin::Pin, warning::Warning};
use std::process::ExitCode;

const LAB: Lab = Lab {
    lecture: Lecture {
        program: "vecAdd.py",
        figures: &[("speedup", 0.03), ("sequential_seconds", 0.034), ("parallel_seconds", 1.014), ("cpus", 32.0)],
    },
    parameters: &[
        Parameter::size(50_000_000),
        Parameter::workers(),
        Parameter::threads(),
        Parameter::repeat(5),
        Parameter::seed(),
    ],
    question: Question {
        text: "the sum is given to one worker process a CPU, through pipes. How many times as fast as one core is that?",
        figure: Figure::Speedup("process-pool"),
        lecture: Some(0.03),
    },
    python: &[PythonProgram {
        path: concat!(env!("CARGO_MANIFEST_DIR"), "/vecAdd.py"),
        figure: "speed-up",
        name: "speedup",
        ours: Figure::Speedup("process-pool"),
        lecture: Some(0.03),
        flags: &[("size", "size"), ("workers", "workers"), ("seed", "seed")],
    }],
    worker: Some(sums::pool_worker),
    ..Lab::named("naive", "a sum that is slower in parallel, because its data is copied")
};

const THREAD_COPY: Figure = Figure::Speedup("thread-copy");
const THREAD_BORROW: Figure = Figure::Speedup("thread-borrow");

fn main() -> ExitCode {
    common::lab::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (size, workers, threads) = (arguments.size(), arguments.workers(), arguments.threads());
    let pin = &Pin::new(arguments.pin);
    data::ensure_fits(size, 2)?; // the array, and the workers' copies of it
    let array = data::integers(size, arguments.seed());

    let series = Experiment::new(arguments.repeat())
        .variant("sequential", "one loop on one core", || sums::sequential(&array))
        .sampled("process-pool", "worker processes, each chunk copied through a pipe, as in the lecture", || {
            sums::process_pool(&array, workers, pin)
        })
        .sampled("thread-copy", "threads, each with its own copy of its chunk", || {
            Ok(sums::thread_copy(&array, threads, pin))
        })
        .sampled("thread-borrow", "threads that borrow their chunk: nothing is copied", || {
            Ok(sums::thread_borrow(&array, threads, pin))
        })
        .variant("streams", "one core again, reading four places of the array in step", || streams::streams(&array))
        .sampled("streams-threads", "threads that borrow, each reading four places in step", || {
            Ok(sums::streams_threads(&array, threads, pin))
        })
        .measure()?;

    let warnings = timing::warnings(&series);
    let mut report = Report { rows: Row::sums(&series), warnings, ..Report::default() };
    if workers.max(threads) > size {
        report.warnings.push(Warning::EmptyChunks { workers: workers.max(threads), size });
    }
    explain(&mut report, &array, workers);
    Ok(report)
}

fn explain(report: &mut Report, array: &[i64], workers: usize) {
    let share =
        |variant, phase| Some(report.row(variant)?.phase(phase)? / report.figure(Figure::Seconds(variant))?.median);
    let (start, copy) = (share("process-pool", "start"), share("process-pool", "copy"));
    let slowest =
        if copy > start { ("copying the chunks through pipes", copy) } else { ("starting the workers", start) };
    let mut notes = vec![format!(
        "process-pool spends {} of its time {}; the additions are the same as in sequential.",
        percent(slowest.1.unwrap_or(0.0)),
        slowest.0
    )];
    if let (Some(copying), Some(borrowing)) = (report.figure(THREAD_COPY), report.figure(THREAD_BORROW))
        && share("thread-copy", "copy") > Some(0.5)
        && borrowing.min > copying.max
        && borrowing.median > 0.9
    {
        notes.push(format!(
            "Threads that copy reach {}, threads that borrow {}: the copy is what made it slow, not the threads.",
            ratio(copying.median),
            ratio(borrowing.median)
        ));
    }
    // The next number of workers that does not divide the array evenly: 32 happens to divide the lecture's.
    let workers = (workers..).find(|workers| !array.len().is_multiple_of(*workers)).unwrap_or(workers);
    let kept: i64 = partition::floor(array.len(), workers).flat_map(|range| &array[range]).sum();
    notes.push(format!(
        "The lecture's N // num_procs gives each of {workers} workers {} elements and drops the last {}: the sum would be {} \
         in place of {}. The partition used here keeps the tail.",
        integer((array.len() / workers) as i64),
        array.len() % workers,
        integer(kept),
        integer(sums::sequential(array)),
    ));
    report.notes = notes;
}
