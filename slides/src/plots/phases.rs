//! Plots where the time goes: the phases of a variant one after the other, next to the total time of one core.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, bold_width_of, width_of};
use super::scale::{Scale, time};
use super::{Plot, data_table, source_of};
use crate::reports::Reports;
use anyhow::{Context as _, Result};
use common::format::{percent, seconds};

/// The phases in their order, with their names on the picture.
const PHASES: [(&str, &str); 5] = [
    ("start", "start"),
    ("copy", "copy"),
    ("page_faults", "page faults"),
    ("compute", "compute"),
    ("collect", "collect"),
];

/// The size of a text within a bar.
const INSIDE: f64 = 20.0;

/// Plots where the time of lab-naive goes.
pub fn naive(reports: &Reports) -> Result<Plot> {
    draw(
        reports,
        "naive",
        "phases-naive",
        "Where the time of a copied sum goes",
        &["process-pool", "thread-copy", "thread-borrow"],
    )
}

/// Plots where the time of lab-shm goes.
pub fn shm(reports: &Reports) -> Result<Plot> {
    let variants = ["process-shared", "process-shared-warm", "thread-borrow"];
    draw(reports, "shm", "phases-shm", "Where the time in shared memory goes", &variants)
}

fn draw(reports: &Reports, lab: &str, name: &'static str, title: &str, variants: &[&str]) -> Result<Plot> {
    let report = reports.of(lab)?;
    let one_core = report.number("sequential.seconds.median")?;
    let phases = |variant: &&str| {
        let phases = &report.row(variant)?["phases"];
        let all = PHASES.iter().enumerate().filter_map(|(index, (name, _))| Some((index, phases[*name].as_f64()?)));
        let all: Vec<(usize, f64)> = all.collect();
        (!all.is_empty())
            .then_some(all)
            .with_context(|| format!("{} has no phases of {variant}", report.path.display()))
    };
    let rows = variants.iter().map(phases).collect::<Result<Vec<_>>>()?;
    let total = |row: &[(usize, f64)]| row.iter().map(|(_, time)| time).sum::<f64>();
    let longest = rows.iter().map(|row| total(row)).fold(one_core, f64::max);

    let mut canvas = Canvas::default();
    let widest = variants.iter().map(|variant| width_of(variant, TEXT)).fold(0.0, f64::max);
    let (left, right, top, bottom) = (widest + 24.0, WIDTH - 120.0, 96.0, HEIGHT - 62.0);
    let scale = Scale::linear(longest, left, right);
    let ticks = scale.ticks();
    for tick in &ticks {
        let x = scale.at(*tick);
        canvas.line((x, top), (x, bottom), "grid");
        let text = time(*tick, ticks.last().copied().unwrap_or(*tick));
        canvas.text((x, bottom + 20.0), Anchor::Middle, TICK, &text, "tick");
    }
    let used = |index: usize| rows.iter().flatten().any(|(other, _)| *other == index);
    let mut x = left;
    for (index, (_, label)) in PHASES.iter().enumerate().filter(|(index, _)| used(*index)) {
        canvas.bar(x, 10.0, 22.0, 22.0, &format!("phase-{index}"));
        canvas.text((x + 30.0, 21.0), Anchor::Start, TEXT, label, "label");
        x += 30.0 + width_of(label, TEXT) + 28.0;
    }
    let x = scale.at(one_core);
    let text = format!("one core: {}", seconds(one_core));
    let width = bold_width_of(&text, TEXT);
    canvas.text((x.clamp(width / 2.0, WIDTH - width / 2.0), top - 30.0), Anchor::Middle, TEXT, &text, "strong");
    let height = (bottom - top) / rows.len() as f64;
    for (index, row) in rows.iter().enumerate() {
        let y = top + (index as f64 + 0.4) * height;
        let thick = (height * 0.5).min(64.0);
        canvas.text((left - 12.0, y), Anchor::End, TEXT, variants[index], "label");
        let (mut so_far, mut thin) = (0.0, Vec::new());
        for (phase, time) in row {
            let (from, to) = (scale.at(so_far), scale.at(so_far + time));
            canvas.bar(from, y - thick / 2.0, to - from, thick, &format!("phase-{phase}"));
            // The label is in the larger half of the part, where the line of one core crosses it.
            let (from, to) = match x {
                x if x <= from || x >= to => (from, to),
                x if x - from > to - x => (from, x),
                x => (x, to),
            };
            let (name, share) = (PHASES[*phase].1, percent(time / total(row)));
            let whole = format!("{name} {share}");
            let fits = |text: &&String| bold_width_of(text, INSIDE) + 4.0 < to - from;
            if let Some(text) = [&whole, &share].into_iter().find(fits) {
                canvas.text(((from + to) / 2.0, y), Anchor::Middle, INSIDE, text, &format!("on-phase-{phase}"));
            }
            if !fits(&&whole) {
                thin.push(format!("{name} {}", seconds(*time)));
            }
            so_far += time;
        }
        // No text may overlap the line of one core; one that would is moved to its right.
        let beside = |from: f64, width: f64| if from < x + 10.0 && from + width > x - 10.0 { x + 10.0 } else { from };
        let text = seconds(so_far);
        let from = beside(scale.at(so_far) + 8.0, bold_width_of(&text, TEXT));
        canvas.text((from, y), Anchor::Start, TEXT, &text, "value");
        // The name of a part that is too thin is below the bar.
        let text = thin.join(", ");
        let (from, width) = (beside(left, width_of(&text, TEXT)), width_of(&text, TEXT));
        let from = if from + width > WIDTH { x - 10.0 - width } else { from };
        if !thin.is_empty() {
            canvas.text((from, y + thick / 2.0 + 17.0), Anchor::Start, TEXT, &text, "label halo");
        }
    }
    canvas.line((x, top - 14.0), (x, bottom), "one");
    canvas.text((right, HEIGHT - 16.0), Anchor::End, TEXT, "time: the median of each phase", "tick");
    let header: Vec<&str> =
        ["variant"].into_iter().chain(PHASES.iter().map(|(_, label)| *label)).chain(["all"]).collect();
    let cells = rows.iter().zip(variants).map(|(row, variant)| {
        let time = |index: usize| {
            row.iter().find(|(other, _)| *other == index).map_or("–".to_string(), |(_, time)| seconds(*time))
        };
        let mut cells = vec![variant.to_string()];
        cells.extend((0..PHASES.len()).map(time));
        cells.push(seconds(total(row)));
        cells
    });
    let mut cells: Vec<Vec<String>> = cells.collect();
    let mut sequential = vec!["–".to_string(); header.len()];
    (sequential[0], sequential[header.len() - 1]) = ("sequential".into(), seconds(one_core));
    cells.insert(0, sequential);
    let table = data_table(title, &header, cells);
    Ok(Plot { name, title: title.to_string(), canvas, table, source: source_of(&[report]) })
}
