//! Plots the effect of one global lock: three bars from zero, on a linear axis, since all of them are about one.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, width_of};
use super::scale::{Scale, times};
use super::{Plot, data_table, source_of};
use crate::reports::Reports;
use anyhow::Result;
use common::format::{integer, ratio};

const VARIANTS: [&str; 3] = ["sequential", "threads", "global-lock"];
const TITLE: &str = "The same threads under one lock";

/// Plots the speed-ups of lab-heavy with and without a global lock.
pub fn plot(reports: &Reports) -> Result<Plot> {
    let report = reports.of("heavy")?;
    let figure = |variant: &str, name: &str| report.number(&format!("{variant}.speedup.{name}"));
    let row = |variant: &&str| Ok([figure(variant, "min")?, figure(variant, "median")?, figure(variant, "max")?]);
    let rows = VARIANTS.iter().map(row).collect::<Result<Vec<_>>>()?;
    let threads = integer(report.number("parameters.threads")? as i64);

    let mut canvas = Canvas::default();
    let widest = VARIANTS.iter().map(|variant| width_of(variant, TEXT)).fold(0.0, f64::max);
    let (left, right, top, bottom) = (widest + 24.0, WIDTH - 120.0, 48.0, HEIGHT - 62.0);
    let most = rows.iter().map(|[_, _, most]| *most).fold(1.0, f64::max);
    let scale = Scale::linear(most, left, right);
    for tick in scale.ticks() {
        let x = scale.at(tick);
        canvas.line((x, top), (x, bottom), "grid");
        canvas.text((x, bottom + 20.0), Anchor::Middle, TICK, &times(tick), "tick");
    }
    let height = (bottom - top) / rows.len() as f64;
    for (index, [least, median, most]) in rows.iter().enumerate() {
        let y = top + (index as f64 + 0.5) * height;
        canvas.text((left - 12.0, y), Anchor::End, TEXT, VARIANTS[index], "label");
        let class = match *median {
            1.0 => "neutral",
            median if median < 1.0 => "slow",
            _ => "fast",
        };
        canvas.bar(left, y - 30.0, scale.at(*median) - left, 60.0, class);
        canvas.whisker((scale.at(*least), scale.at(*most)), y);
        let end = scale.at(median.max(*most)) + 10.0;
        // Beyond the line rather than on it.
        let end = if end < scale.at(1.0) + 10.0 { scale.at(1.0) + 10.0 } else { end };
        canvas.text((end, y), Anchor::Start, TEXT, &ratio(*median), "value");
    }
    canvas.line((scale.at(1.0), top - 12.0), (scale.at(1.0), bottom), "one");
    canvas.text((scale.at(1.0), 20.0), Anchor::Middle, TEXT, "1x: one core", "strong");
    let note = format!("{threads} threads; bar: median; whisker: all runs");
    canvas.text((left, HEIGHT - 16.0), Anchor::Start, TEXT, &note, "tick");
    canvas.text((WIDTH - 8.0, HEIGHT - 16.0), Anchor::End, TEXT, "speed-up over one core", "tick");

    let cells = VARIANTS
        .iter()
        .zip(&rows)
        .map(|(variant, [least, median, most])| vec![variant.to_string(), ratio(*least), ratio(*median), ratio(*most)]);
    let table = data_table(TITLE, &["variant", "least", "median", "most"], cells.collect());
    Ok(Plot { name: "gil", title: TITLE.into(), canvas, table, source: source_of(&[report]) })
}
