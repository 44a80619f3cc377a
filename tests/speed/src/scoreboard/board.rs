//! Runs kernels in turn, whichever language they are written in, and compares how fast they are.

use common::Error;
use common::timing::{Experiment, Sample, Summary};

/// One kernel of one peer with one number of threads.
#[derive(Clone, Debug)]
pub struct Row {
    /// The computation; rows of one group are compared.
    pub group: &'static str,
    /// The peer that the kernel belongs to: `rust`, `c` or `python`.
    pub peer: &'static str,
    /// The stable name of the kernel.
    pub kernel: &'static str,
    /// What it does, in a few words.
    pub label: &'static str,
    /// The number of threads or processes.
    pub threads: usize,
    /// The divisor of its time: the number of increments of a counter, 1 for a sum.
    pub units: f64,
}

impl Row {
    /// Returns a unique name of the row.
    pub fn id(&self) -> String {
        format!("{}/{}/{}/{}", self.group, self.peer, self.kernel, self.threads)
    }
}

/// The expected result of a kernel, and how far the order of the additions may change it.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The result. Sums of integers are whole numbers below 2^53, which a double stores exactly.
    pub value: f64,
    /// The largest relative error that is accepted.
    pub tolerance: f64,
}

/// The rows to be measured.
pub struct Board<'a> {
    rows: Vec<Row>,
    experiment: Experiment<'a, f64>,
}

impl<'a> Board<'a> {
    /// Creates a board of `rounds` counted rounds, after one that is not counted.
    pub fn new(rounds: usize) -> Self {
        Self { rows: Vec::new(), experiment: Experiment::new(rounds) }
    }

    /// Adds a row. A wrong result of a run ends the whole comparison.
    #[must_use]
    pub fn add(
        mut self,
        row: Row,
        expected: Expected,
        mut run: impl FnMut() -> Result<Sample<f64>, Error> + 'a,
    ) -> Self {
        let id = row.id();
        self.experiment = self.experiment.measured(row.kernel, row.label, move || {
            let sample = run()?;
            verify(&id, sample.value, expected)?;
            Ok(sample)
        });
        self.rows.push(row);
        self
    }

    /// Runs every row once per round.
    ///
    /// # Errors
    ///
    /// The first error, or the first wrong result.
    pub fn measure(self) -> Result<Vec<Measured>, Error> {
        let series = self.experiment.measure()?;
        let measured = |(row, samples): (Row, Vec<Sample<f64>>)| Measured {
            times: samples.iter().map(|sample| sample.seconds / row.units).collect(),
            row,
        };
        Ok(self.rows.into_iter().zip(series.into_iter().map(|series| series.samples)).map(measured).collect())
    }
}

/// Rejects a wrong result.
///
/// # Errors
///
/// [`Error::Failure`] that names the row, the result and the expected result.
pub fn verify(id: &str, value: f64, expected: Expected) -> Result<(), Error> {
    let wanted = expected.value;
    if (value - wanted).abs() <= expected.tolerance * wanted.abs() {
        return Ok(());
    }
    Err(Error::Failure(format!("{id} computed {value} in place of {wanted}: its times mean nothing")))
}

/// A row and its times, in the order of the rounds.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The row that was measured.
    pub row: Row,
    /// The times of the runs, in seconds per unit.
    pub times: Vec<f64>,
}

impl Measured {
    /// Summarises the times, in seconds per unit.
    pub fn seconds(&self) -> Summary {
        Summary::of(self.times.iter().copied()).expect("there is at least one round")
    }

    /// Returns how many times as fast as `base` this row is, round by round.
    pub fn times_as_fast_as(&self, base: &Self) -> Ratio {
        Ratio::of(base.times.iter().zip(&self.times).map(|(base, own)| base / own))
    }
}

/// The ratios of two rows, one per round.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// The summary of all ratios.
    pub all: Summary,
    /// The width of the middle half of the ratios, as a share of the median. A single disturbed round does not change
    /// it.
    pub middle_half: f64,
}

impl Ratio {
    /// Summarises the ratios of at least one round.
    pub fn of(ratios: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = ratios.collect();
        sorted.sort_by(f64::total_cmp);
        let all = Summary::of(sorted.iter().copied()).expect("there is at least one round");
        let last = sorted.len() - 1;
        let (lower, upper) = (sorted[last / 4], sorted[last - last / 4]);
        Self { all, middle_half: (upper - lower) / all.median }
    }
}
