//! Plots the final values of a counter, run by run: one strip per variant.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, width_of};
use super::scale::Scale;
use super::{Plot, data_table, source_of};
use crate::reports::Reports;
use anyhow::{Context as _, Result};
use common::format::integer;
use serde_json::Value;

const VARIANTS: [&str; 4] = ["plain", "load-store", "load-spin-store", "process-load-spin-store"];
const BINS: usize = 50;

/// The flags of the lab: a histogram needs more runs than the default.
pub const NEEDS: (&str, &[&str]) = (LAB, &["--repeat", "100"]);
const LAB: &str = "race";

/// Plots the final values of lab-race.
pub fn plot(reports: &Reports) -> Result<Plot> {
    let report = reports.of(LAB)?;
    let expected = report.number("load-spin-store.expected")?;
    let (lecture, lecture_of) = (report.number("lecture.final")?, report.number("lecture.expected")?);
    let finals = |variant: &&str| {
        let finals = report.row(variant)?["finals"].as_array();
        let finals = finals.with_context(|| format!("{} has no final values of {variant}", report.path.display()))?;
        let number = |value: &Value| {
            value.as_f64().with_context(|| {
                format!("{} has a final value of {variant} that is not a number", report.path.display())
            })
        };
        finals.iter().map(number).collect::<Result<Vec<f64>>>()
    };
    let all = VARIANTS.iter().map(finals).collect::<Result<Vec<_>>>()?;

    let mut canvas = Canvas::default();
    let widest = VARIANTS.iter().map(|variant| width_of(variant, TEXT)).fold(0.0, f64::max);
    let (left, right, top, bottom) = (widest + 24.0, WIDTH - 66.0, 72.0, HEIGHT - 66.0);
    let scale = Scale::linear(expected, left, right);
    for tick in scale.ticks() {
        canvas.text((scale.at(tick), bottom + 22.0), Anchor::Middle, TICK, &integer(tick as i64), "tick");
    }
    let height = (bottom - top) / VARIANTS.len() as f64;
    for (index, finals) in all.iter().enumerate() {
        let (from, to) = (top + index as f64 * height + 10.0, top + (index + 1) as f64 * height);
        canvas.line((left, to), (right, to), "axis");
        canvas.text((left - 12.0, (from + to) / 2.0 - 13.0), Anchor::End, TEXT, VARIANTS[index], "label");
        let kept = finals.iter().filter(|value| **value >= expected).count();
        let note = format!("{kept} of {} lost nothing", finals.len());
        canvas.text((left - 12.0, (from + to) / 2.0 + 13.0), Anchor::End, TEXT, &note, "tick");
        let is_undefined = VARIANTS[index] == "plain";
        strip(&mut canvas, &bins(finals, expected), is_undefined, (left, right), (from, to));
    }
    // The expected value is above the end of its line. The lecture's figure is below, on the side of its mark that has
    // room.
    canvas.line((right, 34.0), (right, bottom), "one");
    canvas.text((WIDTH - 4.0, 18.0), Anchor::End, TEXT, &format!("expected: {}", integer(expected as i64)), "strong");
    let (x, y) = (scale.at(lecture * expected / lecture_of), 50.0);
    canvas.line((x, y), (x, bottom), "mark");
    canvas.diamond((x, y));
    let text = format!("the lecture: {} of {}", integer(lecture as i64), integer(lecture_of as i64));
    let is_right = x + 18.0 + width_of(&text, TEXT) < right - 8.0;
    let (place, anchor) = if is_right { (x + 18.0, Anchor::Start) } else { (x - 18.0, Anchor::End) };
    canvas.text((place, y), anchor, TEXT, &text, "label");
    canvas.text(
        (right, HEIGHT - 16.0),
        Anchor::End,
        TEXT,
        "final value; each strip has its own scale; grey: undefined behaviour",
        "label",
    );

    let cells = VARIANTS.iter().zip(&all).map(|(variant, finals)| {
        let mut sorted = finals.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| {
            sorted
                .get(((sorted.len().max(1) - 1) as f64 * share).round() as usize)
                .map_or("–".into(), |value| integer(*value as i64))
        };
        let kept = finals.iter().filter(|value| **value >= expected).count();
        let parts = parts(&bins(finals, expected), expected);
        vec![variant.to_string(), finals.len().to_string(), kept.to_string(), at(0.0), at(0.5), at(1.0), parts]
    });
    let mut cells: Vec<Vec<String>> = cells.collect();
    let mut of_lecture = vec!["–".to_string(); 7];
    (of_lecture[0], of_lecture[4]) =
        ("lecture".into(), format!("{} of {}", integer(lecture as i64), integer(lecture_of as i64)));
    cells.push(of_lecture);
    let title = "Where the counter ended".to_string();
    let table = data_table(
        &title,
        &["variant", "runs", "lost nothing", "least", "median", "most", "runs by final value (from: runs)"],
        cells,
    );
    Ok(Plot { name: "finals", title, canvas, table, source: source_of(&[report]) })
}

/// Draws a variant's bars, and the number of runs of the tallest. Bars of undefined behaviour look neither right nor
/// wrong.
fn strip(
    canvas: &mut Canvas,
    bins: &[usize; BINS],
    is_undefined: bool,
    (left, right): (f64, f64),
    (from, to): (f64, f64),
) {
    let wide = (right - left) / BINS as f64;
    let most = bins.iter().copied().max().unwrap_or(0);
    for (bin, count) in bins.iter().enumerate().filter(|(_, count)| **count > 0) {
        let tall = (to - from) * *count as f64 / most as f64;
        let class = match bin {
            _ if is_undefined => "neutral",
            bin if bin == BINS - 1 => "fast",
            _ => "slow",
        };
        canvas.bar(left + bin as f64 * wide + 1.0, to - tall, wide - 2.0, tall, class);
    }
    let Some(tallest) = bins.iter().position(|count| *count == most).filter(|_| most > 0) else { return };
    let text = format!("{most} run{}", if most == 1 { "" } else { "s" });
    // Next to its upper end, on the side that has room.
    let (width, place) = (width_of(&text, TEXT), left + tallest as f64 * wide);
    let under = (width / wide).ceil() as usize + 1;
    let highest = |bins: &[usize]| bins.iter().copied().max().unwrap_or(0);
    let on_left = highest(&bins[tallest.saturating_sub(under)..tallest]);
    let on_right = highest(&bins[tallest + 1..(tallest + 1 + under).min(BINS)]);
    let (has_left, has_right) = (place - width > left, place + wide + width + 14.0 < right);
    if has_right && (on_right <= on_left || !has_left) {
        canvas.text((place + wide + 6.0, from + 9.0), Anchor::Start, TEXT, &text, "label halo");
    } else {
        canvas.text((place - 6.0, from + 9.0), Anchor::End, TEXT, &text, "label halo");
    }
}

/// Describes the bars in words: where each begins, and its runs.
fn parts(bins: &[usize; BINS], expected: f64) -> String {
    let from = |bin: usize| if bin == BINS - 1 { expected } else { bin as f64 * expected / (BINS - 1) as f64 };
    let part = |(bin, count): (usize, &usize)| format!("{}: {count}", integer(from(bin).ceil() as i64));
    bins.iter().enumerate().filter(|(_, count)| **count > 0).map(part).collect::<Vec<_>>().join("; ")
}

/// Counts the final values in equal ranges. The last range is only for runs that lost no update.
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
        assert_eq!(parts(&bins, 1000.0), "0: 2; 980: 1; 1,000: 1");
    }
}
