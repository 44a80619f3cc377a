//! Repairs the counter without a lock: with one indivisible instruction, or by not sharing what need not be shared.

mod about;
mod counters;
mod notes;
mod sync;
#[expect(dead_code, reason = "the model checker runs these programs; here they only have to compile")]
mod two_locations;

use crate::sync::Counter;
use about::LAB;
use common::timing::Experiment;
use common::{Arguments, Error, Report};
use common::{counter, counting, pin::Pin};
use counters::{Adjacent, COUNTERS, FetchAdd, Padded};
use std::process::ExitCode;

/// Increments per thread in a pair: enough that the time in which only one thread runs does not matter.
const PAIR_INCREMENTS: u64 = 250_000;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let (increments, pin) = (arguments.increments(), &Pin::new(arguments.pin));

    // One experiment interleaves all numbers of threads, so that they can be compared.
    let measured = counting::measure(COUNTERS, arguments, &[1, 2, 10], pin)?;

    // Two threads that run together for longer show what sharing costs.
    let pair = Experiment::new(arguments.repeat())
        .measured("alone", "", || Ok(counter::in_threads(&FetchAdd::default(), 1, PAIR_INCREMENTS, pin)))
        .measured("shared", "", || Ok(counter::in_threads(&FetchAdd::default(), 2, PAIR_INCREMENTS, pin)))
        .measured("adjacent", "", || Ok(counter::in_threads(&Adjacent::for_threads(2), 2, PAIR_INCREMENTS, pin)))
        .measured("padded", "", || Ok(counter::in_threads(&Padded::for_threads(2), 2, PAIR_INCREMENTS, pin)))
        .measure()?;

    let mut report = Report { rows: measured.rows(), warnings: measured.warnings(), ..Report::default() };
    notes::costs(&mut report, &pair);
    notes::explain(&mut report, &pair, arguments.threads(), increments);
    Ok(report)
}
