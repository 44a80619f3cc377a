//! Ten threads add to one counter without a lock.

mod about;
mod counters;
mod forced;

use about::LAB;
use common::sync;
use common::{Arguments, Error, Report, Row};
use common::{counting, format, pin::Pin};
use counters::COUNTERS;
use std::process::ExitCode;

fn main() -> ExitCode {
    common::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    if let Some(target) = arguments.get("final") {
        return forced::drive_to(target, arguments);
    }
    let (threads, increments, pin) = (arguments.threads(), arguments.increments(), &Pin::new(arguments.pin));

    // Each run uses a new counter. The first run of each variant is not counted.
    let measured = counting::measure(COUNTERS, arguments, &[], pin)?;

    let mut report = Report { rows: measured.rows(), ..Report::default() };
    explain(&mut report, threads as u64, increments);
    Ok(report)
}

fn explain(report: &mut Report, threads: u64, increments: u64) {
    let kept = |row: &Row| row.finals.iter().filter(|&&value| value == threads * increments).count();
    for row in &report.rows.clone() {
        if row.variant == "plain" && kept(row) == row.finals.len() {
            report.note(
                "plain lost nothing in any run, and is wrong all the same: it has a data race, so it is undefined. The \
                 optimiser made each thread's loop one addition. It looks correct and is not.",
            );
        } else if row.variant == "load-store" && kept(row) > 0 {
            let (kept, runs) = (kept(row), row.finals.len());
            report.note(format!(
                "load-store lost nothing in {kept} of {runs} runs. A test that runs it and looks at the end would have \
                 passed that often."
            ));
        }
    }
    let least = common::schedule::reachable(threads, increments).start().to_owned();
    report.note(format!(
        "The worst end that a schedule can bring about is {}, not {}: try --final {least}, or any value from there to {}.",
        format::integer(least),
        format::integer(increments),
        format::integer(threads * increments),
    ));
}
