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
    /// Whether chunks go out one after the other, so that neighbours go to different threads. rayon's are halves of halves.
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
    /// Elements that the chunks were cut from.
    pub elements: usize,
    /// Threads that share the work.
    threads: usize,
    /// Threads that can run at the same time.
    pub at_once: usize,
    /// Seconds to start all threads and to end them.
    pub start: f64,
    /// Seconds per element on one core, when nothing is cut.
    pub per_element: f64,
    /// The speed-up of all threads at adding elements, when each has one part; `None` if the start-up hides it.
    pub parallelism: Option<f64>,
    /// The factor, by chunk size, by which an element takes longer if neighbouring chunks go to different threads.
    slowdown: Option<Curve>,
    /// The costs of each of [`STRATEGIES`]; `None` if the array is too small to measure them.
    costs: Vec<Option<Costs>>,
    /// Seconds per element on one core, by the size of the array: large arrays do not fit the caches.
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

    /// How many times as long an element takes when neighbouring chunks of this size go to different threads.
    pub fn slowdown_at(&self, chunk: usize) -> Option<f64> {
        Some(self.slowdown.as_ref()?.at(chunk as f64))
    }

    fn strategy(&self, variant: &str) -> Option<(&Strategy, Costs)> {
        let (strategy, costs) = STRATEGIES.iter().zip(&self.costs).find(|(strategy, _)| strategy.variant == variant)?;
        Some((strategy, (*costs)?))
    }

    /// What a strategy costs; `None` if the array is too small to tell.
    pub fn costs(&self, variant: &str) -> Option<Costs> {
        Some(self.strategy(variant)?.1)
    }

    /// The speed-up that a strategy should have at a chunk size.
    pub fn at_chunk(&self, variant: &str, chunk: usize) -> Option<f64> {
        let (strategy, costs) = self.strategy(variant)?;
        Some(costs.speedup(self.work(strategy, chunk)))
    }

    /// The speed-up that one part for each thread should have at an array size.
    pub fn at_size(&self, size: usize) -> Option<f64> {
        let per_element = self.per_element_by_size.as_ref().filter(|_| optimization::found())?.at(size as f64);
        // Where the start hides it, the threads are taken not to be in each other's way.
        let parallelism = self.parallelism.unwrap_or(self.at_once as f64);
        let costs = Costs { start: self.start, per_task: 0.0, per_element, parallelism };
        Some(costs.speedup(Work::in_parts(size, self.threads)))
    }
}

/// A figure by size, where it could be had.
fn curve(measured: &[&Measured], figure: impl Fn(&Measured) -> Option<f64>) -> Option<Curve> {
    let points = measured.iter().filter_map(|measured| Some((measured.at as f64, figure(measured)?)));
    Curve::through(points.collect())
}
