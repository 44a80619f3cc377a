//! The command line of `cargo proofs`.

use crate::exploration::Limits;
use crate::subjects::{self, Subject};
use common::Error;
use common::command_line::{number, usage};
use lexopt::Arg::{Long, Short, Value};
use lexopt::Parser;
use std::ffi::OsString;
use std::time::Duration;

/// The text that `--help` prints.
pub const HELP: &str = "\
Which counters of the labs can lose an update: explored, not tried.

Usage: cargo proofs [WORD] [flags]

  (no word)      the table: every counter, at sizes that end within seconds
  longer         more threads and increments, some minutes for each row
  litmus         classic tests of memory models: what loom shows, and what C++20
                 and Rust allow
  mutants        correct counters, each broken in one place: what is noticed,
                 and what survives and why
  witnesses      searches again for the schedules that the labs show, and
                 writes them to labs/*/witnesses.json

  --json         one JSON document on standard output
  --help         print this

Of the table and of longer alone:

  --variant NAME only this counter, such as load-store
  --seconds N    the most that one exploration may take; one that takes longer
                 is inconclusive, and never passes [600]
  --preemption-bound N
                 explore only executions with at most N preemptions; no verdict
                 then speaks of any others
";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The table of verdicts.
    Table,
    /// The table with longer explorations.
    Longer,
    /// The table of litmus tests.
    Litmus,
    /// The mutants and what became of them.
    Mutants,
    /// The labs' witnesses, anew.
    Witnesses,
    /// The help text, [`HELP`].
    Help,
}

/// A command line that was read.
#[derive(Debug)]
pub struct Command {
    /// What is asked for.
    pub word: Word,
    /// For a program to read.
    pub json: bool,
    /// The only counter to explore; all of them if it is `None`.
    pub variant: Option<&'static Subject>,
    /// How far an exploration goes.
    pub limits: Limits,
}

/// Reads a command line, without the program's name.
///
/// # Errors
///
/// [`Error::Usage`], one line that names what is wrong and what would be right.
pub fn parse(line: impl IntoIterator<Item = OsString>) -> Result<Command, Error> {
    let mut command = Command { word: Word::Table, json: false, variant: None, limits: Limits::default() };
    let mut parser = Parser::from_args(line);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("json") => command.json = true,
            Long("help") | Short('h') => command.word = Word::Help,
            Long("variant") => {
                let name = parser.value().map_err(usage)?.to_string_lossy().into_owned();
                let names = || subjects::all().iter().map(|subject| subject.variant).collect::<Vec<_>>().join(", ");
                let subject = subjects::of(&name);
                command.variant =
                    Some(subject.ok_or_else(|| Error::Usage(format!("--variant {name} is none of: {}", names())))?);
            }
            Long("seconds") => {
                let seconds = parser.value().map_err(usage)?;
                command.limits.time = Duration::from_secs(number("--seconds", &seconds.to_string_lossy(), 0..=86_400)?);
            }
            Long("preemption-bound") => {
                let bound = parser.value().map_err(usage)?;
                command.limits.preemption_bound =
                    Some(number("--preemption-bound", &bound.to_string_lossy(), 0..=255)?);
            }
            Value(ref word) if command.word == Word::Table => {
                command.word = match word.to_str() {
                    Some("longer") => Word::Longer,
                    Some("litmus") => Word::Litmus,
                    Some("mutants") => Word::Mutants,
                    Some("witnesses") => Word::Witnesses,
                    _ => return Err(usage(argument.unexpected())),
                }
            }
            _ => return Err(usage(argument.unexpected())),
        }
    }
    Ok(command)
}
