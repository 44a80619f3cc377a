//! `cargo run -p slides`: writes the deck, and prints where.

use common::{Error, command_line};
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = slides::command_line::run(env::args_os().skip(1));
    let known = |error: anyhow::Error| error.downcast().unwrap_or_else(|error| Error::Failure(format!("{error:#}")));
    command_line::exit("slides", result.map_err(known))
}
