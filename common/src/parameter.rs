//! The numeric parameters of a lab's command line, with their defaults and limits.

use crate::{Error, machine};
use std::ffi::OsString;

/// The largest whole number that every JSON reader stores exactly (RFC 8259, section 6): 2^53 - 1.
pub const MAX_EXACT: u64 = (1 << 53) - 1;

/// A numeric parameter, given as `--name N`.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The flag without its dashes, and the name in the report.
    pub name: &'static str,
    /// The value when the flag is absent.
    pub preset: Preset,
    /// The smallest and the largest value.
    pub limits: (u64, u64),
    /// The description in `--help`.
    pub help: &'static str,
}

/// The value of a parameter that is not on the command line.
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// The same number on every machine.
    Value(u64),
    /// The number of threads that can run at the same time.
    Cpus,
    /// No value; the lab decides what that means.
    Absent,
}

impl Parameter {
    /// Declares `--threads N`, by default one per CPU.
    pub const fn threads() -> Self {
        Self { name: "threads", preset: Preset::Cpus, limits: (1, 1024), help: "threads that share the work" }
    }

    /// Declares `--workers N`: worker processes, by default one per CPU.
    pub const fn workers() -> Self {
        Self { name: "workers", preset: Preset::Cpus, limits: (1, 1024), help: "worker processes that share the work" }
    }

    /// Declares `--size N`: elements of the array.
    pub const fn size(preset: u64) -> Self {
        Self { name: "size", preset: Preset::Value(preset), limits: (1, u64::MAX), help: "elements of the array" }
    }

    /// Declares `--increments N`: how often each thread adds one.
    pub const fn increments(preset: u64) -> Self {
        let preset = Preset::Value(preset);
        Self { name: "increments", preset, limits: (1, MAX_EXACT), help: "how often each thread adds one" }
    }

    /// Declares `--repeat N`: counted runs of each variant.
    pub const fn repeat(preset: u64) -> Self {
        let preset = Preset::Value(preset);
        Self { name: "repeat", preset, limits: (1, 10_000), help: "counted runs of each variant, interleaved" }
    }

    /// Declares `--seed N`, by default the lecture's course number.
    pub const fn seed() -> Self {
        let preset = Preset::Value(7001);
        Self { name: "seed", preset, limits: (0, MAX_EXACT), help: "the same seed gives the same array everywhere" }
    }

    /// Replaces the default value.
    pub const fn default(mut self, preset: u64) -> Self {
        self.preset = Preset::Value(preset);
        self
    }

    /// Replaces the line in `--help`.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Returns the value when the flag is absent, on this machine.
    pub(crate) fn preset_value(&self) -> Option<u64> {
        match self.preset {
            Preset::Value(value) => Some(value),
            Preset::Cpus => Some(machine::available_parallelism() as u64),
            Preset::Absent => None,
        }
    }

    /// Parses the text that follows the flag.
    pub(crate) fn parse(&self, value: OsString) -> Result<u64, Error> {
        let (name, (least, most)) = (self.name, self.limits);
        let fix = format!("give a whole number from {least} to {most}");
        let text = value.to_string_lossy();
        match text.parse::<i128>() {
            Ok(number) if number < least.into() => {
                Err(Error::Usage(format!("--{name} {text} is below the limit of {least}: {fix}")))
            }
            Ok(number) => u64::try_from(number)
                .ok()
                .filter(|&number| number <= most)
                .ok_or_else(|| Error::Usage(format!("--{name} {text} is above the limit of {most}: {fix}"))),
            Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(Error::Usage(format!("--{name} {text} is above the limit of {most}: {fix}")))
            }
            Err(_) => Err(Error::Usage(format!("--{name} {text:?} is not a whole number: {fix}"))),
        }
    }
}
