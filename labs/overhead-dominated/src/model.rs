//! What the runs cost. The model learns from the chunks and arrays that the report does not show, and predicts those that it does.

use crate::sweeps::Measured;
use common::cost_model::{BreakEven, Costs, Curve, Observation, Work};
use common::machine;
use common::report::{Quantity, Unit};
use common::timing::Summary;
use std::iter::successors;

/// A way of handing out chunks, and the names of its costs in the report.
pub struct Strategy {
    pub variant: &'static str,
    per_task: &'static str,
    break_even: &'static str,
}

const fn strategy(variant: &'static str, per_task: &'static str, break_even: &'static str) -> Strategy {
    Strategy { variant, per_task, break_even }
}

/// All of them, in the order of the report.
pub const STRATEGIES: [Strategy; 5] = [
    strategy("spawn-per-chunk", "per_task_seconds_spawn_per_chunk", "break_even_chunk_spawn_per_chunk"),
    strategy("channel", "per_task_seconds_channel", "break_even_chunk_channel"),
    strategy("atomic-index", "per_task_seconds_atomic_index", "break_even_chunk_atomic_index"),
    strategy("rayon", "per_task_seconds_rayon", "break_even_chunk_rayon"),
    strategy("rayon-one-by-one", "per_task_seconds_rayon_one_by_one", "break_even_chunk_rayon_one_by_one"),
];

/// Where a variant begins to pay; `None` where the runs do not tell.
pub struct BreakEvens {
    /// What the model says.
    pub predicted: Option<BreakEven>,
    /// What came.
    pub measured: Option<BreakEven>,
}

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
    /// Seconds that one core needs for an element of the array that the chunks were cut from.
    pub per_element: f64,
    /// What each of [`STRATEGIES`] costs, as far as the runs tell.
    costs: Vec<Option<Costs>>,
    /// The same for one chunk a thread, by the size of the array.
    per_element_by_size: Option<Curve>,
    parallelism_by_size: Option<Curve>,
}

impl Model {
    /// Learns from the runs that are not shown. A run counts as a multiple of the sequential one of its own round, so that a
    /// machine that slows down between two sizes does not bend the line.
    pub fn learn(
        empty: &Measured,
        chunks: &[Measured],
        sizes: &[Measured],
        elements: usize,
        threads: usize,
        at_once: usize,
    ) -> Self {
        let start = empty.seconds("threads").map_or(0.0, |seconds| seconds.median);
        let sequential = chunks.iter().flat_map(|measured| measured.series.first());
        let times = sequential.flat_map(|series| &series.samples).map(|sample| sample.seconds);
        let per_element = Summary::of(times).map_or(0.0, |seconds| seconds.median / elements as f64);

        let costs = |strategy: &Strategy| {
            let none = Observation { tasks: 0.0, elements: 0.0, seconds: empty.seconds(strategy.variant)?.median };
            // With only a few chunks for each thread, the last ones leave some threads without: that is no straight line.
            let many = |measured: &&Measured| !measured.shown && elements.div_ceil(measured.at) >= 4 * threads;
            let observed = chunks.iter().filter(many).filter_map(|measured| {
                let speedup = measured.speedup(strategy.variant)?.median;
                let Work { tasks, elements, .. } = Work::in_chunks(elements, measured.at, threads);
                Some(Observation { tasks, elements, seconds: elements * per_element / speedup })
            });
            Costs::fit(&observed.chain([none]).collect::<Vec<_>>(), per_element, at_once)
        };

        let hidden = || sizes.iter().filter(|measured| !measured.shown);
        let per_element_at = |measured: &Measured| Some(measured.seconds("sequential")?.median / measured.at as f64);
        let parallelism_at = |measured: &Measured| {
            let alone = measured.seconds("sequential")?.median;
            let together = alone / measured.speedup("threads")?.median;
            // A shorter run says nothing but how long the start took.
            (together > 2.0 * start).then(|| (alone / (together - start)).min(at_once as f64))
        };
        let curve = |figure: &dyn Fn(&Measured) -> Option<f64>| {
            Curve::through(hidden().filter_map(|measured| Some((measured.at as f64, figure(measured)?))).collect())
        };
        Self {
            elements,
            threads,
            at_once,
            start,
            per_element,
            costs: STRATEGIES.iter().map(costs).collect(),
            per_element_by_size: curve(&per_element_at),
            parallelism_by_size: curve(&parallelism_at),
        }
    }

    /// What a strategy costs; `None` if the array is too small to tell.
    pub fn costs(&self, variant: &str) -> Option<Costs> {
        STRATEGIES.iter().zip(&self.costs).find(|(strategy, _)| strategy.variant == variant)?.1.to_owned()
    }

    /// The speed-up that a strategy should have at a chunk size.
    pub fn at_chunk(&self, variant: &str, chunk: usize) -> Option<f64> {
        Some(self.costs(variant)?.speedup(Work::in_chunks(self.elements, chunk, self.threads)))
    }

    /// The speed-up that one chunk a thread should have at an array size.
    pub fn at_size(&self, size: usize) -> Option<f64> {
        if !machine::OPTIMIZED {
            return None;
        }
        let per_element = self.per_element_by_size.as_ref()?.at(size as f64);
        // Where the start hides it, all threads are taken to run at full speed.
        let ideal = self.at_once as f64;
        let parallelism = self.parallelism_by_size.as_ref().map_or(ideal, |curve| curve.at(size as f64));
        let costs = Costs { start: self.start, per_task: 0.0, per_element, parallelism };
        Some(costs.speedup(Work::in_parts(size, self.threads)))
    }

    /// The chunk below which a strategy is slower than one core: predicted and measured.
    pub fn break_even_chunk(&self, variant: &str, chunks: &[Measured]) -> BreakEvens {
        let predicted = self.costs(variant).map(|costs| costs.break_even_chunk(self.elements));
        BreakEvens { predicted, measured: self.break_even(variant, chunks) }
    }

    /// The array below which threads with one chunk each are slower than one core: predicted and measured.
    pub fn break_even_size(&self, sizes: &[Measured]) -> BreakEvens {
        let shown = || sizes.iter().filter(|measured| measured.shown).map(|measured| measured.at as f64);
        let (least, most) = (shown().fold(f64::MAX, f64::min), shown().fold(1.0, f64::max));
        let fine = successors(Some(least), |size| Some(size * 1.02)).take_while(|&size| size <= most);
        let predicted: Vec<_> = fine.filter_map(|size| Some((size, self.at_size(size as usize)?))).collect();
        BreakEvens { predicted: BreakEven::of(&predicted), measured: self.break_even("threads", sizes) }
    }

    /// Where the medians rise to 1. Where threads only take turns no variant can gain, whatever a lucky run may seem to say.
    fn break_even(&self, variant: &str, sweep: &[Measured]) -> Option<BreakEven> {
        let shown = sweep.iter().filter(|measured| measured.shown);
        let medians = shown.filter_map(|measured| Some((measured.at as f64, measured.speedup(variant)?.median)));
        let found = BreakEven::of(&medians.collect::<Vec<_>>())?;
        Some(if self.at_once > 1 { found } else { BreakEven::Never })
    }

    /// The costs and the break-evens, for the report.
    pub fn quantities(&self, chunks: &[Measured], sizes: &[Measured]) -> Vec<Quantity> {
        let cost = |name, label: String, value, unit| Quantity { name, label, value, predicted: None, unit };
        let break_even = |name, label: String, found: BreakEvens| Quantity {
            name,
            label,
            value: found.measured.and_then(BreakEven::at),
            predicted: found.predicted.and_then(BreakEven::at),
            unit: Unit::Elements,
        };
        let parallelism = self.costs("atomic-index").map(|costs| costs.parallelism);
        let mut quantities = vec![
            cost("start_seconds", "starting and ending all threads".into(), Some(self.start), Unit::Seconds),
            cost("per_element_seconds", "an element, on one core".into(), Some(self.per_element), Unit::Seconds),
            cost("parallelism", "all threads together, at the elements".into(), parallelism, Unit::Ratio),
        ];
        quantities.extend(STRATEGIES.iter().map(|Strategy { variant, per_task, .. }| {
            let value = self.costs(variant).map(|costs| costs.per_task);
            cost(per_task, format!("handing out a chunk: {variant}"), value, Unit::Seconds)
        }));
        quantities.extend(STRATEGIES.iter().map(|strategy| {
            let label = format!("chunk from which {} wins", strategy.variant);
            break_even(strategy.break_even, label, self.break_even_chunk(strategy.variant, chunks))
        }));
        let label = "array from which threads win".into();
        quantities.push(break_even("break_even_size", label, self.break_even_size(sizes)));
        quantities
    }
}
