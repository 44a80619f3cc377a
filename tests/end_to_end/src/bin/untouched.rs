//! `untouched COMMAND...`: runs a command and prints what it left outside the target folder. Exits with the command's
//! status, or with 1 if the command succeeded and left something.

use std::env;
use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    match end_to_end::untouched::main(env::args_os().skip(1)) {
        Ok(status) => ExitCode::from(status),
        Err(message) => {
            eprintln!("untouched: {message}");
            ExitCode::from(2)
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    let mut line = env::args_os().skip(1);
    let Some(program) = line.next() else {
        eprintln!("untouched: usage: untouched COMMAND...");
        return ExitCode::from(2);
    };
    eprintln!("untouched: NOT CHECKED: what a command leaves behind is looked for on Linux only");
    let status = std::process::Command::new(program).args(line).status();
    ExitCode::from(status.ok().and_then(|status| status.code()).and_then(|code| code.try_into().ok()).unwrap_or(1))
}
