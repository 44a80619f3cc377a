//! Builds the rows of the report, and its warnings.

use crate::model::Model;
use crate::sweeps::{CAPS, CHUNK, Measured, Runs};
use common::format::integer;
use common::report::Sweep;
use common::{Row, timing, warning::Warning};

/// Returns one row per variant: its runs with chunks of [`CHUNK`] elements, and its sweep over other sizes.
pub fn rows(runs: &Runs, model: &Model) -> Vec<Row> {
    let shown = |measured: &&Measured| measured.shown;
    let row = |row: Row| {
        let variant = row.variant;
        let over_chunks =
            runs.chunks.iter().filter(shown).map(|run| run.point(variant, model.at_chunk(variant, run.at)));
        let over_sizes = runs.sizes.iter().filter(shown).map(|run| run.point(variant, model.at_size(run.at)));
        let sweep = match variant {
            "sequential" => None,
            "threads" => Some(Sweep { over: "size", points: over_sizes.collect() }),
            _ => Some(Sweep { over: "chunk", points: over_chunks.collect() }),
        };
        let correct = runs.chunks.iter().chain(&runs.sizes).all(|run| run.is_correct(variant));
        Row { sweep, correct: Some(correct), ..row }
    };
    Row::sums(&table(runs).series).into_iter().map(row).collect()
}

fn table(runs: &Runs) -> &Measured {
    runs.chunks.iter().find(|measured| measured.at == CHUNK).expect("this size is always measured")
}

/// Returns the warnings that a reader needs before the rows.
pub fn warnings(runs: &Runs, size: usize, threads: usize) -> Vec<Warning> {
    let mut warnings = timing::warnings(&table(runs).series);
    for (variant, most) in CAPS {
        if runs.elements > most {
            let message = format!(
                "with chunks of less than {} elements, only {} chunks run, and the time of all chunks is extrapolated from them",
                integer(runs.elements.div_ceil(most) as i64),
                integer(most as i64)
            );
            warnings.push(Warning::Capped { variant, message });
        }
    }
    if threads > size {
        warnings.push(Warning::EmptyChunks { workers: threads, size });
    }
    warnings
}
