//! The report's figures in sentences.

use crate::model::{Model, STRATEGIES};
use crate::quantities::{BreakEvens, break_even_chunk, break_even_size};
use crate::sweeps::{CHUNK, Runs};
use common::Report;
use common::cost_model::BreakEven;
use common::format::{integer, ratio, seconds, significant};

/// Elements of the lecture's array.
const LECTURE: usize = 50_000_000;

/// Adds what the figures show to the notes of the report.
pub fn explain(report: &mut Report, runs: &Runs, model: &Model) {
    report.note(format!(
        "The first table hands out {} in chunks of {CHUNK}; only the row threads has one large chunk for each thread. Every \
         thread borrows its chunk: nothing is copied in any variant.",
        if model.elements == 1 { "1 element".into() } else { format!("{} elements", integer(model.elements as i64)) }
    ));
    price_of_a_chunk(report, model);
    neighbours_apart(report, model);
    if model.at_once > 1 {
        paying_chunks(report, runs, model);
        paying_sizes(report, runs, model);
    } else {
        report.note(
            "One thread runs at a time, so there is no gain to set against the price: no chunk and no array is large enough.",
        );
    }
    rayon_hides_it(report, runs);
    let whole = runs.sizes.last().filter(|last| last.at == LECTURE && model.at_once > 1);
    if let Some(speedup) = whole.and_then(|whole| whole.speedup("threads")) {
        report.note(format!(
            "On all {} elements the threads reach {}. The lecture's processes copied nothing either, and reached 0.62x on 32 CPUs.",
            integer(LECTURE as i64),
            ratio(speedup.median)
        ));
    }
    how_far_off(report);
}

fn price_of_a_chunk(report: &mut Report, model: &Model) {
    let Some(price) = model.costs("channel").map(|costs| costs.per_task) else { return };
    let additions = CHUNK as f64 * model.per_element;
    report.note(format!(
        "Handing a chunk through the channel takes {}; adding up its {CHUNK} elements takes one core {}.{}",
        seconds(price),
        seconds(additions),
        if price > additions { " The handing out costs more than the work that is handed out." } else { "" }
    ));
}

fn neighbours_apart(report: &mut Report, model: &Model) {
    if let Some(slowdown) = model.slowdown_at(CHUNK).filter(|slowdown| *slowdown > 1.2 && model.at_once > 1) {
        report.note(format!(
            "There is a second price. Chunks of {CHUNK} that are dealt out beforehand, in turn, still make an element take {} \
             times as long as one part a thread does: neighbouring chunks go to different cores, and probably no core reads \
             far enough straight on for its memory to keep ahead. The model counts this for spawn-per-chunk, channel and atomic-index; rayon halves the array, so that its \
             threads stay apart.",
            significant(slowdown)
        ));
    }
}

fn paying_chunks(report: &mut Report, runs: &Runs, model: &Model) {
    let sentences = STRATEGIES.iter().filter_map(|strategy| {
        let variant = strategy.variant;
        let BreakEvens { measured, predicted } = break_even_chunk(variant, runs, model);
        Some(match measured? {
            BreakEven::At(chunk) => {
                format!("{variant} from {} elements on{}", elements(chunk), or_predicted(predicted))
            }
            BreakEven::Always => format!("{variant} at every size{}", or_predicted(predicted)),
            BreakEven::Never => format!("{variant} at none{}", or_predicted(predicted)),
        })
    });
    let sentences: Vec<String> = sentences.collect();
    if !sentences.is_empty() {
        report.note(format!("Chunks that are faster than one core alone: {}.", sentences.join("; ")));
    }
}

fn paying_sizes(report: &mut Report, runs: &Runs, model: &Model) {
    let BreakEvens { measured, predicted } = break_even_size(runs, model);
    let Some(measured) = measured else { return };
    let found = match measured {
        BreakEven::At(size) => format!("they win from {} elements on", elements(size)),
        BreakEven::Always => "they win at every size measured".into(),
        BreakEven::Never => "they win at no size measured".into(),
    };
    report.note(format!(
        "Threads that get one chunk each take {} to start and to end, however little there is to do: {found}{}.",
        seconds(model.start),
        or_predicted(predicted)
    ));
}

fn or_predicted(predicted: Option<BreakEven>) -> String {
    match predicted {
        Some(BreakEven::At(size)) => format!(" (predicted: from {})", elements(size)),
        Some(BreakEven::Always) => " (predicted: at every size)".into(),
        Some(BreakEven::Never) => " (predicted: at none)".into(),
        None => String::new(),
    }
}

fn elements(size: f64) -> String {
    // More digits than two would say more than the runs know.
    let unit = 10_f64.powf(size.log10().floor() - 1.0);
    if size < 10.0 { format!("{size:.1}") } else { integer(((size / unit).round() * unit).round() as i64) }
}

fn rayon_hides_it(report: &mut Report, runs: &Runs) {
    let smallest = &runs.chunks[0];
    let speed = |variant| smallest.speedup(variant).map(|speedup| speedup.median);
    if let (Some(many), Some(single)) = (speed("rayon"), speed("rayon-one-by-one"))
        && many > 2.0 * single
    {
        report.note(format!(
            "At chunks of {} a task for every chunk makes rayon {} times as slow. Left alone, it splits the array only while \
             a thread is idle, and a task is then many chunks: that hides the trap.",
            smallest.at,
            significant(many / single),
        ));
    }
}

fn how_far_off(report: &mut Report) {
    let mut off = Vec::new();
    for row in &report.rows {
        let sweep = row.sweep.iter().flat_map(|sweep| sweep.points.iter().map(|point| (sweep.over, point)));
        for (over, point) in sweep {
            if let (Some(measured), Some(predicted)) = (point.speedup, point.predicted_speedup) {
                let factor = (measured.median / predicted).max(predicted / measured.median);
                off.push((factor, row.variant, over, point.at, predicted, measured.median));
            }
        }
    }
    off.sort_by(|one, other| one.0.total_cmp(&other.0));
    let Some(&(worst, variant, over, at, predicted, measured)) = off.last() else { return };
    report.note(format!(
        "The model learned from other chunks and other arrays than the tables show. Of its {} predictions half are within a \
         factor of {}. The worst is off by a factor of {}: {variant} at {over} {}, {} predicted, {} measured.",
        off.len(),
        significant(off[off.len() / 2].0),
        significant(worst),
        integer(at),
        ratio(predicted),
        ratio(measured),
    ));
}
