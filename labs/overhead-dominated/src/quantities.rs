//! The single figures of the report: what things cost on this machine, and from where on a variant pays.

use crate::model::{Model, STRATEGIES};
use crate::sweeps::{CHUNK, Measured, Runs};
use common::cost_model::BreakEven;
use common::report::{Quantity, Unit};

/// The chunk below which a variant is slower than one core, as measured; `None` where the runs do not tell. What the model would
/// predict is not printed: where the lines cross at a small angle, a small error moves the crossing by a factor of ten.
pub fn break_even_chunk(variant: &str, runs: &Runs, model: &Model) -> Option<BreakEven> {
    break_even(variant, &runs.chunks, model)
}

/// The array below which threads with one part each are slower than one core, as measured.
pub fn break_even_size(runs: &Runs, model: &Model) -> Option<BreakEven> {
    break_even("threads", &runs.sizes, model)
}

fn break_even(variant: &str, sweep: &[Measured], model: &Model) -> Option<BreakEven> {
    // Here all runs count, also those that the model learned from, so that the line from one to the next is a short one.
    let medians = sweep.iter().filter_map(|measured| Some((measured.at as f64, measured.speedup(variant)?.median)));
    let measured = BreakEven::of(&medians.collect::<Vec<_>>());
    // Where threads only take turns none can gain, whatever a lucky run may seem to say.
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
