//! The result of a lab as a value. A lab fills it, and this module turns it into text for people ([`text`]) or JSON for
//! programs ([`json`], the form `labs/report/1`).

mod chart;
pub mod json;
mod rows;
mod sweeps;
pub mod text;

use crate::timing::{Phases, Summary};
use crate::{lab::Figure, warning::Warning};
use serde_json::Value;

/// The whole report of a lab.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// One row per variant, in the order of the lecture.
    pub rows: Vec<Row>,
    /// Single figures that do not belong to a variant: costs, break-even sizes.
    pub quantities: Vec<Quantity>,
    /// Sentences about the figures, generated from them.
    pub notes: Vec<Note>,
    /// The warnings that a reader needs before believing the figures.
    pub warnings: Vec<Warning>,
    /// The reader's prediction, with the measured figure.
    pub prediction: Option<Prediction>,
    /// The figures of the lecture's Python programs, measured here.
    pub python: Vec<Comparison>,
}

impl Report {
    /// Returns the row of a variant.
    pub fn row(&self, variant: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.variant == variant)
    }

    /// Returns a figure of this report; `None` if the lab did not measure it.
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

    /// Returns the notes that hold. Notes about times hold only if other programs did not disturb the machine and the
    /// runs agree.
    pub fn notes_that_hold(&self) -> impl Iterator<Item = &Note> {
        let is_disturbed = self.warnings.iter().any(|warning| matches!(warning, Warning::Disturbed { .. }));
        let is_noisy = |variant: &&str| self.row(variant).is_some_and(|row| row.is_noisy);
        let holds = move |times: &Vec<&'static str>| !is_disturbed && !times.iter().any(&is_noisy);
        self.notes.iter().filter(move |note| note.times.as_ref().is_none_or(&holds))
    }
}

/// A note about what a run proves.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// One sentence, or a few.
    pub text: String,
    /// Whether only `--full` shows it.
    pub is_detail: bool,
    /// The variants whose times the note depends on, if any. It is left out if the machine was disturbed or their runs
    /// differ too much.
    times: Option<Vec<&'static str>>,
}

impl Note {
    /// Creates a note that only `--full` shows.
    pub fn in_full(self) -> Self {
        Self { is_detail: true, ..self }
    }

    /// Makes the note depend on the times of these variants.
    pub fn on_times(self, variants: &[&'static str]) -> Self {
        Self { times: Some(variants.to_vec()), ..self }
    }

    /// Creates a note that depends on the times of these variants.
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

/// The results of one variant. A field that was not measured is absent from the report.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The stable name, unique within the lab.
    pub variant: &'static str,
    /// What it does, in a few words.
    pub label: &'static str,
    /// Whether the variant gives the right result. It is false for a variant that *can* lose an update, even if no run
    /// did.
    pub correct: Option<bool>,
    /// The result that is right.
    pub expected: Option<Value>,
    /// For a counter: the final value of each run.
    pub finals: Vec<u64>,
    /// Whether the runs were forced through a schedule, so that the final values do not depend on chance.
    pub forced: bool,
    /// For a floating-point sum: the relative difference from the sequential one.
    pub relative_difference: Option<f64>,
    /// The time of a run, in seconds.
    pub seconds: Option<Summary>,
    /// The speed-up over the first row, pair by pair.
    pub speedup: Option<Summary>,
    /// The time of a run divided by the increments of all its workers, in nanoseconds.
    pub nanoseconds_per_increment: Option<Summary>,
    /// The CPU time of a run in seconds, including its worker processes.
    pub cpu_seconds: Option<Summary>,
    /// How often the system took a CPU away from a running thread in a run.
    pub involuntary_switches: Option<Summary>,
    /// Whether the runs differ too much to compare them.
    pub is_noisy: bool,
    /// The phases of the median run, in seconds.
    pub phases: Phases,
    /// Bytes copied to the workers in one run.
    pub bytes_copied: Option<u64>,
    /// The pages that the workers had to map on first access, in one run.
    pub page_faults: Option<u64>,
    /// The same variant at other sizes.
    pub sweep: Option<Sweep>,
}

impl Row {
    /// Creates a row without any figures.
    pub fn new(variant: &'static str, label: &'static str) -> Self {
        Self { variant, label, ..Self::default() }
    }

    /// Returns the median of one phase, in seconds.
    pub fn phase(&self, name: &str) -> Option<f64> {
        self.phases.iter().find(|phase| phase.0 == name).map(|phase| phase.1)
    }

    /// Returns the updates lost per run of a counter.
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
    /// The time of a run, in seconds.
    pub seconds: Option<Summary>,
    /// The speed-up over sequential.
    pub speedup: Option<Summary>,
    /// The speed-up that the cost model predicts.
    pub predicted_speedup: Option<f64>,
    /// For a counter: the final value of each run.
    pub finals: Vec<u64>,
    /// For a counter: the expected value.
    pub expected: Option<u64>,
    /// For a counter: nanoseconds per increment.
    pub nanoseconds_per_increment: Option<Summary>,
}

/// A single figure, with a model's prediction if there is one.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// The stable name, for programs.
    pub name: &'static str,
    /// The name in words, for people.
    pub label: String,
    /// The measured value; `None` if it lies outside the measured range.
    pub value: Option<f64>,
    /// The cost model's prediction; `None` if it predicts nothing.
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

/// The reader's prediction, the measured figure, and the lecture's figure.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// The question that was asked.
    pub question: &'static str,
    /// The reader's answer; `None` if there was none.
    pub predicted: Option<f64>,
    /// The figure measured here; `None` where it could not be measured.
    pub measured: Option<f64>,
    /// The figure that the lecture measured.
    pub lecture: Option<f64>,
}

/// One figure of a Python program, with ours and the lecture's.
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
    /// The figure of the Python program, measured here.
    pub python: Summary,
    /// The figure of our variant, measured in the same run.
    pub ours: Option<Summary>,
    /// The figure that the lecture showed.
    pub lecture: Option<f64>,
}
