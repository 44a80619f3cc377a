//! `cargo growth`: how the cost of a sum grows, and what the cost model says of it.

use common::{Error, optimization};
use speed::growth::{self, command_line, output};
use speed::program::{self, print, write};
use std::process::ExitCode;

fn main() -> ExitCode {
    program::exit("growth", run())
}

fn run() -> Result<(), Error> {
    let settings = command_line::parse(std::env::args_os().skip(1)).map_err(Error::Usage)?;
    if settings.help {
        return print(command_line::HELP);
    }
    optimization::look_for(&run);
    let report = growth::measure(&settings)?;
    if let Some(path) = &settings.markdown {
        write(path, &output::to_markdown(&report))?;
    }
    if let Some(path) = &settings.json {
        write(path, &format!("{:#}\n", output::to_json(&report)))?;
    }
    print(&output::to_text(&report))
}
