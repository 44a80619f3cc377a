//! What all command lines here have in common: an error is one line on standard error, the exit status says whose fault
//! it was, and a program ends without a message when the reader closes its output.

use crate::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::str::FromStr;

/// Ends a program: prints an error in one line after the program's name, and returns the exit status.
pub fn exit(program: &str, result: Result<(), Error>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    if error.exit_status() != 0 {
        let _ = writeln!(io::stderr(), "{program}: {error}");
    }
    ExitCode::from(error.exit_status())
}

/// Prints to standard output. Colours are dropped if it is not a terminal or `NO_COLOR` is set.
///
/// # Errors
///
/// [`Error::ClosedPipe`] if the reader closed the pipe, [`Error::Failure`] if the output cannot be written.
pub fn print(text: &str) -> Result<(), Error> {
    let mut output = anstream::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Ok(()) => Ok(()),
        Err(error) if reader_is_gone(&error) => Err(Error::ClosedPipe),
        Err(error) => Err(Error::io("cannot write to standard output", error)),
    }
}

/// Windows reports a closed pipe as ERROR_PIPE_NOT_CONNECTED, which the standard library maps to no `ErrorKind`.
fn reader_is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || (cfg!(windows) && error.raw_os_error() == Some(233))
}

/// Rejects a command line, for a program whose `--help` lists its flags.
pub fn usage(message: impl Display) -> Error {
    Error::Usage(format!("{message} (--help lists all)"))
}

/// Parses the whole number that follows a flag.
///
/// # Errors
///
/// [`Error::Usage`], which names the flag, the value and the limits.
pub fn number<T>(flag: &str, value: &str, limits: RangeInclusive<T>) -> Result<T, Error>
where
    T: FromStr + PartialOrd + Display,
{
    let (least, most) = (limits.start(), limits.end());
    let found = value.parse().ok().filter(|number| limits.contains(number));
    found.ok_or_else(|| Error::Usage(format!("{flag} {value}: give a whole number from {least} to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_refused_with_its_flag_and_its_limits() {
        assert_eq!(number("--jobs", "4", 1..=256).unwrap(), 4);
        for value in ["0", "257", "-1", "four", ""] {
            let refusal = number::<usize>("--jobs", value, 1..=256).unwrap_err().to_string();
            assert_eq!(refusal, format!("--jobs {value}: give a whole number from 1 to 256"));
        }
    }
}
