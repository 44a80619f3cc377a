//! Explains the report's figures in sentences.

use crate::model::{Model, STRATEGIES};
use crate::quantities::{break_even_chunk, break_even_size};
use crate::sweeps::{CHUNK, Runs};
use common::Report;
use common::cost_model::BreakEven;
use common::format::{integer, ratio, seconds, significant};
use common::report::Note;

/// Elements of the lecture's array.
const LECTURE: usize = 50_000_000;

/// Adds what the figures show to the notes of the report.
pub fn explain(report: &mut Report, runs: &Runs, model: &Model) {
    let handed_out =
        if model.elements == 1 { "1 element".into() } else { format!("{} elements", integer(model.elements as i64)) };
    report.note(format!("The table is about {handed_out} in chunks of {CHUNK}. Nothing is copied."));
    price_of_a_chunk(report, model);
    neighbours_apart(report, model);
    if model.at_once > 1 {
        paying_chunks(report, runs, model);
        paying_sizes(report, runs, model);
    } else {
        report.note(
            "One thread runs at a time, so there is no gain to set against the cost: no chunk and no array is large enough.",
        );
    }
    rayon_hides_it(report, runs);
    let whole = runs.sizes.last().filter(|last| last.at == LECTURE && model.at_once > 1);
    if let Some(speedup) = whole.and_then(|whole| whole.speedup("threads")) {
        let note = format!(
            "On all {} elements, threads reach {} (lecture: 0.62x).",
            integer(LECTURE as i64),
            ratio(speedup.median)
        );
        report.note(Note::on_time(note, &["sequential"]));
    }
    how_far_off(report);
}

fn price_of_a_chunk(report: &mut Report, model: &Model) {
    let Some(price) = model.costs("channel").map(|costs| costs.per_task) else { return };
    let additions = CHUNK as f64 * model.per_element;
    report.note(Note::on_time(
        format!("A chunk costs {} through the channel, its {CHUNK} additions {}.", seconds(price), seconds(additions),),
        &["sequential", "channel"],
    ));
}

fn neighbours_apart(report: &mut Report, model: &Model) {
    if let Some(slowdown) = model.slowdown_at(CHUNK).filter(|slowdown| *slowdown > 1.2 && model.at_once > 1) {
        report.note(
            Note::on_time(
                format!(
                    "There is a second cost. Chunks of {CHUNK} that are dealt out in turn beforehand make an element take {} times as \
                     long as one part per thread does: neighbouring chunks go to different cores.",
                    significant(slowdown)
                ),
                &["sequential"],
            )
            .in_full(),
        );
    }
}

fn paying_chunks(report: &mut Report, runs: &Runs, model: &Model) {
    let sentences = STRATEGIES.iter().filter_map(|strategy| {
        let variant = strategy.variant;
        Some(match break_even_chunk(variant, runs, model)? {
            BreakEven::At(chunk) => format!("{variant} from {} on", elements(chunk)),
            BreakEven::Always => format!("{variant} at every size measured"),
            BreakEven::Never => format!("{variant} at none"),
        })
    });
    let sentences: Vec<String> = sentences.collect();
    if !sentences.is_empty() {
        let note = format!("Chunks that are faster than one core alone, as measured: {}.", sentences.join("; "));
        report.note(Note::on_time(note, &["sequential"]).in_full());
    }
}

fn paying_sizes(report: &mut Report, runs: &Runs, model: &Model) {
    let Some(measured) = break_even_size(runs, model) else { return };
    let found = match measured {
        BreakEven::At(size) => format!("they win from {} on", elements(size)),
        BreakEven::Always => "they win at every size measured".into(),
        BreakEven::Never => "they win at no size measured".into(),
    };
    let note = format!("Threads that get one chunk each take {} to start and to end: {found}.", seconds(model.start));
    report.note(Note::on_time(note, &["sequential"]).in_full());
}

fn elements(size: f64) -> String {
    // The runs are not precise enough for more than two digits.
    let unit = 10_f64.powf(size.log10().floor() - 1.0);
    match ((size / unit).round() * unit).round().max(1.0) as i64 {
        1 => "1 element".into(),
        size => format!("{} elements", integer(size)),
    }
}

fn rayon_hides_it(report: &mut Report, runs: &Runs) {
    let smallest = &runs.chunks[0];
    let speed = |variant| smallest.speedup(variant).map(|speedup| speedup.median);
    if let (Some(many), Some(single)) = (speed("rayon"), speed("rayon-one-by-one"))
        && many > 2.0 * single
    {
        let note = format!(
            "At chunks of {} a task per chunk makes rayon {} times as slow. By itself rayon splits the array only while a thread is \
             idle, and a task then has many chunks.",
            smallest.at,
            significant(many / single),
        );
        report.note(Note::on_time(note, &["rayon", "rayon-one-by-one"]).in_full());
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
    let note = format!(
        "The model learned from other chunks and other arrays than the tables show. Of its {} predictions half are within a factor of {}. \
         The worst is off by a factor of {}: {variant} at {over} {}, {} predicted, {} measured.",
        off.len(),
        significant(off[off.len() / 2].0),
        significant(worst),
        integer(at),
        ratio(predicted),
        ratio(measured),
    );
    report.note(Note::on_time(note, &["sequential"]).in_full());
}
