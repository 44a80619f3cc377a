//! Several clerks add votes to one tally.

mod about;
mod counters;

use about::LAB;
use common::sync;
use common::{Arguments, Error, Report};
use common::{counting, pin::Pin};
use counters::COUNTERS;
use std::process::ExitCode;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    let measured = counting::measure(COUNTERS, arguments, &[], &Pin::new(arguments.pin))?;
    Ok(Report { rows: measured.rows(), ..Report::default() })
}
