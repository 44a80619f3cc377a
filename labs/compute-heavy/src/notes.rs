//! What the figures show, in sentences that are made from them.

use crate::sine::sine;
use crate::sums;
use common::format::{integer, ratio, seconds};
use common::{Figure, Report, machine::Machine, partition, timing::Series};

/// Where the speed comes from: more cores, or better code on one.
pub fn on_speed(report: &mut Report, size: usize, threads: usize) {
    let speedup = |variant| report.figure(Figure::Speedup(variant)).map(|summary| summary.median);
    let time = report.figure(Figure::Seconds("sequential")).map_or(0.0, |summary| summary.median);
    let start = report.row("threads").and_then(|row| row.phase("start")).unwrap_or(0.0);
    let several = threads > 1 && Machine::detect().effective_cpus() > 1;
    let mut notes = Vec::new();
    if let Some(parallel) = speedup("threads").filter(|_| several) {
        notes.push(format!(
            "{threads} threads reach {}. One loop takes {}, {} an element; starting the threads takes {}.",
            ratio(parallel),
            seconds(time),
            seconds(time / size as f64),
            seconds(start),
        ));
    }
    if let (Some(parallel), Some(locked)) = (speedup("threads"), speedup("global-lock"))
        && several
        && parallel > 1.0
        && locked < parallel.min(1.1)
    {
        notes.push(format!(
            "The same threads under one lock reach {}: only the one that holds it computes, so the others bring nothing. That is \
             what Python's global interpreter lock does to threads, and why the lecture's program starts processes.",
            ratio(locked)
        ));
    }
    if let (Some(parallel), Some(better)) = (speedup("threads"), speedup("vectorized").filter(|&better| better > 1.1)) {
        let comparison = match several {
            true if better > parallel => format!(", more than {threads} threads with the plain loop"),
            true => format!(", less than {threads} threads with the plain loop"),
            false => String::new(),
        };
        notes.push(format!("Better code on ONE core reaches {}{comparison}.", ratio(better)));
    }
    notes.into_iter().for_each(|note| report.note(note));
}

/// Why the sums differ in their last digits, and by how much.
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
            "One loop ends at {sequential}, threads at {parallel}: {:.1e} of it apart, {} in the last place. \
             Floating-point addition is not associative: (a + b) + c is not rounded where a + (b + c) is, and each thread adds \
             up a chunk of its own.",
            (parallel - sequential).abs() / sequential,
            units(last_places(parallel)),
        ));
    }
    let in_chunks = |count| {
        let chunks = partition::even(array.len(), count).map(|range| &array[range]);
        format!("{} with {count}", integer(last_places(chunks.map(sums::sequential).sum())))
    };
    report.note(format!(
        "How far the sum of chunks is from one loop depends on their number (units in the last place): {}.",
        [1, 2, 3, 4, 8, 32].map(in_chunks).join(", "),
    ));
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
    report.note(format!(
        "vectorized ends at {vectorized}, {} away{why}. A row counts as correct within {tolerance:.0e} of the sequential sum.",
        units(last_places(vectorized)),
    ));
}

fn units(count: u64) -> String {
    if count == 1 { "1 unit".into() } else { format!("{} units", integer(count)) }
}
