//! Ten threads add to one counter without a lock.

mod about;
mod counters;
mod forced;
mod notes;

use about::LAB;
use common::sync;
use common::{Arguments, Error, Report, counting, pin::Pin};
use counters::COUNTERS;
use std::process::ExitCode;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    if let Some(target) = arguments.get("final") {
        return forced::drive_to(target, arguments);
    }
    let pin = &Pin::new(arguments.pin);

    // Each run uses a new counter. The first run of each variant is not counted.
    let measured = counting::measure(COUNTERS, arguments, &[], pin)?;

    let mut report = Report { rows: measured.rows(), ..Report::default() };
    notes::explain(&mut report, arguments);
    Ok(report)
}
