//! Computes the single figures of the report: the costs on this machine, and the sizes from which on a variant wins.

use crate::model::{Model, STRATEGIES};
use crate::sweeps::{CHUNK, Measured, Runs};
use common::cost_model::BreakEven;
use common::report::{Quantity, Unit};

/// Returns the measured chunk size below which a variant is slower than one core; `None` if the runs do not decide it. The model's
/// prediction is not printed: the lines cross at a small angle, so a small error moves the crossing by a factor of ten.
pub fn break_even_chunk(variant: &str, runs: &Runs, model: &Model) -> Option<BreakEven> {
    break_even(variant, &runs.chunks, model)
}

/// Returns the measured array size below which threads with one part each are slower than one core.
pub fn break_even_size(runs: &Runs, model: &Model) -> Option<BreakEven> {
    break_even("threads", &runs.sizes, model)
}

fn break_even(variant: &str, sweep: &[Measured], model: &Model) -> Option<BreakEven> {
    // All runs count, including those that the model learned from, so that the interpolation is over short distances.
    let medians = sweep.iter().filter_map(|measured| Some((measured.at as f64, measured.speedup(variant)?.median)));
    let measured = BreakEven::of(&medians.collect::<Vec<_>>());
    // Threads that only take turns cannot win, even if a lucky run seems to say so.
    measured.map(|found| if model.at_once > 1 { found } else { BreakEven::Never })
}

/// Returns the quantities that the report shows.
pub fn quantities(runs: &Runs, model: &Model) -> Vec<Quantity> {
    let cost = |name, label: &str, value, unit| Quantity { name, label: label.into(), value, predicted: None, unit };
    let paying =
        |name, label: &str, found: Option<BreakEven>| cost(name, label, found.and_then(BreakEven::at), Unit::Elements);
    let in_turn = format!("slower elements: chunks of {CHUNK} dealt in turn");
    // With fewer elements, the clock would take most of the time.
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
        quantities.push(paying(strategy.break_even, &label, break_even_chunk(strategy.variant, runs, model)));
    }
    quantities.push(paying("break_even_size", "array from which threads win", break_even_size(runs, model)));
    quantities
}
