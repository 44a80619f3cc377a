//! `cargo growth`: measures how the cost of a sum grows, and compares it with the cost model.

use common::command_line::print;
use common::{Error, optimization};
use speed::growth::{self, command_line, output};
use std::process::ExitCode;

fn main() -> ExitCode {
    common::command_line::exit("growth", run())
}

fn run() -> Result<(), Error> {
    let settings = command_line::parse(std::env::args_os().skip(1))?;
    if settings.help {
        return print(command_line::HELP);
    }
    optimization::look_for(&run);
    let report = growth::measure(&settings)?;
    if let Some(path) = &settings.markdown {
        workspace::write(path, output::to_markdown(&report)).map_err(|error| Error::Failure(error.to_string()))?;
    }
    if let Some(path) = &settings.json {
        workspace::write(path, format!("{:#}\n", output::to_json(&report)))
            .map_err(|error| Error::Failure(error.to_string()))?;
    }
    print(&output::to_text(&report))
}
