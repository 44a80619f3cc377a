//! Repairs the counter with a lock that is held around the whole increment, and measures what that costs.

mod about;
mod counters;
mod notes;
mod sync;

use about::LAB;
use common::timing::Experiment;
use common::{Arguments, Error, Report};
use common::{counter, counting, pin::Pin};
use counters::{COUNTERS, StdMutex};
use std::{hint::black_box, process::ExitCode};

/// Increments of a single thread, to measure the cost of one.
const COST_INCREMENTS: u64 = 250_000;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (increments, pin) = (arguments.increments(), &Pin::new(arguments.pin));

    // One experiment interleaves all numbers of threads, so that they can be compared.
    let measured = counting::measure(COUNTERS, arguments, &[1, 4, 10], pin)?;

    // One thread, long enough for the clock, shows the cost of a lock that no other thread wants.
    let costs = Experiment::new(arguments.repeat())
        .timed("no-lock", "", || count_alone(COST_INCREMENTS))
        .measured("std-mutex", "", || Ok(counter::in_threads(&StdMutex::default(), 1, COST_INCREMENTS, pin)))
        .measure()?;

    let mut report = Report { rows: measured.rows(), warnings: measured.warnings(), ..Report::default() };
    notes::costs(&mut report, &costs);
    notes::explain(&mut report, arguments.threads(), increments);
    Ok(report)
}

/// The baseline for the cost of a lock: one thread increments plain memory.
fn count_alone(increments: u64) -> u64 {
    (0..increments).fold(0, |counter, _| black_box(counter + 1))
}
