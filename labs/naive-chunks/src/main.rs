//! A sum that is slower in parallel, because each chunk is copied to its worker.

mod about;
mod notes;
mod streams;
mod sums;

use about::LAB;
use common::timing::{self, Experiment};
use common::{Arguments, Error, Report, Row};
use common::{data, pin::Pin, warning::Warning};
use std::process::ExitCode;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (size, workers, threads) = (arguments.size(), arguments.workers(), arguments.threads());
    let pin = &Pin::new(arguments.pin);
    data::ensure_fits(size, 2)?; // the array, and the workers' copies of it
    let array = data::integers(size, arguments.seed());

    let series = Experiment::new(arguments.repeat())
        .timed("sequential", "one loop on one core", || sums::sequential(&array))
        .measured("process-pool", "processes; chunks copied through pipes", || sums::process_pool(&array, workers, pin))
        .measured("thread-copy", "threads; each copies its chunk", || Ok(sums::thread_copy(&array, threads, pin)))
        .measured("thread-borrow", "threads that borrow their chunk", || Ok(sums::thread_borrow(&array, threads, pin)))
        .timed("streams", "one core, four streams in parallel", || streams::streams(&array))
        .measured("streams-threads", "that loop in threads, piece by piece", || {
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
