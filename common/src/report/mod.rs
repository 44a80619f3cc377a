//! What a lab found out, as a value: a lab fills it, and this module turns it into text for people ([`text`]) or JSON for
//! programs ([`json`], the contract `labs/report/1`).

mod chart;
pub mod json;
mod rows;
mod sweeps;
pub mod text;

use crate::timing::{Phases, Summary};
use crate::{lab::Figure, warning::Warning};
use serde_json::Value;

/// Everything that a lab says.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One row a variant, in the order in which the lecture tells them.
    pub rows: Vec<Row>,
    /// Single figures that belong to no variant: costs, break-even sizes.
    pub quantities: Vec<Quantity>,
    /// What the figures show, in sentences that were made from them.
    pub notes: Vec<Note>,
    /// What to know before believing them.
    pub warnings: Vec<Warning>,
    /// The reader's prediction and what became of it.
    pub prediction: Option<Prediction>,
    /// The lecture's Python programs, run here.
    pub python: Vec<Comparison>,
}

impl Report {
    /// The row of a variant.
    pub fn row(&self, variant: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.variant == variant)
    }

    /// A figure of this report; `None` if the lab did not measure it.
    pub fn figure(&self, figure: Figure) -> Option<Summary> {
        match figure {
            Figure::Speedup(variant) => self.row(variant)?.speedup,
            Figure::Seconds(variant) => self.row(variant)?.seconds,
            Figure::Final(variant) => Summary::of(self.row(variant)?.finals.iter().map(|&value| value as f64)),
            Figure::IncrementTime(variant) => self.row(variant)?.nanoseconds_per_increment,
            Figure::Quantity(name) => {
                let found = self.quantities.iter().find(|quantity| quantity.name == name)?;
                Summary::of(found.value)
            }
        }
    }

    /// Adds a sentence to the notes.
    pub fn note(&mut self, sentence: impl Into<Note>) {
        self.notes.push(sentence.into());
    }

    /// The notes that hold: those that rest on times only if other programs left the machine alone and the runs agree.
    pub fn notes_that_hold(&self) -> impl Iterator<Item = &Note> {
        let is_disturbed = self.warnings.iter().any(|warning| matches!(warning, Warning::Disturbed { .. }));
        let is_noisy = |variant: &&str| self.row(variant).is_some_and(|row| row.is_noisy);
        let holds = move |times: &Vec<&'static str>| !is_disturbed && !times.iter().any(|variant| is_noisy(&variant));
        self.notes.iter().filter(move |note| note.times.as_ref().is_none_or(&holds))
    }
}

/// A sentence about what a run shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The sentence, or a few.
    pub text: String,
    /// Whether only `--full` shows it.
    pub is_detail: bool,
    /// If it rests on times, the variants whose times: it is left out if the machine was disturbed, or if their runs differ too much.
    times: Option<Vec<&'static str>>,
}

impl Note {
    /// A sentence that only `--full` shows.
    pub fn in_full(self) -> Self {
        Self { is_detail: true, ..self }
    }

    /// A sentence that rests on the times of these variants.
    pub fn on_times(self, variants: &[&'static str]) -> Self {
        Self { times: Some(variants.to_vec()), ..self }
    }

    /// A sentence that rests on times.
    pub fn on_time(text: impl Into<String>, variants: &[&'static str]) -> Self {
        Self::from(text.into()).on_times(variants)
    }
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        Self { text, is_detail: false, times: None }
    }
}

impl From<&str> for Note {
    fn from(text: &str) -> Self {
        text.to_string().into()
    }
}

/// What one variant did. A field that was not measured is absent from the report.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The stable name, unique within the lab.
    pub variant: &'static str,
    /// What it does, in a few words.
    pub label: &'static str,
    /// Whether the variant gives the right result. False for one that *can* lose an update, whether or not a run did.
    pub correct: Option<bool>,
    /// The result that is right.
    pub expected: Option<Value>,
    /// For a counter: its value at the end of each run.
    pub finals: Vec<u64>,
    /// Whether the runs were held to a schedule, so that their end is no accident.
    pub forced: bool,
    /// For a floating-point sum: how far it is from the sequential one, as a share of it.
    pub relative_difference: Option<f64>,
    /// The time of a run.
    pub seconds: Option<Summary>,
    /// How many times as fast as the first row, pair by pair.
    pub speedup: Option<Summary>,
    /// The time of a run over the increments of all its workers, in nanoseconds.
    pub nanoseconds_per_increment: Option<Summary>,
    /// The CPU time of a run, that of its worker processes included.
    pub cpu_seconds: Option<Summary>,
    /// How often the system took a CPU away from a thread of a run that wanted to go on.
    pub involuntary_switches: Option<Summary>,
    /// Whether the runs differ too much to compare them.
    pub is_noisy: bool,
    /// Where the time of the median run went, in seconds.
    pub phases: Phases,
    /// Bytes copied to the workers in one run.
    pub bytes_copied: Option<u64>,
    /// Pages that the workers had to map when they first touched them, in one run.
    pub page_faults: Option<u64>,
    /// The same variant at other sizes.
    pub sweep: Option<Sweep>,
}

impl Row {
    /// A row that has measured nothing yet.
    pub fn new(variant: &'static str, label: &'static str) -> Self {
        Self { variant, label, ..Self::default() }
    }

    /// The median of one phase, in seconds.
    pub fn phase(&self, name: &str) -> Option<f64> {
        self.phases.iter().find(|phase| phase.0 == name).map(|phase| phase.1)
    }

    /// Updates lost in each run of a counter.
    pub fn lost(&self) -> Option<Summary> {
        let expected = self.expected.as_ref()?.as_u64()?;
        Summary::of(self.finals.iter().map(|&value| expected.saturating_sub(value) as f64))
    }
}

/// A variant measured at several sizes.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What is varied: `chunk`, `size`, `threads`.
    pub over: &'static str,
    /// What was measured, by size.
    pub points: Vec<Point>,
}

/// One size of a [`Sweep`].
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// The value of [`Sweep::over`] at this point.
    pub at: u64,
    /// The time of a run.
    pub seconds: Option<Summary>,
    /// How many times as fast as sequential.
    pub speedup: Option<Summary>,
    /// What the cost model says that the speed-up is.
    pub predicted_speedup: Option<f64>,
    /// For a counter: its value at the end of each run.
    pub finals: Vec<u64>,
    /// For a counter: the right value.
    pub expected: Option<u64>,
    /// For a counter: nanoseconds an increment.
    pub nanoseconds_per_increment: Option<Summary>,
}

/// A single figure, beside what a model predicted where there is a model.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// The stable name, for programs.
    pub name: &'static str,
    /// The name in words, for people.
    pub label: String,
    /// What was measured; `None` when it lies outside of what was measured.
    pub value: Option<f64>,
    /// What the cost model predicts; `None` when it predicts none.
    pub predicted: Option<f64>,
    /// The unit of both values.
    pub unit: Unit,
}

/// The unit of a [`Quantity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A time in seconds.
    Seconds,
    /// Elements of an array.
    Elements,
    /// How many times as fast.
    Ratio,
    /// A number without a unit.
    Count,
}

/// What the reader expected, what came, and what the lecture saw.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// The question that was asked.
    pub question: &'static str,
    /// The answer; `None` if there was none.
    pub predicted: Option<f64>,
    /// What was measured here; `None` where it could not be.
    pub measured: Option<f64>,
    /// The figure that the lecture measured.
    pub lecture: Option<f64>,
}

/// One figure of a Python program beside ours and the lecture's.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The program's file name.
    pub program: &'static str,
    /// The name of the compared figure.
    pub figure: &'static str,
    /// The Python interpreter's version.
    pub version: String,
    /// numpy's version, where the program uses it.
    pub numpy: Option<String>,
    /// Measured in Python here.
    pub python: Summary,
    /// Measured by our variant in the same run.
    pub ours: Option<Summary>,
    /// Seen in the lecture.
    pub lecture: Option<f64>,
}
