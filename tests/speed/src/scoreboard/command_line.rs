//! The command line of the scoreboard.

use common::Error;
use common::command_line::{number, usage};
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::path::PathBuf;

/// The text that `--help` prints.
pub const HELP: &str = "\
Compares the labs' kernels with C, numpy and rayon, in one interleaved run

Usage: cargo scoreboard [--rounds N] [--repeat N] [--quick] [--markdown FILE] [--json FILE]

  --rounds N       counted rounds; every row runs once per round [15]
  --repeat N       whole runs; prints how much each ratio changed between them [1]
  --quick          small arrays and 3 rounds, to test that everything runs; gives no verdict
  --markdown FILE  also writes the tables as Markdown
  --json FILE      also writes one JSON document, labs/scoreboard/1
  --help           prints this text

The C peer needs cc, and the Python peer needs python3 with numpy. If one is missing, the program prints how to install it,
and runs everything else.
";

/// The settings of a run, from its command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Print [`HELP`] and nothing else.
    pub help: bool,
    /// The number of counted rounds, if given.
    pub rounds: Option<usize>,
    /// The number of whole runs, if given.
    pub repeat: Option<usize>,
    /// Whether small sizes are measured, for a quick test.
    pub quick: bool,
    /// The file for the Markdown.
    pub markdown: Option<PathBuf>,
    /// The file for the JSON.
    pub json: Option<PathBuf>,
}

impl Settings {
    /// Returns how often the whole board is run.
    pub fn repeat(&self) -> usize {
        self.repeat.unwrap_or(1)
    }

    /// Returns the number of counted rounds.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 3 } else { 15 })
    }
}

/// Parses the arguments after the program's name.
///
/// # Errors
///
/// [`Error::Usage`], one line that names the flag and the fix.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Settings, Error> {
    let mut parser = Parser::from_args(arguments);
    let mut settings = Settings::default();
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Arg::Long("help") | Arg::Short('h') => settings.help = true,
            Arg::Long("quick") => settings.quick = true,
            Arg::Long("markdown") => settings.markdown = Some(parser.value().map_err(usage)?.into()),
            Arg::Long("json") => settings.json = Some(parser.value().map_err(usage)?.into()),
            Arg::Long("rounds") => {
                settings.rounds = Some(number("--rounds", &parser.value().map_err(usage)?.to_string_lossy(), 1..=1000)?)
            }
            Arg::Long("repeat") => {
                settings.repeat = Some(number("--repeat", &parser.value().map_err(usage)?.to_string_lossy(), 1..=100)?)
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(settings)
}
