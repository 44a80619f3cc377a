//! `cargo proofs`: prints the verdicts of the model checker.

use common::Error;
use common::command_line::{exit, print};
use model::mutation::{self, Trial};
use model::{table, witnesses};
use proofs::command_line::{self, Command, HELP, Word};
use proofs::comparison::{Comparison, compare, is_small};
use proofs::{litmus, speed};
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    if speed::child::serve() {
        return ExitCode::SUCCESS;
    }
    exit("proofs", command_line::parse(std::env::args_os().skip(1)).and_then(|command| answer(&command)))
}

fn answer(command: &Command) -> Result<(), Error> {
    match command.word {
        Word::Help => print(HELP),
        Word::Table => print_table(command),
        Word::Litmus => {
            let rows = litmus::table();
            print(&if command.json { format!("{:#}\n", litmus::to_json(&rows)) } else { litmus::to_text(&rows) })
        }
        Word::Mutants => mutants(command),
        Word::Speed => print_speed(command),
        Word::Witnesses => {
            let renewed = witnesses::renew(&table::all(), |path| tell(format!("{}\n", path.display())));
            renewed.map_err(|error| Error::Failure(error.to_string()))
        }
    }
}

/// Prints each row as soon as both judges are done with it.
fn print_table(command: &Command) -> Result<(), Error> {
    let mut plan = table::plan();
    if let Some(size) = command.size {
        plan = model::subjects::all().iter().map(|subject| (subject, size)).collect();
    }
    plan.retain(|(subject, _)| command.variant.is_none_or(|only| only.variant == subject.variant));
    if !command.json {
        print(&proofs::table::head())?;
    }
    let mut rows: Vec<(table::Row, Option<Comparison>)> = Vec::new();
    for (subject, size) in plan {
        let row = table::judge(subject, size, &command.bounds);
        let asks_loom = is_small(size) || command.size.is_some();
        let comparison = if asks_loom { compare(&row) } else { None };
        if !command.json {
            print(&proofs::table::line(&row, comparison.as_ref()))?;
        }
        rows.push((row, comparison));
    }
    print(&if command.json {
        format!("{:#}\n", proofs::table::document(&rows))
    } else {
        proofs::table::explanation(&rows)
    })
}

/// Prints each row as soon as it is measured, or one document at the end.
fn print_speed(command: &Command) -> Result<(), Error> {
    let line = |text: &str| if command.json { Ok(()) } else { print(text) };
    let report = speed::Report::measure(command.variant, command.seconds, command.miri, line)?;
    if command.json { print(&format!("{:#}\n", speed::to_json(&report))) } else { Ok(()) }
}

/// Prints each mutant on standard error when it is judged, and all of them in order at the end.
fn mutants(command: &Command) -> Result<(), Error> {
    let mutants = mutation::mutants(&mutation::correct(), &mutation::operators::ALL);
    let trials =
        mutation::run(mutants, mutation::DEADLINE, |trial: &Trial| tell(trial.line())).map_err(Error::Failure)?;
    if command.json {
        return print(&format!("{:#}\n", mutation::document(&trials)));
    }
    let lines: String = trials.iter().map(Trial::line).collect();
    print(&format!("{}{lines}{}", mutation::head(), mutation::explanation(&trials)))
}

/// Prints progress on standard error. If that is closed, the work continues.
fn tell(text: impl Display) {
    let _ = write!(io::stderr(), "{text}");
}
