//! Predicts the time of a sum from sums of other sizes, and judges whether the measured time is linear.

use super::Run;
use common::cost_model::{Costs, Curve, Work};
use common::timing::Summary;

/// Elements from which on an array no longer fits the caches of most machines. Below this size the cost per element
/// rises as arrays leave the caches, which is a change of rate and not growth beyond linear.
pub const BEYOND_CACHES: usize = 10_000_000;

/// An exponent above this is more than linear. Noise of a few percent changes it by less, over a factor of twenty in
/// size.
pub const LINEAR: f64 = 1.1;

/// The costs of one machine: see [`common::cost_model`].
#[derive(Clone, Debug)]
pub struct Model {
    /// The seconds per element on one core, by the size of the array.
    per_element: Curve,
    /// For each number of threads: the seconds to start and end them, and their speed-up over one core.
    threads: Vec<(usize, f64, f64)>,
}

impl Model {
    /// Learns from runs over no elements, which only start and end their threads, and from runs of some sizes. At most
    /// `cpus` threads add at the same time.
    ///
    /// # Panics
    ///
    /// If there is no run of one thread over some elements.
    pub fn learn(empty: &[Run], runs: &[Run], cpus: usize) -> Self {
        let of = |threads: usize| runs.iter().filter(move |run| run.threads == threads);
        let points = of(1).map(|run| (run.size as f64, run.seconds.median / run.size as f64)).collect();
        let costs = |nothing: &Run| {
            let (threads, start) = (nothing.threads, if nothing.threads == 1 { 0.0 } else { nothing.seconds.median });
            // A run hardly longer than its start-up says nothing about the rest.
            let telling = of(1).zip(of(threads)).filter(|(_, together)| together.seconds.median > 2.0 * start);
            let gains = telling.map(|(alone, together)| alone.seconds.median / (together.seconds.median - start));
            let at_once = threads.min(cpus) as f64;
            let parallelism = Summary::of(gains).map_or(at_once, |gains| gains.median.min(at_once));
            (threads, start, parallelism)
        };
        let per_element = Curve::through(points).expect("one thread is among the runs");
        Self { per_element, threads: empty.iter().map(costs).collect() }
    }

    /// Predicts the seconds of a sum.
    ///
    /// # Panics
    ///
    /// For a number of threads without any run to learn from.
    pub fn seconds(&self, size: usize, threads: usize) -> f64 {
        let known = self.threads.iter().find(|known| known.0 == threads);
        let &(_, start, parallelism) = known.expect("each number of threads has a run over nothing");
        let per_element = self.per_element.at(size as f64);
        Costs { start, per_task: 0.0, per_element, parallelism }.seconds(Work::in_parts(size, threads))
    }
}

/// The growth of the time with the size of large arrays.
#[derive(Clone, Debug, PartialEq)]
pub enum Growth {
    /// The time grows as the size to the power of this, which is 1 or close to it.
    Linear(f64),
    /// The time grows as the size to the power of this, which is more than 1.
    Superlinear(f64),
    /// The growth could not be measured, and why.
    NotMeasured(String),
}

impl Growth {
    /// Judges the runs with this many threads, from [`BEYOND_CACHES`] on, unless there is a reason not to.
    pub fn of(runs: &[Run], threads: usize, rounds: usize, unable: Option<&str>) -> Self {
        let is_meant = |run: &&Run| run.threads == threads && run.size >= BEYOND_CACHES;
        let points: Vec<_> = runs.iter().filter(is_meant).map(|run| (run.size as f64, run.seconds.median)).collect();
        match unable {
            Some(why) => Self::NotMeasured(why.into()),
            None if rounds < 3 => Self::NotMeasured(format!("{rounds} rounds: at least 3 have a middle")),
            None if points.len() < 3 => {
                Self::NotMeasured(format!("{} sizes of {BEYOND_CACHES} elements or more: 3 make a line", points.len()))
            }
            None => match exponent(&points) {
                exponent if exponent > LINEAR => Self::Superlinear(exponent),
                exponent => Self::Linear(exponent),
            },
        }
    }

    /// Describes the growth in a few words.
    pub fn tell(&self) -> String {
        match self {
            Self::Linear(exponent) => format!("linear (as the size to the power of {exponent:.2})"),
            Self::Superlinear(exponent) => format!("SUPERLINEAR (as the size to the power of {exponent:.2})"),
            Self::NotMeasured(why) => format!("not measured: {why}"),
        }
    }
}

/// Fits a straight line to sizes and times on logarithmic axes by least squares, and returns its slope.
pub fn exponent(points: &[(f64, f64)]) -> f64 {
    let logarithms: Vec<(f64, f64)> = points.iter().map(|point| (point.0.ln(), point.1.ln())).collect();
    let count = logarithms.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logarithms.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let above: f64 = logarithms.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    above / logarithms.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}
