//! Where the time goes: the phases of a variant one behind the other, beside what one core takes for all of it.

use super::canvas::{Anchor, Canvas, HEIGHT, TEXT, TICK, WIDTH, width_of};
use super::scale::Scale;
use super::{Plot, data_table, source_of};
use crate::reports::Reports;
use anyhow::{Context as _, Result};
use common::format::{percent, seconds};

/// Phases in the order in which they happen, with what they are called on the picture.
const PHASES: [(&str, &str); 5] = [
    ("start", "start"),
    ("copy", "copy"),
    ("page_faults", "page faults"),
    ("compute", "compute"),
    ("collect", "collect"),
];

/// lab-naive.
pub fn naive(reports: &Reports) -> Result<Plot> {
    draw(
        reports,
        "naive",
        "phases-naive",
        "Where the time of a copied sum goes",
        &["process-pool", "thread-copy", "thread-borrow"],
    )
}

/// lab-shm.
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
    for tick in scale.ticks() {
        let x = scale.at(tick);
        canvas.line((x, top), (x, bottom), "grid");
        let text = if tick == 0.0 { "0".to_string() } else { format!("{:.0} ms", tick * 1e3) };
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
    canvas.line((x, top - 14.0), (x, bottom), "one");
    let text = format!("one core: {}", seconds(one_core));
    let width = width_of(&text, TEXT);
    canvas.text((x.clamp(width / 2.0, WIDTH - width / 2.0), top - 30.0), Anchor::Middle, TEXT, &text, "strong");
    let height = (bottom - top) / rows.len() as f64;
    for (index, row) in rows.iter().enumerate() {
        let y = top + (index as f64 + 0.5) * height;
        let thick = (height * 0.6).min(64.0);
        canvas.text((left - 12.0, y), Anchor::End, TEXT, variants[index], "label");
        let mut so_far = 0.0;
        for (phase, time) in row {
            let (from, to) = (scale.at(so_far), scale.at(so_far + time));
            canvas.bar(from, y - thick / 2.0, to - from, thick, &format!("phase-{phase}"));
            let share = percent(time / total(row));
            let text = [format!("{} {share}", PHASES[*phase].1), share]
                .into_iter()
                .find(|text| width_of(text, TEXT) + 12.0 < to - from);
            if let Some(text) = text {
                canvas.text(((from + to) / 2.0, y), Anchor::Middle, TEXT, &text, &format!("on-phase-{phase}"));
            }
            so_far += time;
        }
        canvas.text((scale.at(so_far) + 8.0, y), Anchor::Start, TEXT, &seconds(so_far), "value halo");
    }
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
    let table = data_table(title, &header, cells.collect());
    Ok(Plot { name, title: title.to_string(), canvas, table, source: source_of(&[report]) })
}
