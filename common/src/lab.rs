//! The life of a lab: read the command line, ask for a prediction, measure, run Python beside it, print.

use crate::arguments::Request;
use crate::parameter::Parameter;
use crate::report::{self, Prediction, Report};
use crate::witness::{Kept, Witnesses};
use crate::{Arguments, Error, machine::Machine, optimization, pin::Pin, python, warning::Warning, workers};
use memmap2::MmapOptions;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::{Barrier, Mutex};
use std::thread;

/// What a lab is, apart from what it does.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// The package's name without its `lab-`.
    pub name: &'static str,
    /// What it shows, in one line.
    pub title: &'static str,
    /// The lecture's program and figures.
    pub lecture: Lecture,
    /// The numbers that the command line may give.
    pub parameters: &'static [Parameter],
    /// What `--predict` asks.
    pub question: Question,
    /// The lecture's programs that `--python` runs.
    pub python: &'static [PythonProgram],
    /// Whether its workers are bound to CPUs without `--pin` too: for runs that are over before the system has spread them.
    pub pin: bool,
    /// What a worker process of this lab does with its own command line, behind `--worker`.
    pub worker: Option<WorkerMain>,
    /// What `--witness` shows, if it keeps any.
    pub witness: Option<Kept>,
}

/// What a worker process does, given its arguments behind `--worker`.
pub type WorkerMain = fn(&[String]) -> Result<(), Error>;

impl Lab {
    /// A lab without anything, to build upon.
    pub const fn named(name: &'static str, title: &'static str) -> Self {
        let lecture = Lecture { program: "", figures: &[] };
        let question = Question { text: "", figure: Figure::Quantity(""), lecture: None };
        Self { name, title, lecture, parameters: &[], question, python: &[], pin: false, worker: None, witness: None }
    }
}

/// What the lecture showed.
#[derive(Clone, Copy, Debug)]
pub struct Lecture {
    /// The program's file name, or where the matter stood in the lecture.
    pub program: &'static str,
    /// The lecture's figures by name.
    pub figures: &'static [(&'static str, f64)],
}

/// One figure of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// How many times as fast as sequential a variant is.
    Speedup(&'static str),
    /// The seconds of a variant.
    Seconds(&'static str),
    /// What a counter ends at.
    Final(&'static str),
    /// Nanoseconds an increment of a counter.
    IncrementTime(&'static str),
    /// A quantity by name.
    Quantity(&'static str),
}

/// What `--predict` asks.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The question, to be answered with a number.
    pub text: &'static str,
    /// The figure that answers it.
    pub figure: Figure,
    /// The lecture's answer.
    pub lecture: Option<f64>,
}

/// A program of the lecture, in Python.
#[derive(Clone, Copy, Debug)]
pub struct PythonProgram {
    /// Its path, in the lab's folder.
    pub path: &'static str,
    /// What is compared, for people.
    pub figure: &'static str,
    /// The figure's name in the program's output.
    pub name: &'static str,
    /// Our figure beside it.
    pub ours: Figure,
    /// The lecture's.
    pub lecture: Option<f64>,
    /// The program's flags, each with the parameter of ours that it gets.
    pub flags: &'static [(&'static str, &'static str)],
}

/// `main` of every lab: `measure` fills a report, this does the rest.
pub fn run(lab: &Lab, measure: impl Fn(&Arguments) -> Result<Report, Error>) -> ExitCode {
    optimization::look_for(&measure);
    live(lab, &measure)
}

type Measure<'a> = &'a dyn Fn(&Arguments) -> Result<Report, Error>;

fn live(lab: &Lab, measure: Measure<'_>) -> ExitCode {
    let mut line = std::env::args_os().skip(1).peekable();
    let result = match lab.worker {
        Some(worker) if line.peek().is_some_and(|first| first == workers::FLAG) => {
            worker(&line.skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect::<Vec<_>>())
        }
        _ => tell(lab, measure),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if error.exit_status() != 0 {
                let _ = writeln!(io::stderr(), "lab-{}: {error}", lab.name);
            }
            ExitCode::from(error.exit_status())
        }
    }
}

fn tell(lab: &Lab, measure: Measure<'_>) -> Result<(), Error> {
    let arguments = match Arguments::parse(lab, std::env::args_os().skip(1))? {
        Request::Run(arguments) => arguments,
        Request::Print(text) => return print(&text),
    };
    if let Some(kept) = lab.witness.filter(|_| arguments.witness) {
        return show(&Witnesses::select(&kept, &arguments)?, lab, &arguments);
    }
    ensure_threads(arguments.get("threads").unwrap_or(1))?;
    let predicted = if arguments.predict { ask(&lab.question)? } else { None };
    let machine = Machine::detect();

    let mut report = measure(&arguments)?;

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
    report.warnings.splice(0..0, machine.warnings());
    if arguments.pin && !Pin::SUPPORTED {
        report.warnings.push(Warning::PinUnsupported);
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
        return print(&witnesses.text(lab));
    }
    for stale in witnesses.stale() {
        let _ = writeln!(io::stderr(), "lab-{}: {stale}", lab.name);
    }
    print(&format!("{:#}\n", witnesses.document))
}

/// What a new thread may take beside its stack before it runs any code of ours: its signal stack, its thread-local values.
const ROOM_FOR_A_THREAD: usize = 4 << 20;

/// Starts as many threads as the lab will have at the same time, and ends them. A system that has fewer to give says so here, and
/// not in the middle of a run, in which those that did start would wait for the others forever.
///
/// One after the other, and each with room to spare: a thread that gets its stack and then no memory for what the standard
/// library sets up in it takes the whole process down.
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

/// Asks on standard error, so that standard output stays the report's; an empty line or the end of input is no answer.
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
                let _ = writeln!(io::stderr(), "{:?} is no number, such as 0.5 or 170066.", answer.trim());
            }
        }
    }
    Ok(None)
}

/// Prints through a stream that drops colour where there is no terminal or `NO_COLOR` is set.
fn print(text: &str) -> Result<(), Error> {
    let mut output = anstream::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => Ok(()),
        Err(error) if reader_is_gone(&error) => Err(Error::ClosedPipe),
        Err(error) => Err(Error::io("cannot write the report to standard output", error)),
    }
}

/// Windows has an error of its own, ERROR_PIPE_NOT_CONNECTED, that the standard library calls nothing in particular.
fn reader_is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || (cfg!(windows) && error.raw_os_error() == Some(233))
}
