//! Speed-up by variant: a row each, on a log axis, growing from the line at 1x.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, width_of};
use super::scale::{Scale, times};
use super::{Plot, data_table, source_of};
use crate::reports::{Report, Reports};
use anyhow::Result;
use common::format::ratio;

/// A variant.
struct Row {
    label: String,
    least: f64,
    median: f64,
    most: f64,
    lecture: Option<f64>,
}

/// A lab's variants; the first with the lecture's figure is its program.
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

/// lab-naive alone.
pub fn naive(reports: &Reports) -> Result<Plot> {
    let report = reports.of("naive")?;
    draw("speedups-naive", "Speed-up of a sum", &rows(report, &NAIVE, Some("process-pool"), "")?, &[report])
}

/// lab-shm alone.
pub fn shm(reports: &Reports) -> Result<Plot> {
    let report = reports.of("shm")?;
    draw("speedups-shm", "Speed-up in shared memory", &rows(report, &SHM, Some("process-shared"), "")?, &[report])
}

/// lab-heavy alone.
pub fn heavy(reports: &Reports) -> Result<Plot> {
    let report = reports.of("heavy")?;
    draw("speedups-heavy", "Speed-up of x*x + sin x", &rows(report, &HEAVY, Some("threads"), "")?, &[report])
}

/// What one lock around everything does.
pub fn gil(reports: &Reports) -> Result<Plot> {
    let report = reports.of("heavy")?;
    draw("gil", "The same threads under one lock", &rows(report, &["threads", "global-lock"], None, "")?, &[report])
}

/// The lecture on one page.
pub fn all(reports: &Reports) -> Result<Plot> {
    let (naive, shm) = (reports.of("naive")?, reports.of("shm")?);
    let (overhead, heavy) = (reports.of("overhead")?, reports.of("heavy")?);
    let mut all = rows(naive, &["process-pool", "thread-copy", "thread-borrow"], Some("process-pool"), "naive: ")?;
    all.extend(rows(shm, &["process-shared", "process-shared-warm"], Some("process-shared"), "shm: ")?);
    all.extend(rows(overhead, &["channel", "threads"], None, "overhead: ")?);
    all.extend(rows(heavy, &["threads", "vectorized-threads"], Some("threads"), "heavy: ")?);
    draw("speedups", "Speed-up by variant", &all, &[naive, shm, overhead, heavy])
}

fn draw(name: &'static str, title: &str, rows: &[Row], reports: &[&Report]) -> Result<Plot> {
    let mut canvas = Canvas::default();
    let widest = rows.iter().map(|row| width_of(&row.label, TEXT)).fold(0.0, f64::max);
    let (left, right, top, bottom) = (widest + 24.0, WIDTH - 16.0, 52.0, HEIGHT - 62.0);
    let figures = rows.iter().flat_map(|row| [Some(row.least), Some(row.most), row.lecture]).flatten();
    let value_room = 110.0; // for a figure at either end
    let scale = Scale::log(figures.chain([1.0]), left + value_room, right - value_room);
    let one = scale.at(1.0);

    for tick in scale.ticks() {
        let x = scale.at(tick);
        canvas.line((x, top), (x, bottom), if tick == 1.0 { "one" } else { "grid" });
        canvas.text((x, bottom + 20.0), Anchor::Middle, TICK, &times(tick), "tick");
    }
    canvas.text((right, HEIGHT - 14.0), Anchor::End, TICK, "speed-up against one core, log axis", "tick");
    canvas.text((left, HEIGHT - 14.0), Anchor::Start, TICK, "bar: median, whisker: all runs", "tick");
    // Both words fit beside the line, wherever it is.
    let (slower, faster) = ("slower ◂ ", " ▸ faster");
    let x = one.clamp(left + width_of(slower, TEXT), right - width_of(faster, TEXT));
    canvas.text((x, 18.0), Anchor::End, TEXT, slower, "strong");
    canvas.text((x, 18.0), Anchor::Start, TEXT, faster, "strong");

    let height = (bottom - top) / rows.len() as f64;
    for (index, row) in rows.iter().enumerate() {
        let y = top + (index as f64 + 0.5) * height;
        let thick = (height * 0.5).min(38.0);
        let (from, to) = (one.min(scale.at(row.median)), one.max(scale.at(row.median)));
        canvas.text((left - 12.0, y), Anchor::End, TEXT, &row.label, "label");
        let class = if row.median < 1.0 { "slow" } else { "fast" };
        canvas.bar(from, y - thick / 2.0, to - from, thick, class);
        let (least, most) = (scale.at(row.least), scale.at(row.most));
        canvas.line((least, y), (most, y), "whisker");
        canvas.line((least, y - 7.0), (least, y + 7.0), "whisker");
        canvas.line((most, y - 7.0), (most, y + 7.0), "whisker");
        let (mut low, mut high) = (from.min(least), to.max(most));
        if let Some(lecture) = row.lecture {
            let x = scale.at(lecture);
            canvas.diamond((x, y));
            (low, high) = (low.min(x - 11.0), high.max(x + 11.0));
        }
        // The figure stands at the outer end.
        if row.median < 1.0 {
            canvas.text((low - 8.0, y), Anchor::End, TEXT, &ratio(row.median), "value");
        } else {
            canvas.text((high + 8.0, y), Anchor::Start, TEXT, &ratio(row.median), "value");
        }
    }
    if rows.iter().any(|row| row.lecture.is_some()) {
        let text = lecture_note(reports);
        let legend = 28.0 + width_of(&text, TICK);
        // Left of the two words if there is room, otherwise right of them.
        let x = if left + legend < x - width_of(slower, TEXT) { left } else { right - legend };
        canvas.diamond((x + 11.0, 18.0));
        canvas.text((x + 28.0, 18.0), Anchor::Start, TICK, &text, "tick");
    }
    let cells = rows.iter().map(|row| {
        let lecture = row.lecture.map_or("–".to_string(), ratio);
        vec![row.label.clone(), ratio(row.least), ratio(row.median), ratio(row.most), lecture]
    });
    let table = data_table(title, &["variant", "least", "median", "most", "lecture"], cells.collect());
    Ok(Plot { name, title: title.to_string(), canvas, table, source: source_of(reports) })
}

fn lecture_note(reports: &[&Report]) -> String {
    let cpus = reports.iter().find_map(|report| report.number("lecture.cpus").ok());
    cpus.map_or("the lecture".to_string(), |cpus| format!("the lecture, {cpus} CPUs"))
}
