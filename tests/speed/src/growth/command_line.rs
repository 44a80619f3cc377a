//! The command line of `cargo growth`.

use common::Error;
use common::command_line::{number, usage};
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::path::PathBuf;

/// The text that `--help` prints.
pub const HELP: &str = "\
Measures how the time of a sum grows with the array and with the threads

Usage: cargo growth [--most N] [--rounds N] [--quick] [--markdown FILE]
                    [--json FILE]

  --most N         elements of the largest array [200000000]
  --rounds N       counted rounds; small arrays get up to 20 times as many [5]
  --quick          100,000 elements and 3 rounds, to test that everything runs
  --markdown FILE  also writes the table as Markdown
  --json FILE      also writes one JSON document, labs/growth/1
  --help           prints this text
";

/// The settings of a run, from its command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Print [`HELP`] and nothing else.
    pub help: bool,
    /// The number of elements of the largest array, if given.
    pub most: Option<usize>,
    /// The number of counted rounds, if given.
    pub rounds: Option<usize>,
    /// Whether small sizes are measured, for a quick test.
    pub quick: bool,
    /// The file for the Markdown.
    pub markdown: Option<PathBuf>,
    /// The file for the JSON.
    pub json: Option<PathBuf>,
}

impl Settings {
    /// Returns the number of elements of the largest array.
    pub fn most(&self) -> usize {
        self.most.unwrap_or(if self.quick { 100_000 } else { 200_000_000 })
    }

    /// Returns the number of counted rounds.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 3 } else { 5 })
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
            Arg::Long("most") => {
                settings.most =
                    Some(number("--most", &parser.value().map_err(usage)?.to_string_lossy(), 1_000..=1_000_000_000)?)
            }
            Arg::Long("rounds") => {
                settings.rounds = Some(number("--rounds", &parser.value().map_err(usage)?.to_string_lossy(), 1..=100)?)
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(settings)
}
