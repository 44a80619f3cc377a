//! Explains the figures in sentences that are made from them.

use crate::sine::sine;
use crate::sums;
use common::format::{integer, ratio, seconds};
use common::report::Note;
use common::{Figure, Report, machine::Machine, partition, timing::Series};

/// Explains where the speed comes from: more cores, or better code on one.
pub fn on_speed(report: &mut Report, size: usize, threads: usize) {
    let speedup = |variant| report.figure(Figure::Speedup(variant)).map(|summary| summary.median);
    let time = report.figure(Figure::Seconds("sequential")).map_or(0.0, |summary| summary.median);
    let start = report.row("threads").and_then(|row| row.phase("start")).unwrap_or(0.0);
    let mut notes = Vec::new();
    let several = threads > 1 && Machine::detect().effective_cpus() > 1;
    if let Some(parallel) = speedup("threads").filter(|_| several) {
        notes.push(Note::on_time(
            format!(
                "{threads} threads reach {}. An element takes {}, the start of the threads {}.",
                ratio(parallel),
                seconds(time / size as f64),
                seconds(start),
            ),
            &["sequential", "threads"],
        ));
    }
    if let (Some(parallel), Some(locked)) = (speedup("threads"), speedup("global-lock"))
        && several
        && parallel > 1.0
        && locked < parallel.min(1.1)
    {
        notes.push(Note::on_time(
            format!(
                "The same threads under one lock reach {}: only the thread that holds it computes. Python's global interpreter lock does \
                 that to threads that compute, and so the lecture's program starts processes.",
                ratio(locked)
            ),
            &["threads", "global-lock"],
        ).in_full());
    }
    if let (Some(parallel), Some(better)) = (speedup("threads"), speedup("vectorized").filter(|&better| better > 1.1)) {
        let comparison = match several {
            true if better > parallel => format!(", more than the {threads} threads"),
            true => format!(", less than the {threads} threads"),
            false => String::new(),
        };
        notes.push(Note::on_time(
            format!("Better code on one core reaches {}{comparison}.", ratio(better)),
            &["sequential", "threads", "vectorized"],
        ));
    }
    report.notes.extend(notes);
}

/// Explains why the sums differ in their last digits, and by how much.
pub fn on_sums(report: &mut Report, series: &[Series<f64>], array: &[f64], tolerance: f64) {
    let sum_of = |variant: &str| {
        let found = series.iter().find(|series| series.variant == variant);
        found.map_or(f64::NAN, |series| series.samples[0].value)
    };
    let (sequential, parallel, vectorized) = (sum_of("sequential"), sum_of("threads"), sum_of("vectorized"));
    // The doubles of one sign are numbered by their bits, in order.
    let last_places = |sum: f64| sum.to_bits().abs_diff(sequential.to_bits());

    if parallel == sequential {
        report.note(format!("One loop and threads end at the same sum, {sequential}, to the last digit."));
    } else {
        report.note(format!(
            "One loop ends at {sequential} and the threads at {parallel}, {} in the last place apart: floating-point addition \
             is not associative.",
            units(last_places(parallel)),
        ));
    }
    let in_chunks = |count| {
        let chunks = partition::even(array.len(), count).map(|range| &array[range]);
        format!("{} with {count}", integer(last_places(chunks.map(sums::sequential).sum())))
    };
    report.note(
        Note::from(format!(
            "How far the sum of chunks is from one loop depends on their number (units in the last place): {}.",
            [1, 2, 3, 4, 8, 32].map(in_chunks).join(", "),
        ))
        .in_full(),
    );
    let error = |&x: &f64| (sine(x, |a, b, c| a * b + c) - x.sin()).abs();
    let worst = array.iter().map(error).fold(0.0, f64::max);
    let why = if array.len() > 16 && worst > 0.0 {
        format!(
            ": sixteen partial sums are another order, and for these elements its polynomial differs from the library's sine by \
             up to {worst:.1e}"
        )
    } else {
        String::new()
    };
    let note = format!(
        "vectorized ends at {vectorized}, {} away{why}. A row counts as correct within {tolerance:.0e} of the sequential sum.",
        units(last_places(vectorized)),
    );
    report.note(Note::from(note).in_full());
}

fn units(count: u64) -> String {
    if count == 1 { "1 unit".into() } else { format!("{} units", integer(count)) }
}
