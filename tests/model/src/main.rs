//! `cargo proofs`: prints the verdicts of the model checker.

use common::Error;
use common::command_line::{exit, print};
use model::command_line::{self, Command, HELP, Word};
use model::memory::Joining;
use model::mutation::{self, Trial};
use model::{litmus, subjects, table, witnesses};
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    exit("proofs", command_line::parse(std::env::args_os().skip(1)).and_then(|command| answer(&command)))
}

fn answer(command: &Command) -> Result<(), Error> {
    match command.word {
        Word::Help => print(HELP),
        Word::Table => table(command, table::plan()),
        Word::Longer => {
            let sizes = |subject| table::LONGER.map(|size| (subject, size));
            table(command, subjects::all().iter().flat_map(sizes).collect())
        }
        Word::Litmus => {
            let rows = litmus::table();
            print(&if command.json { format!("{:#}\n", litmus::to_json(&rows)) } else { litmus::to_text(&rows) })
        }
        Word::Mutants => mutants(command),
        Word::Witnesses => {
            tell("Exploring all counters again. This takes about twenty seconds.\n");
            let renewed = witnesses::renew(&table::all(), |path| tell(format!("{}\n", path.display())));
            renewed.map_err(|error| Error::Failure(error.to_string()))
        }
    }
}

/// Prints each row as soon as it is judged, and the progress of `longer` on standard error.
fn table(command: &Command, mut plan: table::Plan) -> Result<(), Error> {
    plan.retain(|(subject, _)| command.variant.is_none_or(|only| only.variant == subject.variant));
    let mut limits = command.limits.clone();
    if command.word == Word::Longer {
        limits.joining = Joining::ByParking;
        limits.executions = u64::MAX;
        limits.progress = Some(|executions, seconds| tell(format!("  {executions} executions, {seconds:.0} s\n")));
    }
    if !command.json {
        print(&table::head())?;
    }
    let mut rows = Vec::new();
    for (subject, size) in plan {
        if limits.progress.is_some() {
            tell(format!("{} {size}:\n", subject.variant));
        }
        let row = table::judge(subject, size, &limits);
        if !command.json {
            print(&table::line(&row))?;
        }
        rows.push(row);
    }
    print(&if command.json { format!("{:#}\n", table::document(&rows)) } else { table::explanation(&rows) })
}

/// Prints each mutant on standard error when it is judged, and all of them in order at the end.
fn mutants(command: &Command) -> Result<(), Error> {
    let mutants = mutation::mutants(&mutation::correct(), &mutation::operators::ALL);
    let trials = mutation::run(mutants, table::SIZES.len(), mutation::DEADLINE, |trial: &Trial| tell(trial.line()))
        .map_err(Error::Failure)?;
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
