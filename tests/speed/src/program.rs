//! How the programs of this package print, write files, and end.

use common::Error;
use std::io::{self, Write};
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
