//! Sweeps: speed-up by chunk and by size with the cost model's curve, time by threads, and Amdahl's law.

use super::curves::{Curves, Mark, Point, Series};
use super::scale::{plain, times};
use super::{Plot, data_table, source_of};
use crate::reports::{Report, Reports};
use anyhow::{Context as _, Result};
use common::format::{integer, ratio, seconds, significant};
use serde_json::Value;

/// A row's sweep: its points, and what was predicted for them if anything was.
fn sweep(report: &Report, variant: &str, figure: &str) -> Result<Series> {
    let points = report.row(variant)?["sweep"]["points"].as_array();
    let points = points.with_context(|| format!("{} has no sweep of {variant}", report.path.display()))?;
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

/// `1,000` below a million, `1 M` from there on.
fn short(number: f64) -> String {
    if number >= 1e6 { format!("{} M", plain(number / 1e6)) } else { plain(number) }
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

/// Speed-up by chunk size, for every way of handing out chunks.
pub fn chunks(reports: &Reports) -> Result<Plot> {
    let report = reports.of("overhead")?;
    let variants = ["spawn-per-chunk", "channel", "atomic-index", "rayon", "rayon-one-by-one"];
    let series: Vec<Series> =
        variants.iter().map(|variant| sweep(report, variant, "speedup")).collect::<Result<_>>()?;
    let table = data_table(
        "Speed-up by chunk size",
        &["variant", "chunk", "least", "median", "most", "predicted"],
        cells(&series, ratio),
    );
    let ticks = places(&series).into_iter().map(|at| (at, short(at))).collect();
    let canvas = Curves {
        across: ("elements in a chunk", ticks),
        up: ("speed-up", times),
        one: Some((1.0, "1x: one core. Points: measured; dashed: the model")),
        series,
        marks: Vec::new(),
        across_mark: None,
        note: None,
    }
    .draw();
    Ok(Plot { name: "chunks", title: "Speed-up by chunk size".into(), canvas, table, source: source_of(&[report]) })
}

/// Speed-up by array size, one part for each thread.
pub fn sizes(reports: &Reports) -> Result<Plot> {
    let report = reports.of("overhead")?;
    let series = vec![sweep(report, "threads", "speedup")?];
    let table = data_table(
        "Speed-up by array size",
        &["variant", "size", "least", "median", "most", "predicted"],
        cells(&series, ratio),
    );
    let ticks = places(&series).into_iter().map(|at| (at, short(at))).collect();
    let break_even = report.number("quantities.break_even_size").ok();
    let canvas = Curves {
        across: ("elements of the array", ticks),
        up: ("speed-up", times),
        one: Some((1.0, "1x: one core. Points: measured; dashed: the model")),
        series,
        marks: Vec::new(),
        across_mark: break_even.map(|size| (size, format!("break-even: {}", integer(size as i64)))),
        note: None,
    }
    .draw();
    Ok(Plot { name: "sizes", title: "Speed-up by array size".into(), canvas, table, source: source_of(&[report]) })
}

fn nanoseconds(time: f64) -> String {
    if time < 0.01 { format!("{time:.0e} ns") } else { format!("{} ns", plain(time)) }
}

/// Time of an increment by the number of threads.
pub fn contention(reports: &Reports) -> Result<Plot> {
    let (mutex, atomic) = (reports.of("mutex")?, reports.of("atomic")?);
    let figure = "nanoseconds_per_increment";
    let mut series = vec![sweep(mutex, "std-mutex", figure)?];
    for variant in ["compare-exchange", "fetch-add", "adjacent", "padded"] {
        series.push(sweep(atomic, variant, figure)?);
    }
    series.iter_mut().for_each(|series| series.is_joined = true);
    let show = |nanoseconds: f64| seconds(nanoseconds * 1e-9);
    let table = data_table(
        "Time of an increment by threads",
        &["variant", "threads", "least", "median", "most", "predicted"],
        cells(&series, show),
    );
    let ticks = places(&series).into_iter().map(|at| (at, plain(at))).collect();
    let canvas = Curves {
        across: ("threads that add at the same time", ticks),
        up: ("time of one increment", nanoseconds),
        one: None,
        series,
        marks: Vec::new(),
        across_mark: None,
        note: None,
    }
    .draw();
    Ok(Plot {
        name: "contention",
        title: "Time of an increment".into(),
        canvas,
        table,
        source: source_of(&[mutex, atomic]),
    })
}

/// Amdahl's law: with a share `p` of the work in parallel.
fn amdahl_speedup(p: f64, n: f64) -> f64 {
    1.0 / ((1.0 - p) + p / n)
}

/// The share that would explain a speed-up on so many CPUs.
fn parallel_share(speedup: f64, n: f64) -> f64 {
    (1.0 - 1.0 / speedup) / (1.0 - 1.0 / n)
}

/// Amdahl's law with what was measured, and the lecture's figures.
pub fn amdahl(reports: &Reports) -> Result<Plot> {
    let (naive, heavy) = (reports.of("naive")?, reports.of("heavy")?);
    let counts: Vec<f64> = (0..=20).map(|step| 2_f64.powf(f64::from(step) / 4.0)).collect();
    let line = |p: f64| Series {
        label: format!("p = {p}"),
        points: Vec::new(),
        line: counts.iter().map(|&n| (n, amdahl_speedup(p, n))).collect(),
        is_joined: false,
    };
    let mut marks = Vec::new();
    let mut cells = Vec::new();
    for (report, variant, threads) in
        [(heavy, "threads", "threads"), (naive, "thread-borrow", "threads"), (naive, "process-pool", "workers")]
    {
        let (n, figure) =
            (report.number(&format!("parameters.{threads}"))?, report.number(&format!("{variant}.speedup.median"))?);
        let label = format!("{}: {variant} {}", report.lab, ratio(figure));
        // Beyond the curves there is no place.
        marks.push(Mark { at: (n.clamp(1.0, 31.0), figure), label: label.clone(), is_lecture: false });
        cells.push(vec![label, plain(n), ratio(figure)]);
    }
    for report in [heavy, naive] {
        let (n, figure) = (report.number("lecture.cpus")?, report.number("lecture.speedup")?);
        let label = format!("lecture, {} {}", report.lab, ratio(figure));
        marks.push(Mark { at: (n, figure), label: label.clone(), is_lecture: true });
        cells.push(vec![label, plain(n), ratio(figure)]);
    }
    let (n, figure) = (heavy.number("lecture.cpus")?, heavy.number("lecture.speedup")?);
    let share = significant(parallel_share(figure, n));
    let table = data_table("Amdahl's law and what was measured", &["program", "CPUs", "speed-up"], cells);
    let ticks = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0].map(|n| (n, plain(n)));
    let canvas = Curves {
        across: ("CPUs", ticks.to_vec()),
        up: ("speed-up", times),
        one: Some((1.0, "1x: one core. A share p of the work is parallel")),
        series: [1.0, 0.99, 0.9, 0.5].map(line).into_iter().collect(),
        marks,
        across_mark: None,
        note: Some(format!("{} on {} CPUs would mean p = {share}", ratio(figure), plain(n))),
    }
    .draw();
    Ok(Plot { name: "amdahl", title: "Amdahl's law".into(), canvas, table, source: source_of(&[naive, heavy]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amdahls_law_and_its_inverse() {
        assert!((amdahl_speedup(0.5, 1e9) - 2.0).abs() < 1e-6, "half of it parallel: never more than twice");
        assert_eq!(amdahl_speedup(1.0, 32.0), 32.0);
        let share = parallel_share(2.69, 32.0);
        assert!((amdahl_speedup(share, 32.0) - 2.69).abs() < 1e-9 && (share - 0.65).abs() < 0.01, "{share}");
    }
}
