//! The counter repaired without a lock: by one indivisible instruction, or by not sharing what need not be shared.

mod counters;
mod notes;
mod sync;

use common::timing::{self, Experiment};
use common::{Arguments, Error, Figure, Lab, Lecture, Parameter, Question, Report};
use common::{counting, pin::Pin, shared_memory::Shareable, witness::Kept};
use counters::{Adjacent, CompareExchange, FetchAdd, LocalThenAdd, Padded};
use std::process::ExitCode;

const LAB: Lab = Lab {
    lecture: Lecture { program: "sync tools on the slide (mutex, semaphores, atomics)", figures: &[] },
    parameters: &[
        Parameter::threads().default(10).help("threads (and processes) that add to one counter"),
        Parameter::increments(100_000),
        Parameter::repeat(10),
    ],
    question: Question {
        text: "Two threads on two CPUs fetch_add on one integer. If an increment by one thread alone takes 1, and work shared \
               out perfectly would make it 0.5, what does it take really?",
        figure: Figure::Quantity("contention_ratio"),
        lecture: None,
    },
    pin: true, // a run is over before the system has spread its threads: on one CPU they do not disturb each other
    worker: Some(counting::serve::<FetchAdd>),
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::named("atomic", "the counter repaired without a lock, and what sharing costs")
};

/// What a pair of threads does, so that the moment in which one of them has started and the other has not does not count.
const PAIR_INCREMENTS: u64 = 250_000;

// SAFETY: one atomic integer, for which zero is a value.
unsafe impl Shareable for FetchAdd {}

fn main() -> ExitCode {
    common::lab::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (increments, pin) = (arguments.increments(), &Pin::new(arguments.pin));
    let thread_counts = counting::thread_counts(arguments, &[1, 2, 10]);

    // All numbers of threads take turns in one experiment, so that they can be compared.
    let mut experiment = Experiment::new(arguments.repeat());
    for &threads in &thread_counts {
        experiment = experiment
            .sampled("fetch-add", "one atomic instruction", move || {
                Ok(counting::in_threads(&FetchAdd::default(), threads, increments, pin))
            })
            .sampled("compare-exchange", "try to store, begin again if the counter has changed", move || {
                Ok(counting::in_threads(&CompareExchange::default(), threads, increments, pin))
            })
            .sampled("padded", "an integer a thread, each on a cache line of its own", move || {
                Ok(counting::in_threads(&Padded::new(threads), threads, increments, pin))
            })
            .sampled("adjacent", "an integer a thread, neighbours on one cache line", move || {
                Ok(counting::in_threads(&Adjacent::new(threads), threads, increments, pin))
            })
            .sampled("local-then-add", "each thread counts for itself, and adds once in the end", move || {
                Ok(counting::in_threads(&LocalThenAdd::default(), threads, increments, pin))
            })
            .sampled("process-atomic", "fetch-add in processes, on a page that they share", move || {
                counting::in_processes::<FetchAdd>("fetch-add", threads, increments, pin)
            });
    }
    let series = experiment.measure()?;

    // And two threads that meet for longer: what does sharing cost?
    let pair = Experiment::new(arguments.repeat())
        .sampled("alone", "", || Ok(counting::in_threads(&FetchAdd::default(), 1, PAIR_INCREMENTS, pin)))
        .sampled("shared", "", || Ok(counting::in_threads(&FetchAdd::default(), 2, PAIR_INCREMENTS, pin)))
        .sampled("adjacent", "", || Ok(counting::in_threads(&Adjacent::new(2), 2, PAIR_INCREMENTS, pin)))
        .sampled("padded", "", || Ok(counting::in_threads(&Padded::new(2), 2, PAIR_INCREMENTS, pin)))
        .measure()?;

    let rows = counting::rows(&series, &thread_counts, arguments, |_every_variant| true);
    let warnings = timing::warnings(counting::asked(&series, &thread_counts, arguments));
    let mut report = Report { rows, warnings, ..Report::default() };
    notes::costs(&mut report, &pair);
    notes::explain(&mut report, arguments.threads(), increments);
    Ok(report)
}
