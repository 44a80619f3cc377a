//! `cargo grade`: grades exercises, and explains what fails.

use common::Error;
use grader::command_line::run;
use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// The exit status when the grader itself fails. It is not 1, because a script could take 1 for a bad grade.
const OWN_FAULT: u8 = 3;

fn main() -> ExitCode {
    let Err(error) = run(env::args_os().skip(1)) else { return ExitCode::SUCCESS };
    let status = match error.downcast_ref::<Error>() {
        Some(known @ (Error::Usage(_) | Error::ClosedPipe)) => known.exit_status(),
        _ => OWN_FAULT,
    };
    if status != 0 {
        let _ = writeln!(io::stderr(), "grade: {error:#}");
    }
    ExitCode::from(status)
}
