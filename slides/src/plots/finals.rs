//! Where a counter ended, run by run: a strip for each variant.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, width_of};
use super::scale::Scale;
use super::{Plot, data_table, source_of};
use crate::reports::Reports;
use anyhow::{Context as _, Result};
use common::format::integer;

const VARIANTS: [&str; 4] = ["plain", "load-store", "load-spin-store", "process-load-spin-store"];
const BINS: usize = 50;

/// lab-race.
pub fn plot(reports: &Reports) -> Result<Plot> {
    let report = reports.of("race")?;
    let expected = report.number("load-spin-store.expected")?;
    let (lecture, lecture_of) = (report.number("lecture.final")?, report.number("lecture.expected")?);
    let finals = |variant: &&str| {
        let finals = report.row(variant)?["finals"].as_array();
        let finals = finals.with_context(|| format!("{} has no finals of {variant}", report.path.display()))?;
        Ok(finals.iter().filter_map(serde_json::Value::as_f64).collect::<Vec<f64>>())
    };
    let all = VARIANTS.iter().map(finals).collect::<Result<Vec<_>>>()?;

    let mut canvas = Canvas::default();
    let widest = VARIANTS.iter().map(|variant| width_of(variant, TEXT)).fold(0.0, f64::max);
    let (left, right, top, bottom) = (widest + 24.0, WIDTH - 60.0, 56.0, HEIGHT - 70.0);
    let scale = Scale::linear(expected, left, right);
    for tick in scale.ticks() {
        canvas.text((scale.at(tick), bottom + 22.0), Anchor::Middle, TICK, &integer(tick as i64), "tick");
    }
    let height = (bottom - top) / VARIANTS.len() as f64;
    for (index, finals) in all.iter().enumerate() {
        let (from, to) = (top + index as f64 * height + 14.0, top + (index + 1) as f64 * height);
        canvas.line((left, to), (right, to), "axis");
        canvas.text((left - 12.0, (from + to) / 2.0 - 12.0), Anchor::End, TEXT, VARIANTS[index], "label");
        let kept = finals.iter().filter(|value| **value == expected).count();
        let note = format!("{kept} of {} kept all", finals.len());
        canvas.text((left - 12.0, (from + to) / 2.0 + 14.0), Anchor::End, TICK, &note, "tick");
        let bins = bins(finals, expected);
        let most = bins.iter().copied().max().unwrap_or(1).max(1) as f64;
        let wide = (right - left) / BINS as f64;
        for (bin, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
            let tall = (to - from) * *count as f64 / most;
            canvas.bar(
                left + bin as f64 * wide + 1.0,
                to - tall,
                wide - 2.0,
                tall,
                if bin == BINS - 1 { "fast" } else { "slow" },
            );
        }
    }
    let x = scale.at(lecture * expected / lecture_of);
    canvas.line((x, top - 6.0), (x, bottom), "mark");
    canvas.diamond((x, top - 18.0));
    canvas.text(
        (x + 18.0, 30.0),
        Anchor::Start,
        TEXT,
        &format!("the lecture: {lecture:.0} of {lecture_of:.0}"),
        "label",
    );
    canvas.text((right, 30.0), Anchor::End, TEXT, &format!("wanted: {}", integer(expected as i64)), "strong");
    canvas.line((right, top - 6.0), (right, bottom), "one");
    canvas.text(
        (right, HEIGHT - 16.0),
        Anchor::End,
        TEXT,
        "final value; the height is the share of the runs",
        "strong",
    );

    let cells = VARIANTS.iter().zip(&all).map(|(variant, finals)| {
        let mut sorted = finals.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            sorted
                .get(((sorted.len().max(1) - 1) as f64 * share).round() as usize)
                .map_or("–".into(), |value| integer(*value as i64))
        };
        vec![variant.to_string(), finals.len().to_string(), at(0.0), at(0.5), at(1.0)]
    });
    let title = "Where the counter ended".to_string();
    let table = data_table(&title, &["variant", "runs", "least", "median", "most"], cells.collect());
    Ok(Plot { name: "finals", title, canvas, table, source: source_of(&[report]) })
}

/// How many finals fall into each of equal parts; the last has those that kept every update, and nothing else does.
fn bins(finals: &[f64], expected: f64) -> [usize; BINS] {
    let mut bins = [0; BINS];
    for value in finals {
        let bin = (value / expected * (BINS - 1) as f64) as usize;
        bins[if *value >= expected { BINS - 1 } else { bin.min(BINS - 2) }] += 1;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_kept_every_update_is_in_the_last_part() {
        let bins = bins(&[1000.0, 999.0, 0.0, 2.0], 1000.0);
        assert_eq!((bins[BINS - 1], bins[BINS - 2], bins[0]), (1, 1, 2));
        assert_eq!(bins.iter().sum::<usize>(), 4);
    }
}
