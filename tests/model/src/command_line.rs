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
Explores the labs' counters with a model checker: which can lose an update?

Usage: cargo proofs [WORD] [flags]

  (no word)      explores every counter, at sizes that take seconds, and prints
                 a table
  longer         explores more threads and increments; each row takes minutes
  litmus         compares what loom shows in classic litmus tests with what
                 C++20 and Rust allow
  mutants        breaks each correct counter in one place; prints which mistakes
                 are noticed, which are not, and why
  witnesses      searches again for the schedules that the labs show, and
                 writes them to labs/*/witnesses.json

  --json         prints one JSON document on standard output
  --help         prints this text

Only for the table and for longer:

  --variant NAME explores only this counter, such as load-store
  --seconds N    time limit of each exploration, in seconds; one that takes
                 longer is inconclusive [600]
  --preemption-bound N
                 explores only executions with at most N preemptions; the
                 verdicts cover no others
";

/// The task that a command line requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The table of verdicts.
    Table,
    /// The table with longer explorations.
    Longer,
    /// The table of litmus tests.
    Litmus,
    /// The table of mutants.
    Mutants,
    /// A new search for the labs' witnesses.
    Witnesses,
    /// The help text, [`HELP`].
    Help,
}

/// A parsed command line.
#[derive(Debug)]
pub struct Command {
    /// The task to do.
    pub word: Word,
    /// Whether to print JSON.
    pub json: bool,
    /// The only counter to explore; all of them if it is `None`.
    pub variant: Option<&'static Subject>,
    /// The limits of each exploration.
    pub limits: Limits,
}

/// Parses a command line, without the program's name.
///
/// # Errors
///
/// [`Error::Usage`], one line that names the mistake and the fix.
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
                command.variant = Some(subject.ok_or_else(|| {
                    Error::Usage(format!("--variant {name}: no counter has this name: give one of {}", names()))
                })?);
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
