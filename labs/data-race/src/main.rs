//! Ten threads add to one counter, and nobody holds a lock.

mod counters;
mod forced;

use common::sync;
use common::timing::Experiment;
use common::{Arguments, Error, Figure, Lab, Lecture, Parameter, PythonProgram, Question, Report, Row};
use common::{counting, format, pin::Pin, shared_memory::Shareable, witness::Kept};
use counters::{LoadSpinStore, LoadStore, Plain};
use std::process::ExitCode;

const LAB: Lab = Lab {
    lecture: Lecture { program: "threadP-B.py", figures: &[("final", 170_066.0), ("expected", 1_000_000.0)] },
    parameters: &[
        Parameter::threads().default(10).help("threads (and processes) that add to one counter"),
        Parameter::increments(100_000),
        Parameter::repeat(10),
        forced::FINAL,
    ],
    question: Question {
        text: "10 threads add 1 to a counter 100,000 times each, with a breath between load and store. Where does it end?",
        figure: Figure::Final("load-spin-store"),
        lecture: Some(170_066.0),
    },
    python: &[
        PythonProgram {
            path: concat!(env!("CARGO_MANIFEST_DIR"), "/threadP.py"),
            figure: "final (threads under the GIL)",
            name: "finals",
            ours: Figure::Final("load-spin-store"),
            lecture: Some(1_000_000.0),
            flags: &[("workers", "threads"), ("increments", "increments")],
        },
        PythonProgram {
            path: concat!(env!("CARGO_MANIFEST_DIR"), "/threadP-B.py"),
            figure: "final (processes)",
            name: "finals",
            ours: Figure::Final("process-load-spin-store"),
            lecture: Some(170_066.0),
            flags: &[("workers", "threads"), ("increments", "increments")],
        },
    ],
    worker: Some(counting::serve::<LoadSpinStore>),
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::named("race", "ten threads, one counter, no lock: updates are lost")
};

// SAFETY: one atomic integer, for which zero is a value.
unsafe impl Shareable for LoadSpinStore {}

fn main() -> ExitCode {
    common::lab::run(&LAB, measure)
}

fn measure(arguments: &Arguments) -> Result<Report, Error> {
    if let Some(target) = arguments.get("final") {
        return forced::drive_to(target, arguments);
    }
    let (threads, increments, pin) = (arguments.threads(), arguments.increments(), &Pin::new(arguments.pin));

    // Each counter is new in each run; the first run of each is not counted.
    let series = Experiment::new(arguments.repeat())
        .sampled("plain", "counter += 1 on plain memory: undefined behaviour", || {
            Ok(counting::in_threads(&Plain::default(), threads, increments, pin))
        })
        .sampled("load-store", "an atomic load, then an atomic store", || {
            Ok(counting::in_threads(&LoadStore::default(), threads, increments, pin))
        })
        .sampled("load-spin-store", "a load, a breath (spin_loop), a store: the honest race", || {
            Ok(counting::in_threads(&LoadSpinStore::default(), threads, increments, pin))
        })
        .sampled("process-load-spin-store", "the same in processes, on a page that they share", || {
            counting::in_processes::<LoadSpinStore>("load-spin-store", threads, increments, pin)
        })
        .measure()?;

    // None of the four is sound, whatever these runs ended at.
    let expected = threads as u64 * increments;
    let rows = series.iter().map(|series| Row::counter(series, expected, false)).collect();
    let mut report = Report { rows, ..Report::default() };
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
