//! A sum that is slower in parallel, because every chunk is copied to its worker.

mod notes;
mod streams;
mod sums;

use common::timing::{self, Experiment};
use common::{Arguments, Error, Figure, Lab, Lecture, Parameter, PythonProgram, Question, Report, Row};
use common::{data, pin::Pin, warning::Warning};
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
        .sampled("streams-threads", "that loop in threads that borrow, and take piece after piece", || {
            Ok(streams::streams_threads(&array, threads, pin))
        })
        .measure()?;

    let warnings = timing::warnings(&series);
    let mut report = Report { rows: Row::sums(&series), warnings, ..Report::default() };
    if workers.max(threads) > size {
        report.warnings.push(Warning::EmptyChunks { workers: workers.max(threads), size });
    }
    notes::explain(&mut report, &array, workers, threads);
    Ok(report)
}
