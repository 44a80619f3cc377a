//! What a sum should take, from sums of other sizes; and whether what it took is linear.

use super::Run;
use common::cost_model::{Costs, Curve, Work};
use common::timing::Summary;

/// Elements from which on an array no longer fits the caches of most machines. Below this size the cost per element
/// rises as arrays leave the caches, which is a change of rate and not growth beyond linear.
pub const BEYOND_CACHES: usize = 10_000_000;

/// An exponent above this is more than linear; noise of a few percent moves it by less, over a factor of twenty in size.
pub const LINEAR: f64 = 1.1;

/// What one machine costs: see [`common::cost_model`].
#[derive(Clone, Debug)]
pub struct Model {
    /// Seconds that one core needs for an element, by the size of the array.
    per_element: Curve,
    /// Of each number of threads: seconds to start and end them, and how many times as fast as one core they add.
    threads: Vec<(usize, f64, f64)>,
}

impl Model {
    /// Learns from runs over nothing, which only start and end their threads, and from runs of some sizes. No more than `cpus`
    /// threads add at the same time.
    ///
    /// # Panics
    ///
    /// Without a run of one thread over some elements.
    pub fn learn(empty: &[Run], runs: &[Run], cpus: usize) -> Self {
        let of = |threads: usize| runs.iter().filter(move |run| run.threads == threads);
        let points = of(1).map(|run| (run.size as f64, run.seconds.median / run.size as f64)).collect();
        let costs = |nothing: &Run| {
            let (threads, start) = (nothing.threads, if nothing.threads == 1 { 0.0 } else { nothing.seconds.median });
            // A run that takes hardly longer than its start says nothing of what came after it.
            let telling = of(1).zip(of(threads)).filter(|(_, together)| together.seconds.median > 2.0 * start);
            let gains = telling.map(|(alone, together)| alone.seconds.median / (together.seconds.median - start));
            let at_once = threads.min(cpus) as f64;
            let parallelism = Summary::of(gains).map_or(at_once, |gains| gains.median.min(at_once));
            (threads, start, parallelism)
        };
        let per_element = Curve::through(points).expect("one thread is among the runs");
        Self { per_element, threads: empty.iter().map(costs).collect() }
    }

    /// Seconds that a sum should take.
    ///
    /// # Panics
    ///
    /// For a number of threads that it has not learnt.
    pub fn seconds(&self, size: usize, threads: usize) -> f64 {
        let known = self.threads.iter().find(|known| known.0 == threads);
        let &(_, start, parallelism) = known.expect("each number of threads has a run over nothing");
        let per_element = self.per_element.at(size as f64);
        Costs { start, per_task: 0.0, per_element, parallelism }.seconds(Work::in_parts(size, threads))
    }
}

/// How the time of large arrays grows with their size.
#[derive(Clone, Debug, PartialEq)]
pub enum Growth {
    /// As the size to the power of this, which is 1 or close to it.
    Linear(f64),
    /// As the size to the power of this, which is more.
    Superlinear(f64),
    /// The growth could not be measured, and why.
    NotMeasured(String),
}

impl Growth {
    /// Of the runs with so many threads, from [`BEYOND_CACHES`] on, unless something speaks against it beforehand.
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

    /// In a few words.
    pub fn tell(&self) -> String {
        match self {
            Self::Linear(exponent) => format!("linear (as the size to the power of {exponent:.2})"),
            Self::Superlinear(exponent) => format!("SUPERLINEAR (as the size to the power of {exponent:.2})"),
            Self::NotMeasured(why) => format!("not measured: {why}"),
        }
    }
}

/// The slope of a straight line through sizes and times on logarithmic axes, by least squares.
pub fn exponent(points: &[(f64, f64)]) -> f64 {
    let logarithms: Vec<(f64, f64)> = points.iter().map(|point| (point.0.ln(), point.1.ln())).collect();
    let count = logarithms.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| logarithms.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let above: f64 = logarithms.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    above / logarithms.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}
