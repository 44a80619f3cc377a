//! Measures how the cost of a sum grows with the array and with the number of threads, and compares it with the cost
//! model's predictions.
//!
//! Sizes that are shown alternate with sizes that the model learns from, so that every prediction is for a size that
//! the model has not seen.
//!
//! - [`command_line`]: the settings. [`model`]: predictions, and whether a cost is linear. [`output`]: the result as
//!   text, Markdown and JSON.

pub mod command_line;
pub mod model;
pub mod output;

use crate::naive::sums;
use crate::scoreboard::board::{Expected, verify};
use crate::scoreboard::conditions::{self, MOST_BUSY};
use command_line::Settings;
use common::timing::{Experiment, Summary};
use common::{Error, data, machine::Machine, pin::Pin};
use model::{Growth, Model};
use std::iter;
use std::time::{SystemTime, UNIX_EPOCH};

/// A run adds up at least this many elements; smaller arrays are added up in more rounds.
const MANY_ELEMENTS: usize = 4_000_000;

/// The most times as many rounds as for a large array.
const MOST_MORE: usize = 20;

/// The time of one size with one number of threads. A single thread is a plain loop without starting a thread.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The number of elements of the array.
    pub size: usize,
    /// The number of threads that share it.
    pub threads: usize,
    /// The seconds per sum.
    pub seconds: Summary,
}

/// A run that the model has not seen, with its prediction.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The run as it was measured.
    pub run: Run,
    /// The seconds that the model predicts.
    pub predicted: f64,
}

impl Row {
    /// Returns the measured time divided by the predicted one.
    pub fn over(&self) -> f64 {
        self.run.seconds.median / self.predicted
    }

    /// Returns how many times too short or too long the prediction is: 1 or more.
    pub fn factor(&self) -> f64 {
        self.over().max(1.0 / self.over())
    }
}

/// The result of all measurements.
#[derive(Clone, Debug)]
pub struct Report {
    /// The start time, in seconds since 1970.
    pub began: u64,
    /// The machine that was measured.
    pub machine: Machine,
    /// The number of counted rounds of the large sizes.
    pub rounds: usize,
    /// The rows, by size and then by number of threads, both ascending.
    pub rows: Vec<Row>,
    /// For each number of threads, how its time grows with arrays larger than the caches.
    pub growth: Vec<(usize, Growth)>,
}

/// Measures all sizes, and compares them with the model.
///
/// # Errors
///
/// [`Error::Usage`] when memory does not hold the largest array, [`Error::Failure`] when a sum is wrong.
pub fn measure(settings: &Settings) -> Result<Report, Error> {
    let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (machine, most, rounds) = (Machine::detect(), settings.most(), settings.rounds());
    data::ensure_fits(most, 1).map_err(|error| match error {
        Error::Usage(text) => Error::Usage(text.replace("--size", "--most")),
        other => other,
    })?;
    let array = data::integers(most, 7001);
    let cpus = machine.effective_cpus();
    let threads: Vec<usize> =
        iter::successors(Some(1), |threads| Some(threads * 2)).take_while(|&threads| threads <= 4 * cpus).collect();

    let throttled = conditions::throttled();
    let at = |size: usize| at_size(&array[..size], &threads, rounds);
    let (shown, learnt) = sizes(most);
    let all = |sizes: Vec<usize>| sizes.into_iter().map(at).collect::<Result<Vec<_>, _>>().map(|runs| runs.concat());
    let (empty, learnt, shown) = (at(0)?, all(learnt)?, all(shown)?);
    let model = Model::learn(&empty, &learnt, cpus);
    let rows = shown.iter().map(|&run| Row { run, predicted: model.seconds(run.size, run.threads) }).collect();
    let unable = if settings.quick {
        Some("the sizes of --quick are too small to tell")
    } else if conditions::throttled() > throttled {
        Some("the CPU quota of the control group stopped the run")
    } else {
        conditions::busy()
            .filter(|&share| share > MOST_BUSY)
            .map(|_| "others were busy on the machine after the rounds")
    };
    let growth = threads.iter().map(|&threads| (threads, Growth::of(&shown, threads, rounds, unable))).collect();
    Ok(Report { began, machine, rounds, rows, growth })
}

/// Returns the sizes to show and the sizes to learn from. The first are the powers of ten from 1,000 on, and `most`. The second are
/// 300, 3,000 and so on, and the middle between the largest two shown sizes.
pub fn sizes(most: usize) -> (Vec<usize>, Vec<usize>) {
    let powers =
        |first| iter::successors(Some(first), |power: &usize| Some(power * 10)).take_while(|&size| size < most);
    let shown: Vec<usize> = powers(1_000).chain([most]).collect();
    let last = shown.len().checked_sub(2).map(|before| shown[before].midpoint(most));
    let mut learnt: Vec<usize> = powers(300).chain(last).collect();
    learnt.retain(|size| !shown.contains(size));
    learnt.sort_unstable();
    learnt.dedup();
    (shown, learnt)
}

/// Measures every number of threads on one array, in turn.
fn at_size(array: &[i64], threads: &[usize], rounds: usize) -> Result<Vec<Run>, Error> {
    let (pin, size) = (&Pin::new(false), array.len());
    let more = (MANY_ELEMENTS / size.max(1)).clamp(1, MOST_MORE);
    let mut experiment = Experiment::new(rounds * more);
    for &threads in threads {
        experiment = match threads {
            1 => experiment.timed("sequential", "", || sums::sequential(array)),
            _ => experiment.measured("threads", "", move || Ok(sums::thread_borrow(array, threads, pin))),
        };
    }
    let expected = Expected { value: sums::sequential(array) as f64, tolerance: 0.0 };
    let series = experiment.measure()?;
    let run = |(series, &threads): (&common::timing::Series<i64>, &usize)| {
        for sample in &series.samples {
            verify(&format!("sum/{size}/{threads}"), sample.value as f64, expected)?;
        }
        Ok(Run { size, threads, seconds: series.seconds() })
    };
    series.iter().zip(threads).map(run).collect()
}
