//! Models the costs of the runs. The model learns from chunks and arrays that the report does not show, and predicts
//! those that it does.

use crate::sweeps::{Measured, Runs};
use common::cost_model::{Costs, Curve, Observation, Work};
use common::{optimization, timing::Summary};

/// A way of handing out chunks, and the names of its costs in the report.
pub struct Strategy {
    pub variant: &'static str,
    pub per_task: &'static str,
    pub break_even: &'static str,
    /// Whether neighbouring chunks go to different threads. rayon instead halves the array again and again.
    in_turn: bool,
}

const fn strategy(variant: &'static str, per_task: &'static str, break_even: &'static str, in_turn: bool) -> Strategy {
    Strategy { variant, per_task, break_even, in_turn }
}

/// All strategies, in the order of the report.
pub const STRATEGIES: [Strategy; 5] = [
    strategy("spawn-per-chunk", "per_task_seconds_spawn_per_chunk", "break_even_chunk_spawn_per_chunk", true),
    strategy("channel", "per_task_seconds_channel", "break_even_chunk_channel", true),
    strategy("atomic-index", "per_task_seconds_atomic_index", "break_even_chunk_atomic_index", true),
    strategy("rayon", "per_task_seconds_rayon", "break_even_chunk_rayon", false),
    strategy("rayon-one-by-one", "per_task_seconds_rayon_one_by_one", "break_even_chunk_rayon_one_by_one", false),
];

/// The costs of this machine.
pub struct Model {
    /// The number of elements that the chunks were cut from.
    pub elements: usize,
    /// The number of threads that share the work.
    threads: usize,
    /// The number of threads that can run at the same time.
    pub at_once: usize,
    /// The time to start and end all threads, in seconds.
    pub start: f64,
    /// The time per element on one core for the whole array, in seconds.
    pub per_element: f64,
    /// The speed-up of all threads at adding elements, when each has one part; `None` if the start-up hides it.
    pub parallelism: Option<f64>,
    /// The factor, by chunk size, by which an element takes longer if neighbouring chunks go to different threads.
    slowdown: Option<Curve>,
    /// The costs of each of [`STRATEGIES`]; `None` if the array is too small to measure them.
    costs: Vec<Option<Costs>>,
    /// The time per element on one core, in seconds, by the size of the array. It depends on the size because large arrays
    /// do not fit the caches.
    per_element_by_size: Option<Curve>,
}

impl Model {
    /// Learns from the runs that are not shown, for `threads` threads of which `at_once` can run at the same time. Each
    /// time is divided by the sequential one of its round, so that a machine that slows down between two sizes does not
    /// bend the line.
    pub fn learn(runs: &Runs, threads: usize, at_once: usize) -> Self {
        let elements = runs.elements;
        let start = runs.empty.seconds("threads").map_or(0.0, |seconds| seconds.median);
        let median = |measured: &Measured| Some(measured.seconds("sequential")?.median);
        let alone = Summary::of(runs.chunks.iter().filter_map(median)).map_or(0.0, |seconds| seconds.median);
        // A run hardly longer than its start-up says nothing about the rest.
        let after_start = |together: f64| (together > 2.0 * start).then_some(together - start);

        // With only a few chunks per thread, some threads run out of chunks before others, which is not a straight
        // line.
        let is_many = |measured: &&Measured| elements.div_ceil(measured.at) >= 4 * threads;
        let chunks: Vec<&Measured> = runs.chunks.iter().filter(|measured| !measured.shown).filter(is_many).collect();
        let time = |measured: &Measured, variant: &str| Some(alone / measured.speedup(variant)?.median);
        let parts = Summary::of(chunks.iter().filter_map(|measured| time(measured, "threads")));
        let parts = parts.and_then(|seconds| after_start(seconds.median));
        let slowdown = curve(&chunks, |measured| Some((after_start(time(measured, "dealt")?)? / parts?).max(1.0)));

        let sizes: Vec<&Measured> = runs.sizes.iter().filter(|measured| !measured.shown).collect();
        let mut model = Self {
            elements,
            threads,
            at_once,
            start,
            per_element: alone / elements as f64,
            parallelism: parts.map(|parts| (alone / parts).min(at_once as f64)),
            slowdown,
            costs: Vec::new(),
            per_element_by_size: curve(&sizes, |measured| Some(median(measured)? / measured.at as f64)),
        };
        let costs = |strategy: &Strategy| {
            let empty = Observation { work: Work::NONE, seconds: runs.empty.seconds(strategy.variant)?.median };
            let observe = |measured: &&Measured| {
                Some(Observation {
                    work: model.work(strategy, measured.at),
                    seconds: time(measured, strategy.variant)?,
                })
            };
            let observations: Vec<_> = chunks.iter().filter_map(observe).chain([empty]).collect();
            Costs::fit(&observations, model.per_element, at_once)
        };
        model.costs = STRATEGIES.iter().map(costs).collect();
        model
    }

    fn work(&self, strategy: &Strategy, chunk: usize) -> Work {
        let slowdown = self.slowdown_at(chunk).filter(|_| strategy.in_turn).unwrap_or(1.0);
        Work { slowdown, ..Work::in_chunks(self.elements, chunk, self.threads) }
    }

    /// Returns how many times as long an element takes if neighbouring chunks of this size go to different threads.
    pub fn slowdown_at(&self, chunk: usize) -> Option<f64> {
        Some(self.slowdown.as_ref()?.at(chunk as f64))
    }

    fn strategy(&self, variant: &str) -> Option<(&Strategy, Costs)> {
        let (strategy, costs) = STRATEGIES.iter().zip(&self.costs).find(|(strategy, _)| strategy.variant == variant)?;
        Some((strategy, (*costs)?))
    }

    /// Returns the costs of a strategy; `None` if the array is too small to measure them.
    pub fn costs(&self, variant: &str) -> Option<Costs> {
        Some(self.strategy(variant)?.1)
    }

    /// Predicts the speed-up of a strategy at a chunk size.
    pub fn at_chunk(&self, variant: &str, chunk: usize) -> Option<f64> {
        let (strategy, costs) = self.strategy(variant)?;
        Some(costs.speedup(self.work(strategy, chunk)))
    }

    /// Predicts the speed-up of one part per thread at an array size.
    pub fn at_size(&self, size: usize) -> Option<f64> {
        let per_element = self.per_element_by_size.as_ref().filter(|_| optimization::found())?.at(size as f64);
        // If the start-up hides the parallelism, assume that the threads do not slow each other down.
        let parallelism = self.parallelism.unwrap_or(self.at_once as f64);
        let costs = Costs { start: self.start, per_task: 0.0, per_element, parallelism };
        Some(costs.speedup(Work::in_parts(size, self.threads)))
    }
}

/// Returns a curve through the sizes at which the figure is known.
fn curve(measured: &[&Measured], figure: impl Fn(&Measured) -> Option<f64>) -> Option<Curve> {
    let points = measured.iter().filter_map(|measured| Some((measured.at as f64, figure(measured)?)));
    Curve::through(points.collect())
}
