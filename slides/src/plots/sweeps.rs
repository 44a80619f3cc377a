//! Plots sweeps: speed-up by chunk size and by array size with the cost model's curve, and time by threads.

use super::curves::{Curves, Point, Series};
use super::scale::{plain, times};
use super::{Plot, data_table, source_of};
use crate::reports::{Report, Reports};
use anyhow::{Context as _, Result};
use common::format::{integer, ratio, seconds};
use serde_json::Value;

/// Returns a row's sweep: its points, and its predicted line if there is one.
fn sweep(report: &Report, variant: &str, over: &str, figure: &str) -> Result<Series> {
    let sweep = &report.row(variant)?["sweep"];
    let points = sweep["points"].as_array().filter(|_| sweep["over"] == over);
    let points = points.with_context(|| format!("{} has no sweep of {variant} over {over}", report.path.display()))?;
    let missing = || format!("{}: the sweep of {variant} has no {figure}", report.path.display());
    let number = |point: &Value, name: &str| point[figure][name].as_f64().with_context(missing);
    let read = |point: &Value| {
        let at = point["at"].as_f64().with_context(missing)?;
        Ok(Point { at, least: number(point, "min")?, median: number(point, "median")?, most: number(point, "max")? })
    };
    let predicted = |point: &Value| Some((point["at"].as_f64()?, point["predicted_speedup"].as_f64()?));
    Ok(Series {
        label: variant.to_string(),
        points: points.iter().map(read).collect::<Result<_>>()?,
        line: points.iter().filter_map(predicted).collect(),
        is_joined: false,
    })
}

fn places(series: &[Series]) -> Vec<f64> {
    let mut places: Vec<f64> = series.iter().flat_map(|series| series.points.iter().map(|point| point.at)).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    places
}

/// Formats a number: `1,000` below a million, `1 M` or `1.52 M` from there on.
fn short(number: f64) -> String {
    if number >= 1e6 { format!("{} M", plain((number / 1e4).round() / 100.0)) } else { plain(number.round()) }
}

/// Returns the size from which on the threads win. A report may say that there is no such size, but it must have the quantity.
fn break_even(report: &Report, sizes: &[f64]) -> Result<(Option<f64>, String)> {
    const NAME: &str = "break_even_size";
    let all = report.value["quantities"].as_array();
    let found = all.and_then(|all| all.iter().find(|quantity| quantity["name"] == NAME));
    if found.is_some_and(|quantity| quantity["value"].is_null()) {
        return Ok((None, "no break-even among these sizes".into()));
    }
    let size = report.number(&format!("quantities.{NAME}"))?;
    let is_within = sizes.first().is_some_and(|least| *least <= size) && sizes.last().is_some_and(|most| size <= *most);
    Ok((is_within.then_some(size), format!("break-even: {}", short(size))))
}

fn cells(series: &[Series], show: fn(f64) -> String) -> Vec<Vec<String>> {
    let cells = |series: &Series| {
        let predicted = |at: f64| {
            series.line.iter().find(|(other, _)| *other == at).map_or("–".into(), |(_, figure)| show(*figure))
        };
        let row = |point: &Point| {
            vec![
                series.label.clone(),
                integer(point.at as i64),
                show(point.least),
                show(point.median),
                show(point.most),
                predicted(point.at),
            ]
        };
        series.points.iter().map(row).collect::<Vec<_>>()
    };
    series.iter().flat_map(cells).collect()
}

/// Plots the speed-up by chunk size, for every way of handing out chunks.
pub fn chunks(reports: &Reports) -> Result<Plot> {
    let report = reports.of("overhead")?;
    let variants = ["spawn-per-chunk", "channel", "atomic-index", "rayon", "rayon-one-by-one"];
    let series: Vec<Series> =
        variants.iter().map(|variant| sweep(report, variant, "chunk", "speedup")).collect::<Result<_>>()?;
    let table = data_table(
        "Speed-up by chunk size",
        &["variant", "chunk", "least", "median", "most", "predicted"],
        cells(&series, ratio),
    );
    // The lab runs only some of the smallest chunks and extrapolates, which a warning says.
    let warnings = report.value["warnings"].as_array();
    let is_capped = warnings.is_some_and(|all| all.iter().any(|warning| warning["kind"] == "capped"));
    let ticks = places(&series).into_iter().map(|at| (at, short(at))).collect();
    let canvas = Curves {
        across: ("elements per chunk", ticks),
        up: ("speed-up", times),
        one: Some((1.0, "1x: one core. Points: measured. Dashed: predicted")),
        series,
        marks: Vec::new(),
        across_mark: None,
        note: is_capped.then(|| "The smallest chunks are extrapolated.".to_string()),
    }
    .draw();
    Ok(Plot { name: "chunks", title: "Speed-up by chunk size".into(), canvas, table, source: source_of(&[report]) })
}

/// Plots the speed-up by array size, with one part per thread.
pub fn sizes(reports: &Reports) -> Result<Plot> {
    let report = reports.of("overhead")?;
    let series = vec![sweep(report, "threads", "size", "speedup")?];
    let sizes = places(&series);
    let break_even = break_even(report, &sizes)?;
    let mut cells = cells(&series, ratio);
    cells.push(vec![break_even.1.clone()]);
    let header = ["variant", "size", "least", "median", "most", "predicted"];
    let table = data_table("Speed-up by array size", &header, cells);
    let ticks = sizes.into_iter().map(|at| (at, short(at))).collect();
    let canvas = Curves {
        across: ("elements in the array", ticks),
        up: ("speed-up", times),
        one: Some((1.0, "1x: one core. Points: measured. Dashed: predicted")),
        series,
        marks: Vec::new(),
        across_mark: Some(break_even),
        note: None,
    }
    .draw();
    Ok(Plot { name: "sizes", title: "Speed-up by array size".into(), canvas, table, source: source_of(&[report]) })
}

fn nanoseconds(time: f64) -> String {
    if time < 0.01 { format!("{time:.0e} ns") } else { format!("{} ns", plain(time)) }
}

/// Plots the time per increment by the number of threads.
pub fn contention(reports: &Reports) -> Result<Plot> {
    let (mutex, atomic) = (reports.of("mutex")?, reports.of("atomic")?);
    let figure = "nanoseconds_per_increment";
    let mut series = vec![sweep(mutex, "std-mutex", "threads", figure)?];
    for variant in ["compare-exchange", "fetch-add", "adjacent", "padded"] {
        series.push(sweep(atomic, variant, "threads", figure)?);
    }
    for variant in ["parking-lot", "spin"] {
        series.push(sweep(mutex, variant, "threads", figure)?);
    }
    series.iter_mut().for_each(|series| series.is_joined = true);
    let show = |nanoseconds: f64| seconds(nanoseconds * 1e-9);
    let table = data_table(
        "Time per increment by number of threads",
        &["variant", "threads", "least", "median", "most", "predicted"],
        cells(&series, show),
    );
    let places = places(&series);
    // More threads than CPUs take turns, so their times include the scheduler.
    let cpus = atomic.value["machine"]["cpus_allowed"].as_f64();
    let cpus = cpus.filter(|cpus| places.last().is_some_and(|most| cpus < most));
    let ticks = places.into_iter().map(|at| (at, plain(at))).collect();
    let canvas = Curves {
        across: ("threads that add at the same time", ticks),
        up: ("time per increment", nanoseconds),
        one: None,
        series,
        marks: Vec::new(),
        across_mark: cpus.map(|cpus| (Some(cpus), "right of this line: more threads than CPUs".to_string())),
        note: None,
    }
    .draw();
    Ok(Plot {
        name: "contention",
        title: "Time per increment".into(),
        canvas,
        table,
        source: source_of(&[mutex, atomic]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!([1.0, 1_000.0, 1e6, 1_519_209.6, 50e6].map(short), ["1", "1,000", "1 M", "1.52 M", "50 M"]);
    }
}
