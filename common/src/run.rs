//! Runs a lab: reads the command line, asks for a prediction, measures, runs Python, prints.

use crate::arguments::Request;
use crate::command_line::print;
use crate::lab::{Lab, Question};
use crate::report::{self, Prediction, Report};
use crate::usage::Watch;
use crate::witness::Witnesses;
use crate::{Arguments, Error, machine, machine::Machine, optimization, pin::Pin, python, warning::Warning, workers};
use crate::{command_line, counter, describe};
use memmap2::MmapOptions;
use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::{Barrier, Mutex};
use std::thread;

/// The `main` of every lab. `measure` fills the report; this function does the rest.
pub fn run(lab: &Lab, measure: impl Fn(&Arguments) -> Result<Report, Error>) -> ExitCode {
    optimization::look_for(&measure);
    machine::report_large_files();
    live(lab, &measure)
}

/// The share of CPU time, used by other programs, from which on they disturb a measurement. On a quiet system it is
/// about 0.01.
const DISTURBING: f64 = 0.1;

type Measure<'a> = &'a dyn Fn(&Arguments) -> Result<Report, Error>;

fn live(lab: &Lab, measure: Measure<'_>) -> ExitCode {
    let line: Vec<OsString> = std::env::args_os().skip(1).collect();
    let result = match line.split_first() {
        Some((first, rest)) if first == workers::FLAG => {
            work(lab, &rest.iter().map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>())
        }
        _ => tell(lab, line, measure),
    };
    command_line::exit(&format!("lab-{}", lab.name), result)
}

/// The `main` of a worker process.
fn work(lab: &Lab, arguments: &[String]) -> Result<(), Error> {
    match lab.worker {
        Some(worker) => worker(arguments),
        None => counter::work(lab.counters, arguments),
    }
}

fn tell(lab: &Lab, line: Vec<OsString>, measure: Measure<'_>) -> Result<(), Error> {
    let arguments = match Arguments::parse(lab, line)? {
        Request::Run(arguments) => arguments,
        Request::Describe => return print(&format!("{:#}\n", describe::document(lab))),
        Request::Print(text) => return print(&text),
    };
    if let Some(kept) = lab.witness.filter(|_| arguments.witness) {
        return show(&Witnesses::select(&kept, &arguments)?, lab, &arguments);
    }
    ensure_threads(arguments.get("threads").unwrap_or(1))?;
    let predicted = if arguments.predict { ask(&lab.question)? } else { None };
    let machine = Machine::detect();

    let watch = Watch::new();
    let mut report = measure(&arguments)?;
    let disturbed = watch.taken_by_others().filter(|&share| share > DISTURBING);

    if arguments.python {
        python::compare(lab, &arguments, &mut report);
    }
    if arguments.predict {
        report.prediction = Some(Prediction {
            question: lab.question.text,
            predicted,
            measured: report.figure(lab.question.figure).map(|summary| summary.median),
            lecture: lab.question.lecture,
        });
    }
    let disturbed = disturbed.map(|share| Warning::Disturbed { share });
    report.warnings.splice(0..0, disturbed.into_iter().chain(machine.warnings()));
    if arguments.pin && !Pin::works() {
        report.warnings.push(if Pin::SUPPORTED { Warning::PinRefused } else { Warning::PinUnsupported });
    }
    if arguments.json {
        let document = report::json::document(&report, lab, &arguments, &machine);
        print(&format!("{document:#}\n"))
    } else {
        print(&report::text::document(&report, lab, &arguments, &machine))
    }
}

fn show(witnesses: &Witnesses, lab: &Lab, arguments: &Arguments) -> Result<(), Error> {
    if !arguments.json {
        return print(&witnesses.text(lab, arguments.full));
    }
    for stale in witnesses.stale() {
        let _ = writeln!(io::stderr(), "lab-{}: {stale}", lab.name);
    }
    print(&format!("{:#}\n", witnesses.document))
}

/// The memory of a new thread, in bytes, beyond its stack: its signal stack and its thread-local values.
const ROOM_FOR_A_THREAD: usize = 4 << 20;

/// Fails early if the system cannot start as many threads as the lab needs at the same time; a barrier would otherwise
/// wait forever.
///
/// The threads are started one after the other, each with memory to spare. If a thread gets its stack but no memory for
/// what the standard library sets up in it, the whole process aborts.
fn ensure_threads(count: u64) -> Result<(), Error> {
    let gate = Mutex::new(());
    let is_up = Barrier::new(2);
    thread::scope(|scope| {
        let _closed = gate.lock();
        for number in 1..=count {
            let live = || {
                is_up.wait();
                drop(gate.lock());
            };
            let start = || -> io::Result<()> {
                drop(MmapOptions::new().len(ROOM_FOR_A_THREAD).map_anon()?);
                thread::Builder::new().spawn_scoped(scope, live)?;
                is_up.wait();
                Ok(())
            };
            start().map_err(|error| {
                Error::io(format_args!("cannot start thread {number} of {count} (give fewer --threads)"), error)
            })?;
        }
        Ok(())
    })
}

/// Asks on standard error, because standard output is for the report. An empty line or the end of input means no
/// answer.
fn ask(question: &Question) -> Result<Option<f64>, Error> {
    let mut answers = io::stdin().lock().lines();
    for _ in 0..3 {
        let _ =
            write!(io::stderr(), "Before it runs: {}\nYour prediction (a number, or nothing to skip): ", question.text);
        let answer = answers.next().transpose().map_err(|error| Error::io("cannot read the prediction", error))?;
        let Some(answer) = answer.filter(|answer| !answer.trim().is_empty()) else {
            return Ok(None);
        };
        match answer.trim().trim_end_matches('x').replace([',', '_'], "").parse::<f64>() {
            Ok(number) if number.is_finite() => return Ok(Some(number)),
            _ => {
                let _ = writeln!(io::stderr(), "{:?} is not a number, such as 0.5 or 170066.", answer.trim());
            }
        }
    }
    Ok(None)
}
