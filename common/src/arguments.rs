//! The command line that all labs share, and its one-line error messages.

use crate::lab::Lab;
use crate::parameter::{MAX_EXACT, Preset};
use crate::{Error, format, machine};
use lexopt::prelude::*;
use std::{collections::BTreeMap, ffi::OsString};

/// The parsed flags and parameters of a run.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    parameters: BTreeMap<&'static str, u64>,
    given: Vec<&'static str>,
    /// `--json`: one JSON document on standard output and nothing else.
    pub json: bool,
    /// `--pin`: bind each worker to its own CPU.
    pub pin: bool,
    /// `--full`: print all tables and notes.
    pub full: bool,
    /// `--predict`: ask before measuring.
    pub predict: bool,
    /// `--python`: run the lecture's programs too.
    pub python: bool,
    /// `--witness`: print the stored schedules that lose an update, and measure nothing.
    pub witness: bool,
}

/// The task that a command line requests.
#[derive(Debug)]
pub enum Request {
    /// Run, with these arguments.
    Run(Arguments),
    /// Print what the lab declares about itself.
    Describe,
    /// Print this text and end.
    Print(String),
}

impl Arguments {
    /// Parses a command line without the program's name.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], in one line that names the flag, the limit and the fix.
    pub fn parse(lab: &Lab, line: impl IntoIterator<Item = OsString>) -> Result<Request, Error> {
        let mut arguments = Self { pin: lab.pin, ..Self::default() };
        let mut parser = lexopt::Parser::from_args(line);
        let usage = |error: lexopt::Error| {
            Error::Usage(format!("{error}: cargo run -p lab-{} -- --help lists the flags and what they take", lab.name))
        };
        while let Some(argument) = parser.next().map_err(usage)? {
            match argument {
                Long("json") => arguments.json = true,
                Long("pin") => arguments.pin = true,
                Long("full") => arguments.full = true,
                Long("predict") => arguments.predict = true,
                Long("python") => arguments.python = true,
                Long("witness") if lab.witness.is_some() => arguments.witness = true,
                Long("describe") => return Ok(Request::Describe),
                Long("help") | Short('h') => return Ok(Request::Print(help(lab))),
                Long("version") | Short('V') => {
                    return Ok(Request::Print(format!("lab-{} {}\n", lab.name, env!("CARGO_PKG_VERSION"))));
                }
                Long(name) => {
                    let Some(parameter) = lab.parameters.iter().find(|parameter| parameter.name == name) else {
                        return Err(usage(argument.unexpected()));
                    };
                    let value = parameter.parse(parser.value().map_err(usage)?)?;
                    arguments.parameters.insert(parameter.name, value);
                    arguments.given.push(parameter.name);
                }
                _ => return Err(usage(argument.unexpected())),
            }
        }
        for parameter in lab.parameters {
            if let Some(value) = parameter.preset_value() {
                arguments.parameters.entry(parameter.name).or_insert(value);
            }
        }
        arguments.check_witness(lab)?;
        arguments.check_total()?;
        Ok(Request::Run(arguments))
    }

    /// Rejects flags that only make sense for a measurement when `--witness` is given.
    fn check_witness(&self, lab: &Lab) -> Result<(), Error> {
        let of_a_run = [("pin", self.pin && !lab.pin), ("predict", self.predict), ("python", self.python)];
        let of_a_run = of_a_run.into_iter().filter_map(|(name, is_given)| is_given.then_some(name));
        let mut given =
            of_a_run.chain(self.given.iter().copied().filter(|name| !["threads", "increments"].contains(name)));
        match given.next() {
            Some(name) if self.witness => Err(Error::Usage(format!(
                "--{name} is about a run, and --witness runs nothing: give one of them (--threads and --increments choose a \
                 schedule)"
            ))),
            _ => Ok(()),
        }
    }

    fn check_total(&self) -> Result<(), Error> {
        let (Some(threads), Some(increments)) = (self.get("threads"), self.get("increments")) else {
            return Ok(());
        };
        match threads.checked_mul(increments) {
            Some(total) if total <= MAX_EXACT => Ok(()),
            _ => Err(Error::Usage(format!(
                "--threads {threads} x --increments {increments} is above the limit of {MAX_EXACT} that a report can \
                 hold exactly: give at most --increments {}",
                MAX_EXACT / threads
            ))),
        }
    }

    /// Returns a parameter by name; `None` if it is absent and has no default.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.parameters.get(name).copied()
    }

    /// Returns whether the command line itself gives this parameter.
    pub fn is_given(&self, name: &str) -> bool {
        self.given.contains(&name)
    }

    /// Returns all parameters by name, for the report.
    pub fn parameters(&self) -> &BTreeMap<&'static str, u64> {
        &self.parameters
    }

    fn expect(&self, name: &str) -> u64 {
        self.get(name).unwrap_or_else(|| panic!("the lab declares no parameter --{name}"))
    }

    /// Returns the value of `--threads`.
    pub fn threads(&self) -> usize {
        self.expect("threads") as usize
    }

    /// Returns the value of `--workers`.
    pub fn workers(&self) -> usize {
        self.expect("workers") as usize
    }

    /// Returns the value of `--size`. A value above the address space becomes `usize::MAX`, which no memory can hold.
    pub fn size(&self) -> usize {
        usize::try_from(self.expect("size")).unwrap_or(usize::MAX)
    }

    /// Returns the value of `--increments`.
    pub fn increments(&self) -> u64 {
        self.expect("increments")
    }

    /// Returns the value of `--repeat`.
    pub fn repeat(&self) -> usize {
        self.expect("repeat") as usize
    }

    /// Returns the value of `--seed`.
    pub fn seed(&self) -> u64 {
        self.expect("seed")
    }
}

fn help(lab: &Lab) -> String {
    let mut flags: Vec<(String, String)> = lab
        .parameters
        .iter()
        .map(|parameter| {
            let default = match parameter.preset {
                Preset::Value(value) => format!(" [{}]", format::integer(value)),
                Preset::Cpus => format!(" [one per CPU: {}]", machine::available_parallelism()),
                Preset::Absent => String::new(),
            };
            (format!("--{} N", parameter.name), format!("{}{default}", parameter.help))
        })
        .collect();
    let python = if lab.python.is_empty() {
        "the lecture has no Python program for this lab"
    } else {
        "also run the lecture's Python program, and show both"
    };
    let pin = if lab.pin {
        "bind each worker to its own CPU, as this lab always does"
    } else {
        "bind each worker to its own CPU"
    };
    let witness =
        lab.witness.map(|_| ("--witness", "show schedules that lose an update, step by step, and run nothing"));
    let general = [
        ("--pin", pin),
        ("--full", "print all tables and notes, not only what fits a screen"),
        ("--predict", "ask for a prediction first, then show how far off it was"),
        ("--python", python),
        ("--json", "print the report as one JSON document (labs/report/1)"),
        ("--describe", "print what this lab is as one JSON document (labs/describe/1)"),
        ("--help", "print this"),
        ("--version", "print the version"),
    ];
    for (flag, help) in witness.into_iter().chain(general) {
        flags.push((flag.to_string(), help.to_string()));
    }
    let mut text =
        format!("{}\n\nUsage: cargo run -p lab-{} -- [flags]\n\n", format::wrap(lab.title, 78, ""), lab.name);
    for (flag, help) in flags {
        text += &format!("  {flag:<15}{}\n", format::wrap(&help, 62, &" ".repeat(17)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Parameter;

    const LAB: Lab = Lab {
        name: "race",
        title: "Ten threads",
        parameters: &[Parameter::threads().default(10), Parameter::increments(100_000)],
        ..Lab::EMPTY
    };

    fn parse(line: &str) -> Result<Arguments, String> {
        match Arguments::parse(&LAB, line.split_whitespace().map(OsString::from)) {
            Ok(Request::Run(arguments)) => Ok(arguments),
            Ok(Request::Print(text)) => Err(text),
            Ok(Request::Describe) => Err("described".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn parameters_have_defaults_and_can_be_given() {
        let arguments = parse("--threads 3 --json").unwrap();
        assert_eq!((arguments.threads(), arguments.increments()), (3, 100_000));
        assert!(arguments.json && arguments.is_given("threads") && !arguments.is_given("increments"));
        assert_eq!(parse("--threads=4").unwrap().threads(), 4);
    }

    #[test]
    fn a_refusal_names_the_flag_the_limit_and_the_fix() {
        for (line, refusal) in [
            ("--threads 0", "--threads 0 is below the limit of 1: give a whole number from 1 to 1024"),
            ("--threads -2", "--threads -2 is below the limit of 1: give a whole number from 1 to 1024"),
            ("--threads 1025", "--threads 1025 is above the limit of 1024: give a whole number from 1 to 1024"),
            ("--threads 9999999999999999999999999999999999999999999", "above the limit of 1024"),
            ("--threads ten", "--threads \"ten\" is not a whole number: give a whole number from 1 to 1024"),
            ("--threads 1.5", "is not a whole number"),
            ("--threads", "--help lists the flags"),
            ("--size 4", "invalid option '--size': cargo run -p lab-race -- --help lists the flags"),
            ("--frobnicate", "invalid option '--frobnicate'"),
            ("stray", "unexpected argument \"stray\""),
            ("--threads 1000 --increments 9007199254740991", "give at most --increments 9007199254740"),
        ] {
            let message = parse(line).unwrap_err();
            assert!(message.contains(refusal), "{line}: {message}");
            assert_eq!(message.lines().count(), 1);
        }
    }

    #[test]
    fn help_fits_eighty_columns_and_names_every_flag() {
        let help = parse("--help").unwrap_err();
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        for flag in ["--threads N", "--increments N", "--pin", "--predict", "--python", "--json", "[100,000]"] {
            assert!(help.contains(flag), "{flag} is missing in {help}");
        }
        assert!(parse("--version").unwrap_err().starts_with("lab-race 0."));
    }
}
