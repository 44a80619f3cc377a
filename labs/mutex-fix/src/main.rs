//! A lock repairs the counter, if it is held around the whole increment. And what that costs.

mod counters;
mod notes;
mod sync;

use common::timing::{self, Experiment};
use common::{Arguments, Error, Figure, Lab, Lecture, Parameter, PythonProgram, Question, Report};
use common::{counting, pin::Pin, shared_memory::Shareable, witness::Kept};
use counters::{LockedTwice, ParkingLot, Spin, StdMutex};
use std::{hint::black_box, process::ExitCode};

const LAB: Lab = Lab {
    lecture: Lecture { program: "get_lock on the slide", figures: &[("final", 400_000.0), ("expected", 400_000.0)] },
    parameters: &[
        Parameter::threads().default(4).help("threads (and processes) that add to one counter"),
        Parameter::increments(100_000),
        Parameter::repeat(10),
    ],
    question: Question {
        text: "4 threads add 1 to a counter behind a std::sync::Mutex. How many nanoseconds does one increment take?",
        figure: Figure::IncrementTime("std-mutex"),
        lecture: None,
    },
    python: &[PythonProgram {
        path: concat!(env!("CARGO_MANIFEST_DIR"), "/threadP-lock.py"),
        figure: "final (processes, get_lock)",
        name: "finals",
        ours: Figure::Final("process-lock"),
        lecture: Some(400_000.0),
        flags: &[("workers", "threads"), ("increments", "increments")],
    }],
    pin: true, // a run is over before the system has spread its threads: on one CPU they hardly meet at the lock
    worker: Some(counting::serve::<Spin>),
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::named("mutex", "a lock repairs the counter, if it is held around all of the increment")
};

/// What a single thread does to find out what an increment costs.
const COST_INCREMENTS: u64 = 250_000;

// SAFETY: zero is a free lock and a counter at 0; nothing in it points anywhere; the lock is atomic, and the counter is only
// touched by the one process that holds it.
unsafe impl Shareable for Spin {}

fn main() -> ExitCode {
    common::lab::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (increments, pin) = (arguments.increments(), &Pin::new(arguments.pin));
    let thread_counts = counting::thread_counts(arguments, &[1, 4, 10]);

    // All numbers of threads take turns in one experiment, so that they can be compared.
    let mut experiment = Experiment::new(arguments.repeat());
    for &threads in &thread_counts {
        experiment = experiment
            .sampled("std-mutex", "the standard library's mutex, held around the increment", move || {
                Ok(counting::in_threads(&StdMutex::default(), threads, increments, pin))
            })
            .sampled("parking-lot", "the mutex of the crate parking_lot", move || {
                Ok(counting::in_threads(&ParkingLot::default(), threads, increments, pin))
            })
            .sampled("spin", "a spin lock of our own: it waits by trying again", move || {
                Ok(counting::in_threads(&Spin::default(), threads, increments, pin))
            })
            .sampled("locked-twice", "one lock around the read, one around the write", move || {
                Ok(counting::in_threads(&LockedTwice::default(), threads, increments, pin))
            })
            .sampled("process-lock", "the spin lock and its counter on a page that processes share", move || {
                counting::in_processes::<Spin>("spin", threads, increments, pin)
            });
    }
    let series = experiment.measure()?;

    // And one thread, long enough for the clock: what does a lock cost that nobody else wants?
    let costs = Experiment::new(arguments.repeat())
        .variant("no-lock", "", || count_alone(COST_INCREMENTS))
        .sampled("std-mutex", "", || Ok(counting::in_threads(&StdMutex::default(), 1, COST_INCREMENTS, pin)))
        .measure()?;

    let rows = counting::rows(&series, &thread_counts, arguments, |variant| variant != "locked-twice");
    let warnings = timing::warnings(counting::asked(&series, &thread_counts, arguments));
    let mut report = Report { rows, warnings, ..Report::default() };
    notes::costs(&mut report, &costs);
    notes::explain(&mut report, arguments.threads(), increments);
    Ok(report)
}

/// What there is to compare a lock with: plain memory, and nobody to share it with.
fn count_alone(increments: u64) -> u64 {
    (0..increments).fold(0, |counter, _| black_box(counter + 1))
}
