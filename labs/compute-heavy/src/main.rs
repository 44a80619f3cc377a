//! A sum with enough work per element: the parallel sum wins, and better code on one core wins more.

mod about;
mod notes;
mod sine;
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
    let (size, threads, pin) = (arguments.size(), arguments.threads(), &Pin::new(arguments.pin));
    data::ensure_fits(size, 1)?;
    let array = data::doubles(size, arguments.seed());

    let series = Experiment::new(arguments.repeat())
        .timed("sequential", "one loop, the library's sine", || sums::sequential(&array))
        .measured("threads", "threads, one chunk each", || Ok(sums::threads(&array, threads, pin)))
        .measured("global-lock", "threads that compute under one lock", || Ok(sums::global_lock(&array, threads, pin)))
        .timed("vectorized", "one core, a vectorized polynomial sine", || sums::vectorized(&array))
        .measured("vectorized-threads", "that loop in threads", || Ok(sums::vectorized_threads(&array, threads, pin)))
        .measure()?;

    // Rounding errors grow like a random walk, with the square root of the number of additions (Higham, "Accuracy and Stability of
    // Numerical Algorithms", section 2.8). For a million elements this is 1e-12, far less than a lost element would change the sum.
    let tolerance = 1e-15 * (size as f64).sqrt();
    let rows = Row::floating_sums(&series, tolerance);
    let mut report = Report { rows, warnings: timing::warnings(&series), ..Report::default() };
    if threads > size {
        report.warnings.push(Warning::EmptyChunks { workers: threads, size });
    }
    notes::on_speed(&mut report, size, threads);
    notes::on_sums(&mut report, &series, &array, tolerance);
    Ok(report)
}
