//! A sum that copies nothing and is still slower in parallel, because its pieces are too small.

mod about;
mod explain;
mod model;
mod quantities;
mod rows;
mod sums;
mod sweeps;

use about::LAB;
use common::machine::Machine;
use common::{Arguments, Error, Report};
use common::{data, pin::Pin};
use model::Model;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::process::ExitCode;
use sweeps::Bench;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (size, threads, pin) = (arguments.size(), arguments.threads(), &Pin::new(arguments.pin));
    data::ensure_fits(size, 1)?;
    let array = &data::integers(size, arguments.seed());
    let pool = &pool(threads, pin)?;

    // The report shows chunks of 1, 10, 100, ... The model learns from the chunks in between: 3, 30, 300, ...
    let runs = Bench { array, threads, repeat: arguments.repeat(), pin, pool }.measure()?;
    let model = Model::learn(&runs, threads, threads.min(Machine::detect().effective_cpus()));

    let mut report = Report {
        rows: rows::rows(&runs, &model),
        quantities: quantities::quantities(&runs, &model),
        warnings: rows::warnings(&runs, size, threads),
        ..Report::default()
    };
    explain::explain(&mut report, &runs, &model);
    Ok(report)
}

/// Starts rayon's threads: as many as the other variants use, on the same CPUs.
fn pool(threads: usize, pin: &Pin) -> Result<ThreadPool, Error> {
    let pin = pin.clone();
    let pool = ThreadPoolBuilder::new().num_threads(threads).start_handler(move |index| pin.worker(index)).build();
    pool.map_err(|error| Error::Failure(format!("cannot start {threads} threads (give fewer --threads): {error}")))
}
