//! Plots speed-ups by variant: one row each, on a logarithmic axis, as bars from the line at 1x, with the figures in
//! columns. In a column, a figure cannot be mistaken for the lecture's mark or another bar's.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, bold_width_of, width_of};
use super::scale::{Scale, times};
use super::{Plot, data_table, source_of};
use crate::reports::{Report, Reports};
use anyhow::Result;
use common::format::ratio;

/// The speed-up of one variant.
struct Row {
    label: String,
    least: f64,
    median: f64,
    most: f64,
    lecture: Option<f64>,
}

/// Returns the rows of a lab. The lecture's figure belongs to the variant `lecture_at`.
fn rows(report: &Report, variants: &[&str], lecture_at: Option<&str>, prefix: &str) -> Result<Vec<Row>> {
    let row = |variant: &&str| {
        let figure = |name: &str| report.number(&format!("{variant}.speedup.{name}"));
        Ok(Row {
            label: format!("{prefix}{variant}"),
            least: figure("min")?,
            median: figure("median")?,
            most: figure("max")?,
            lecture: if lecture_at == Some(variant) { Some(report.number("lecture.speedup")?) } else { None },
        })
    };
    variants.iter().map(row).collect()
}

const NAIVE: [&str; 5] = ["process-pool", "thread-copy", "thread-borrow", "streams", "streams-threads"];
const SHM: [&str; 3] = ["process-shared", "process-shared-warm", "thread-borrow"];
const HEAVY: [&str; 4] = ["threads", "global-lock", "vectorized", "vectorized-threads"];

/// Plots the speed-ups of lab-naive alone.
pub fn naive(reports: &Reports) -> Result<Plot> {
    let report = reports.of("naive")?;
    draw("speedups-naive", "Speed-up of a sum", &rows(report, &NAIVE, Some("process-pool"), "")?, &[report])
}

/// Plots the speed-ups of lab-shm alone.
pub fn shm(reports: &Reports) -> Result<Plot> {
    let report = reports.of("shm")?;
    draw("speedups-shm", "Speed-up in shared memory", &rows(report, &SHM, Some("process-shared"), "")?, &[report])
}

/// Plots the speed-ups of lab-heavy alone.
pub fn heavy(reports: &Reports) -> Result<Plot> {
    let report = reports.of("heavy")?;
    draw("speedups-heavy", "Speed-up of x*x + sin x", &rows(report, &HEAVY, Some("threads"), "")?, &[report])
}

/// Plots all speed-ups of the lecture.
pub fn all(reports: &Reports) -> Result<Plot> {
    let (naive, shm) = (reports.of("naive")?, reports.of("shm")?);
    let (overhead, heavy) = (reports.of("overhead")?, reports.of("heavy")?);
    let mut all = rows(naive, &["process-pool", "thread-copy", "thread-borrow"], Some("process-pool"), "naive: ")?;
    all.extend(rows(shm, &["process-shared", "process-shared-warm"], Some("process-shared"), "shm: ")?);
    all.extend(rows(overhead, &["channel", "threads"], None, "overhead: ")?);
    all.extend(rows(heavy, &["threads", "vectorized-threads"], Some("threads"), "heavy: ")?);
    draw("speedups", "Speed-up by variant", &all, &[naive, shm, overhead, heavy])
}

/// The height of the column titles.
const HEAD: f64 = 42.0;

fn draw(name: &'static str, title: &str, rows: &[Row], reports: &[&Report]) -> Result<Plot> {
    let mut canvas = Canvas::default();
    let widest = rows.iter().map(|row| width_of(&row.label, TEXT)).fold(0.0, f64::max);
    let (lecture_column, median_column) = (WIDTH - 8.0, WIDTH - 146.0); // their right edges
    let (left, right, top, bottom) = (widest + 20.0, median_column - 110.0, 58.0, HEIGHT - 62.0);
    let figures = rows.iter().flat_map(|row| [Some(row.least), Some(row.most), row.lecture]).flatten();
    // Space for a mark at an end of the axis.
    let scale = Scale::log(figures.chain([1.0]), left + 14.0, right - 14.0);
    let height = (bottom - top) / rows.len() as f64;
    for index in (0..rows.len()).step_by(2) {
        canvas.bar(0.0, top + index as f64 * height, WIDTH, height, "stripe");
    }
    for tick in scale.ticks() {
        let x = scale.at(tick);
        canvas.line((x, top), (x, bottom), "grid");
        canvas.text((x, bottom + 20.0), Anchor::Middle, TICK, &times(tick), "tick");
    }
    header(&mut canvas, &scale, (left, right));
    canvas.line((scale.at(1.0), top - 4.0), (scale.at(1.0), bottom), "one");
    canvas.text((8.0, HEIGHT - 16.0), Anchor::Start, TEXT, "bar: median; whisker: all runs", "tick");
    canvas.text((lecture_column, HEIGHT - 16.0), Anchor::End, TEXT, "speed-up over one core, log axis", "tick");
    canvas.text((median_column, HEAD), Anchor::End, TEXT, "median", "strong");
    let from = lecture_column - width_of("lecture,", TEXT);
    canvas.diamond((from - 18.0, HEAD - 26.0));
    canvas.text((from, HEAD - 26.0), Anchor::Start, TEXT, "lecture,", "label");
    let cpus = reports.iter().find_map(|report| report.number("lecture.cpus").ok());
    let cpus = cpus.map_or("figure".to_string(), |cpus| format!("{cpus} CPUs"));
    canvas.text((from, HEAD), Anchor::Start, TEXT, &cpus, "label");

    for (index, row) in rows.iter().enumerate() {
        let y = top + (index as f64 + 0.5) * height;
        canvas.text((left - 10.0, y), Anchor::End, TEXT, &row.label, "label");
        bar(&mut canvas, &scale, row, y, (height * 0.5).min(38.0));
        canvas.text((median_column, y), Anchor::End, TEXT, &ratio(row.median), "value");
        if let Some(lecture) = row.lecture {
            canvas.diamond((scale.at(lecture), y));
            canvas.text((lecture_column, y), Anchor::End, TEXT, &ratio(lecture), "label");
        }
    }
    let cells = rows.iter().map(|row| {
        let lecture = row.lecture.map_or("–".to_string(), ratio);
        vec![row.label.clone(), ratio(row.least), ratio(row.median), ratio(row.most), lecture]
    });
    let table = data_table(title, &["variant", "least", "median", "most", "lecture"], cells.collect());
    Ok(Plot { name, title: title.to_string(), canvas, table, source: source_of(reports) })
}

/// Labels the line at 1x, and its two sides if there is room.
fn header(canvas: &mut Canvas, scale: &Scale, (left, right): (f64, f64)) {
    let (slower, what, faster) = ("◂ slower", "1x: one core", "faster ▸");
    let (half, y) = (bold_width_of(what, TEXT) / 2.0, HEAD);
    let x = scale.at(1.0).clamp(left + half, right - half);
    canvas.text((x, y), Anchor::Middle, TEXT, what, "strong");
    // There is room on the side of the labels; the other side has the column titles.
    canvas.text((x - half - 16.0, y), Anchor::End, TEXT, slower, "label");
    if x + half + 16.0 + width_of(faster, TEXT) < right {
        canvas.text((x + half + 16.0, y), Anchor::Start, TEXT, faster, "label");
    }
}

/// Draws a row's bar from 1x to the median, and its whisker.
fn bar(canvas: &mut Canvas, scale: &Scale, row: &Row, y: f64, thick: f64) {
    let (one, median) = (scale.at(1.0), scale.at(row.median));
    let class = if row.median < 1.0 { "slow" } else { "fast" };
    canvas.bar(one.min(median), y - thick / 2.0, (median - one).abs(), thick, class);
    canvas.whisker((scale.at(row.least), scale.at(row.most)), y);
}
