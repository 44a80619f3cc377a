//! Runs kernels in turn, whichever language they are written in, and compares how fast they are.

use common::Error;
use common::timing::{Experiment, Sample, Summary};

/// One kernel of one peer with one number of threads.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it computes; rows of one group are compared.
    pub group: &'static str,
    /// Whose it is: `rust`, `c` or `python`.
    pub peer: &'static str,
    /// The stable name of the kernel.
    pub kernel: &'static str,
    /// What it does, in a few words.
    pub label: &'static str,
    /// How many threads or processes it runs in.
    pub threads: usize,
    /// What its time is divided by: the increments of a counter, 1 for a sum.
    pub units: f64,
}

impl Row {
    /// A name that no other row has.
    pub fn id(&self) -> String {
        format!("{}/{}/{}/{}", self.group, self.peer, self.kernel, self.threads)
    }
}

/// What a kernel has to compute, and how far from it the order of additions may lead.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The result. Sums of integers are whole numbers below 2^53, which a double holds exactly.
    pub value: f64,
    /// The largest relative error that is none.
    pub tolerance: f64,
}

/// The rows to be measured.
pub struct Board<'a> {
    rows: Vec<Row>,
    experiment: Experiment<'a, f64>,
}

impl<'a> Board<'a> {
    /// `rounds` counted rounds, after one that is not counted.
    pub fn new(rounds: usize) -> Self {
        Self { rows: Vec::new(), experiment: Experiment::new(rounds) }
    }

    /// Adds a row. A run that computes something else than `expected` ends the whole comparison.
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

    /// Runs every row once a round.
    ///
    /// # Errors
    ///
    /// The first that fails or computes something wrong.
    pub fn measure(self) -> Result<Vec<Measured>, Error> {
        let series = self.experiment.measure()?;
        let measured = |(row, samples): (Row, Vec<Sample<f64>>)| Measured {
            times: samples.iter().map(|sample| sample.seconds / row.units).collect(),
            row,
        };
        Ok(self.rows.into_iter().zip(series.into_iter().map(|series| series.samples)).map(measured).collect())
    }
}

/// Refuses a wrong result.
///
/// # Errors
///
/// [`Error::Failure`] that names the row, the result and what it should have been.
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
    /// Whose times they are.
    pub row: Row,
    /// The times of the runs, in seconds per unit.
    pub times: Vec<f64>,
}

impl Measured {
    /// Summarises the times, in seconds per unit.
    pub fn seconds(&self) -> Summary {
        Summary::of(self.times.iter().copied()).expect("there is at least one round")
    }

    /// How many times as fast as `base` this row is, round by round.
    pub fn times_as_fast_as(&self, base: &Self) -> Ratio {
        Ratio::of(base.times.iter().zip(&self.times).map(|(base, own)| base / own))
    }
}

/// Ratios of two rows, one a round.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// The summary of all ratios.
    pub all: Summary,
    /// How wide the middle half of them is, as a share of the median. One round in which something else ran does not move it.
    pub middle_half: f64,
}

impl Ratio {
    /// Of at least one round.
    pub fn of(ratios: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = ratios.collect();
        sorted.sort_by(f64::total_cmp);
        let all = Summary::of(sorted.iter().copied()).expect("there is at least one round");
        let last = sorted.len() - 1;
        let (lower, upper) = (sorted[last / 4], sorted[last - last / 4]);
        Self { all, middle_half: (upper - lower) / all.median }
    }
}
