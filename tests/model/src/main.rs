//! `cargo proofs`: prints what the model shows.

use model::command_line::{self, Command, HELP, Word};
use model::exploration::Joining;
use model::{litmus, mutation, subjects, table, witnesses};
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = match command_line::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("proofs: {message}");
            return ExitCode::from(2);
        }
    };
    match answer(&command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("proofs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer(command: &Command) -> io::Result<()> {
    match command.word {
        Word::Help => io::stdout().write_all(HELP.as_bytes()),
        Word::Table => table(command, table::plan()),
        Word::Longer => {
            let sizes = |subject| table::LONGER.map(|size| (subject, size));
            table(command, subjects::all().iter().flat_map(sizes).collect())
        }
        Word::Litmus => {
            let rows = litmus::table();
            let text = if command.json { format!("{:#}\n", litmus::to_json(&rows)) } else { litmus::to_text(&rows) };
            io::stdout().write_all(text.as_bytes())
        }
        Word::Mutants => mutants(command),
        Word::Witnesses => {
            eprintln!("exploring all counters again, some twenty seconds");
            witnesses::renew(&table::all(), |path| eprintln!("{}", path.display()))
        }
    }
}

/// Each row is printed as soon as it is there; what comes to it is told on standard error.
fn table(command: &Command, mut plan: table::Plan) -> io::Result<()> {
    plan.retain(|(subject, _)| command.variant.is_none_or(|only| only.variant == subject.variant));
    let mut limits = command.limits.clone();
    if command.word == Word::Longer {
        limits.joining = Joining::ByParking;
        limits.progress = Some(|executions, seconds| eprintln!("  {executions} executions, {seconds:.0} s"));
    }
    let mut output = io::stdout().lock();
    if !command.json {
        write!(output, "{}", table::head())?;
    }
    let mut rows = Vec::new();
    for (subject, size) in plan {
        if limits.progress.is_some() {
            eprintln!("{} {size}:", subject.variant);
        }
        let row = table::judge(subject, size, &limits);
        if !command.json {
            write!(output, "{}", table::line(&row))?;
            output.flush()?;
        }
        rows.push(row);
    }
    if command.json {
        return writeln!(output, "{:#}", table::document(&rows));
    }
    write!(output, "{}", table::explanation(&rows))
}

/// Every mutant is told of when it is done, and printed in order when all are.
fn mutants(command: &Command) -> io::Result<()> {
    let mutants = mutation::mutants(&mutation::correct(), &mutation::operators::ALL);
    let trials =
        mutation::run(mutants, mutation::DEADLINE, |trial| eprint!("{}", trial.line())).map_err(io::Error::other)?;
    let mut output = io::stdout().lock();
    if command.json {
        return writeln!(output, "{:#}", mutation::document(&trials));
    }
    let lines: String = trials.iter().map(mutation::Trial::line).collect();
    write!(output, "{}{lines}{}", mutation::head(), mutation::explanation(&trials))
}
