//! `cargo scoreboard`: compares the labs' kernels with what one would otherwise use.

use common::command_line::print;
use common::{Error, optimization, workers};
use speed::scoreboard::{self, command_line, command_line::Settings, output};
use std::process::ExitCode;

fn main() -> ExitCode {
    common::command_line::exit("scoreboard", run(std::env::args_os().skip(1).collect()))
}

fn run(arguments: Vec<std::ffi::OsString>) -> Result<(), Error> {
    if arguments.first().is_some_and(|first| first == workers::FLAG) {
        let rest: Vec<String> = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
        return speed::shared::sums::worker(&rest);
    }
    let settings = command_line::parse(arguments)?;
    if settings.help {
        return print(command_line::HELP);
    }
    optimization::look_for(&run);
    let scoreboard = scoreboard::repeat(&settings)?;
    let Settings { markdown, json, .. } = &settings;
    if let Some(path) = markdown {
        workspace::write(path, output::to_markdown(&scoreboard)).map_err(|error| Error::Failure(error.to_string()))?;
    }
    if let Some(path) = json {
        workspace::write(path, format!("{:#}\n", output::to_json(&scoreboard)))
            .map_err(|error| Error::Failure(error.to_string()))?;
    }
    print(&output::to_text(&scoreboard))
}
