//! A sum of which nothing is copied, and which is slower in parallel all the same: the pieces are too small.

mod explain;
mod model;
mod quantities;
mod rows;
mod sums;
mod sweeps;

use common::machine::Machine;
use common::{Arguments, Error, Figure, Lab, Lecture, Parameter, PythonProgram, Question, Report};
use common::{data, pin::Pin};
use model::Model;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::process::ExitCode;
use sweeps::Bench;

const LAB: Lab = Lab {
    lecture: Lecture { program: "vecAddF.py, and partial sums on the board", figures: &[("speedup", 0.62)] },
    parameters: &[
        Parameter::size(50_000_000).help("elements of the largest array"),
        Parameter::threads(),
        Parameter::repeat(5),
        Parameter::seed(),
    ],
    question: Question {
        text: "a channel hands out an array in chunks. How many elements must a chunk have to be faster than one core?",
        figure: Figure::Quantity("break_even_chunk_channel"),
        lecture: None,
    },
    python: &[PythonProgram {
        path: concat!(env!("CARGO_MANIFEST_DIR"), "/partial-sums.py"),
        figure: "speed-up (ours: chunk of 100)",
        name: "speedup",
        ours: Figure::Speedup("channel"),
        lecture: Some(0.62),
        flags: &[("size", "size"), ("workers", "threads"), ("seed", "seed")],
    }],
    // Most runs are over before the system has moved a thread away from another one's CPU.
    pin: true,
    ..Lab::named("overhead", "nothing is copied, and handing out the work still costs")
};

fn main() -> ExitCode {
    common::lab::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (size, threads, pin) = (arguments.size(), arguments.threads(), &Pin::new(arguments.pin));
    data::ensure_fits(size, 1)?;
    let array = &data::integers(size, arguments.seed());
    let pool = &pool(threads, pin)?;

    // Chunks of 1, 10, 100, ... are shown. Those between them, 3, 30, 300, ..., are what the model learns from.
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

/// rayon's threads, as many and in the same places as ours.
fn pool(threads: usize, pin: &Pin) -> Result<ThreadPool, Error> {
    let pin = pin.clone();
    let pool = ThreadPoolBuilder::new().num_threads(threads).start_handler(move |index| pin.worker(index)).build();
    pool.map_err(|error| Error::Failure(format!("cannot start {threads} threads (give fewer --threads): {error}")))
}
