//! The command line of `cargo proofs`.

use common::Error;
use common::command_line::{number, usage};
use explorer::Bounds;
use lexopt::Arg::{Long, Short, Value};
use lexopt::Parser;
use model::size::Size;
use model::subjects::{self, Subject};
use std::ffi::OsString;

/// The text that `--help` prints.
pub const HELP: &str = "\
Explores the labs' counters with a model checker: which can lose an update?

Usage: cargo proofs [WORD] [flags]

  (no word)      explores every counter under three memories, and prints a table
                 of verdicts, with those of loom beside
  litmus         compares the explorer and loom with what C++20 and Rust allow
                 in classic litmus tests
  mutants        breaks each correct counter in one place; prints which mistakes
                 are noticed, which are not, and why
  witnesses      searches again for the schedules that the labs show, and
                 writes them to labs/*/witnesses.json
  speed          measures the explorer, loom and shuttle on the same counters;
                 all of them take about 10 minutes

  --json         prints one JSON document on standard output
  --help         prints this text

Only for the table:

  --variant NAME explores only this counter, such as load-store
  --size TxI     explores only this size, such as 3x2: threads x increments
  --states N     most states of each exploration; a counter that has more is
                 not decided [1000000]

Only for speed, which has --variant too:

  --seconds N    ends an exploration after so many seconds [20]
  --miri         runs Miri too, 32 seeds for each counter of the labs
";

/// The task that a command line requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The table of verdicts.
    Table,
    /// The table of litmus tests.
    Litmus,
    /// The table of mutants.
    Mutants,
    /// A new search for the labs' witnesses.
    Witnesses,
    /// The speed of the judges.
    Speed,
    /// The help text, [`HELP`].
    Help,
}

/// A parsed command line.
#[derive(Debug)]
pub struct Command {
    /// The task to do.
    pub word: Word,
    /// Whether to print JSON.
    pub json: bool,
    /// The only counter to explore; all of them if it is `None`.
    pub variant: Option<&'static Subject>,
    /// The only size to explore; those of the table if it is `None`.
    pub size: Option<Size>,
    /// The bounds of each exploration.
    pub bounds: Bounds,
    /// The limit of each exploration whose speed is measured.
    pub seconds: u32,
    /// Whether to measure Miri.
    pub miri: bool,
}

/// Parses a command line, without the program's name.
///
/// # Errors
///
/// [`Error::Usage`], one line that names the mistake and the fix.
pub fn parse(line: impl IntoIterator<Item = OsString>) -> Result<Command, Error> {
    let mut command = Command {
        word: Word::Table,
        json: false,
        variant: None,
        size: None,
        bounds: Bounds::default(),
        seconds: 20,
        miri: false,
    };
    let mut parser = Parser::from_args(line);
    let (mut variant, mut of_the_table, mut of_speed) = (None, None, None);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("json") => command.json = true,
            Long("help") | Short('h') => command.word = Word::Help,
            Long("variant") => variant = Some(parser.value().map_err(usage)?.to_string_lossy().into_owned()),
            Long("seconds") => {
                command.seconds = number("--seconds", &parser.value().map_err(usage)?.to_string_lossy(), 1..=3600)?;
                of_speed = Some("--seconds");
            }
            Long("miri") => {
                command.miri = true;
                of_speed = Some("--miri");
            }
            Long("size") => {
                command.size = Some(size(&parser.value().map_err(usage)?.to_string_lossy())?);
                of_the_table = Some("--size");
            }
            Long("states") => {
                let states = parser.value().map_err(usage)?;
                command.bounds.states = number("--states", &states.to_string_lossy(), 1..=100_000_000)?;
                of_the_table = Some("--states");
            }
            Value(ref word) if command.word == Word::Table => {
                command.word = match word.to_str() {
                    Some("litmus") => Word::Litmus,
                    Some("mutants") => Word::Mutants,
                    Some("witnesses") => Word::Witnesses,
                    Some("speed") => Word::Speed,
                    _ => return Err(usage(argument.unexpected())),
                }
            }
            _ => return Err(usage(argument.unexpected())),
        }
    }
    let word = command.word;
    let table_or_speed = variant.as_ref().map(|_| "--variant").filter(|_| word != Word::Speed);
    if let Some(flag) = of_the_table.or(table_or_speed).filter(|_| !matches!(word, Word::Table | Word::Help)) {
        return Err(Error::Usage(format!("{flag}: only the table has this flag: leave it out")));
    }
    if let Some(flag) = of_speed.filter(|_| !matches!(word, Word::Speed | Word::Help)) {
        return Err(Error::Usage(format!("{flag}: only the word speed has this flag: leave it out")));
    }
    command.variant = variant.map(|name| subject(&name, word)).transpose()?;
    Ok(command)
}

/// Finds a counter by its name. Only the word `speed` has the algorithms too.
fn subject(name: &str, word: Word) -> Result<&'static Subject, Error> {
    let algorithms = if word == Word::Speed { subjects::algorithms() } else { &[] };
    let mut all = subjects::all().iter().chain(algorithms);
    all.clone().find(|subject| subject.variant == name).ok_or_else(|| {
        let names = all.by_ref().map(|subject| subject.variant).collect::<Vec<_>>().join(", ");
        Error::Usage(format!("--variant {name}: no counter has this name: give one of {names}"))
    })
}

/// The largest numbers of threads and of increments that the explorer may be asked for.
const LARGEST: Size = Size::new(8, 100);

/// Reads a size such as `3x2`.
fn size(text: &str) -> Result<Size, Error> {
    let numbers = text
        .split_once('x')
        .and_then(|(threads, increments)| Some(Size::new(threads.parse().ok()?, increments.parse().ok()?)));
    let is_possible = |size: &Size| {
        (1..=LARGEST.threads).contains(&size.threads) && (1..=LARGEST.increments).contains(&size.increments)
    };
    numbers.filter(is_possible).ok_or_else(|| {
        let Size { threads, increments } = LARGEST;
        Error::Usage(format!(
            "--size {text}: give 1 to {threads} threads and 1 to {increments} increments, such as 3x2"
        ))
    })
}
