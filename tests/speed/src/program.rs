//! How the programs of this package read numbers, print, write files, and end.

use common::Error;
use lexopt::{Parser, ValueExt};
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;

/// The end of a program: one line on standard error where something went wrong.
pub fn exit(name: &str, result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, Error::ClosedPipe) {
                eprintln!("{name}: {error}");
            }
            ExitCode::from(error.exit_status())
        }
    }
}

/// Writes a file anew.
///
/// # Errors
///
/// [`Error::Failure`] that names the file.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|error| Error::io(format_args!("cannot write {}", path.display()), error))
}

/// Prints to standard output.
///
/// # Errors
///
/// [`Error::ClosedPipe`] when the reader is gone, else [`Error::Failure`].
pub fn print(text: &str) -> Result<(), Error> {
    io::stdout().write_all(text.as_bytes()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::ClosedPipe,
        _ => Error::io("cannot print", error),
    })
}

/// What lexopt says, in one line with where to look.
pub fn problem(error: lexopt::Error) -> String {
    format!("{error} (see --help)")
}

/// The whole number behind a flag.
///
/// # Errors
///
/// One line that names the flag and the limits.
pub fn number(parser: &mut Parser, flag: &str, limits: RangeInclusive<usize>) -> Result<usize, String> {
    let number: usize = parser.value().and_then(|value| value.parse()).map_err(problem)?;
    match limits.contains(&number) {
        true => Ok(number),
        false => Err(format!("{flag} {number}: give {} to {}", limits.start(), limits.end())),
    }
}
