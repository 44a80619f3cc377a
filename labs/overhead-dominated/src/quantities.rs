//! The single figures of the report: what things cost on this machine, and from where on a variant pays.

use crate::model::{Model, STRATEGIES};
use crate::sweeps::{CHUNK, Measured, Runs};
use common::cost_model::BreakEven;
use common::report::{Quantity, Unit};
use std::iter;

/// Where a variant begins to pay; `None` where the runs do not tell.
pub struct BreakEvens {
    /// What the model says.
    pub predicted: Option<BreakEven>,
    /// What came.
    pub measured: Option<BreakEven>,
}

/// The chunk below which a variant is slower than one core.
pub fn break_even_chunk(variant: &str, runs: &Runs, model: &Model) -> BreakEvens {
    break_evens(variant, &runs.chunks, model, |chunk| model.at_chunk(variant, chunk))
}

/// The array below which threads with one part each are slower than one core.
pub fn break_even_size(runs: &Runs, model: &Model) -> BreakEvens {
    break_evens("threads", &runs.sizes, model, |size| model.at_size(size))
}

fn break_evens(variant: &str, sweep: &[Measured], model: &Model, predict: impl Fn(usize) -> Option<f64>) -> BreakEvens {
    // Here all runs count, also those that the model learned from, so that the line from one to the next is a short one. The
    // model's few costs could not follow them all if it were wrong.
    let medians = sweep.iter().filter_map(|measured| Some((measured.at as f64, measured.speedup(variant)?.median)));
    let measured = BreakEven::of(&medians.collect::<Vec<_>>());
    // Where threads only take turns nobody can gain, whatever a lucky run may seem to say.
    let measured = measured.map(|found| if model.at_once > 1 { found } else { BreakEven::Never });

    let (least, most) = (sweep.first().map_or(1, |first| first.at), sweep.last().map_or(1, |last| last.at));
    let steps = iter::successors(Some(least), |at| (*at < most).then(|| (at + at / 50 + 1).min(most)));
    let predicted: Vec<_> = steps.filter_map(|at| Some((at as f64, predict(at)?))).collect();
    BreakEvens { predicted: BreakEven::of(&predicted), measured }
}

/// All of them.
pub fn quantities(runs: &Runs, model: &Model) -> Vec<Quantity> {
    let cost = |name, label: &str, value, unit| Quantity { name, label: label.into(), value, predicted: None, unit };
    let break_even = |name, label: &str, found: BreakEvens| {
        let (value, predicted) = (found.measured.and_then(BreakEven::at), found.predicted.and_then(BreakEven::at));
        Quantity { name, label: label.into(), value, predicted, unit: Unit::Elements }
    };
    let in_turn = format!("slower elements: chunks of {CHUNK} dealt in turn");
    // Of fewer elements, the clock would take most of the time.
    let per_element = (model.elements >= 1_000).then_some(model.per_element);
    let mut quantities = vec![
        cost("start_seconds", "starting and ending all threads", Some(model.start), Unit::Seconds),
        cost("per_element_seconds", "an element, on one core", per_element, Unit::Seconds),
        cost("parallelism", "all threads at once, one part each", model.parallelism, Unit::Ratio),
        cost("dealt_in_turn_slowdown", &in_turn, model.slowdown_at(CHUNK), Unit::Ratio),
    ];
    for strategy in &STRATEGIES {
        let per_task = model.costs(strategy.variant).map(|costs| costs.per_task);
        let label = format!("handing out a chunk: {}", strategy.variant);
        quantities.push(cost(strategy.per_task, &label, per_task, Unit::Seconds));
    }
    for strategy in &STRATEGIES {
        let label = format!("chunk from which {} wins", strategy.variant);
        quantities.push(break_even(strategy.break_even, &label, break_even_chunk(strategy.variant, runs, model)));
    }
    quantities.push(break_even("break_even_size", "array from which threads win", break_even_size(runs, model)));
    quantities
}
