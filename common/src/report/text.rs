//! The report for people: 80 columns, a sentence where a figure would need one, readable without colour and aloud.

use super::{Quantity, Report, Row, Unit, chart, sweeps};
use crate::format::{bytes, integer, percent, ratio, seconds, significant, table, wrap};
use crate::layout::{WIDTH, bold, paragraph, section};
use crate::timing::Summary;
use crate::{Arguments, Lab, machine, machine::Machine, pin::Pin};

/// The whole text.
pub fn document(report: &Report, lab: &Lab, arguments: &Arguments, machine: &Machine) -> String {
    let mut text = format!("{}\n\n", bold(&format!("lab-{}: {}", lab.name, lab.title)));
    text += &context(lab, arguments, machine);
    text += &variants(&report.rows);
    text += &results(&report.rows);
    text += &finals(&report.rows);
    text += &phases(&report.rows);
    text += &sweeps::text(&report.rows);
    text += &quantities(report);
    text += &prediction(report);
    text += &python(report);
    text += &notes(report);
    text += &warnings(report);
    text
}

fn context(lab: &Lab, arguments: &Arguments, machine: &Machine) -> String {
    let parameters = lab.parameters.iter().filter_map(|parameter| {
        let value = arguments.get(parameter.name)?;
        // A seed is a name that happens to be a number.
        let value = if parameter.name == "seed" { value.to_string() } else { integer(value) };
        Some(format!("{} {value}", parameter.name))
    });
    let parameters: Vec<String> = parameters.collect();
    let figures = lab.lecture.figures.iter();
    let figures: Vec<String> = figures.map(|(name, value)| format!("{} {value}", name.replace('_', " "))).collect();
    let lecture = if figures.is_empty() { "no figures".to_string() } else { figures.join(", ") };
    let pinned = if arguments.pin && Pin::SUPPORTED { ", pinned" } else { "" };
    let cpus = machine.effective_cpus();
    paragraph(&format!("This run: {}{pinned}", parameters.join(", ")))
        + &paragraph(&format!(
            "Machine:  {}, {cpus} of {} CPUs usable, {} profile",
            machine.model,
            machine.cpus_online,
            machine::profile()
        ))
        + &paragraph(&format!("Lecture:  {}: {lecture}", lab.lecture.program))
        + "\n"
}

fn variants(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.variant.len()).max().unwrap_or(0) + 2;
    let line = |row: &Row| {
        let label = wrap(row.label, WIDTH - width - 2, &" ".repeat(width + 2));
        format!("  {:width$}{label}\n", row.variant)
    };
    section("Variants", rows.iter().map(line).collect())
}

fn results(rows: &[Row]) -> String {
    let measured: Vec<&Row> = rows.iter().filter(|row| row.seconds.is_some()).collect();
    let has_speedup = measured.iter().any(|row| row.speedup.is_some());
    let has_increments = measured.iter().any(|row| row.nanoseconds_per_increment.is_some());
    let mut header = vec!["variant", "time", "min .. max"];
    if has_speedup {
        header.extend(["speed-up", "min .. max"]);
    }
    if has_increments {
        header.push("per increment");
    }
    header.push("result");
    let line = |row: &&Row| {
        let time = row.seconds.expect("filtered for it");
        let mut cells = vec![row.variant.to_string(), seconds(time.median), range(time, seconds)];
        if has_speedup {
            cells.push(row.speedup.map_or("-".into(), |speedup| ratio(speedup.median)));
            cells.push(row.speedup.map_or("-".into(), |speedup| range(speedup, ratio)));
        }
        if has_increments {
            cells.push(row.nanoseconds_per_increment.map_or("-".into(), |time| seconds(time.median * 1e-9)));
        }
        cells.push(verdict(row).into());
        cells
    };
    let runs = measured.first().and_then(|row| row.seconds).map_or(0, |time| time.runs);
    let title = format!("Time (median of {} each, interleaved)", count(runs, "run"));
    if measured.is_empty() {
        String::new()
    } else {
        section(&title, table(&header, &measured.iter().map(line).collect::<Vec<_>>()))
    }
}

/// A unit that both ends share is said once.
fn range(summary: Summary, show: impl Fn(f64) -> String) -> String {
    let (min, max) = (show(summary.min).replace(' ', ""), show(summary.max).replace(' ', ""));
    let in_number = |mark: char| mark.is_ascii_digit() || "e.-".contains(mark);
    let unit = max.trim_start_matches(in_number);
    let shared = min.trim_start_matches(in_number) == unit && min != unit;
    format!("{}..{max}", if shared { min.trim_end_matches(unit) } else { &min })
}

fn verdict(row: &Row) -> &'static str {
    match (row.correct, row.lost()) {
        (Some(true), _) => "correct",
        (Some(false), Some(lost)) if lost.max == 0.0 => "can lose",
        (Some(false), Some(_)) => "lost some",
        (Some(false), None) => "wrong",
        (None, _) => "-",
    }
}

fn finals(rows: &[Row]) -> String {
    let counters: Vec<(&Row, Summary, u64)> = rows
        .iter()
        .filter_map(|row| {
            let finals = Summary::of(row.finals.iter().map(|&value| value as f64))?;
            Some((row, finals, row.expected.as_ref()?.as_u64()?))
        })
        .collect();
    let Some(&(_, _, expected)) = counters.first() else {
        return String::new();
    };
    let line = |(row, finals, expected): &(&Row, Summary, u64)| {
        let full = row.finals.iter().filter(|value| *value == expected).count();
        let value = |value: f64| integer(value as i64);
        let kept = percent(finals.median / *expected as f64);
        let full = format!("{full} of {}", row.finals.len());
        vec![row.variant.into(), value(finals.min), value(finals.median), value(finals.max), kept, full]
    };
    let header = ["variant", "min", "median", "max", "kept", "lost nothing"];
    let body = table(&header, &counters.iter().map(line).collect::<Vec<_>>());
    let strips = counters.iter().map(|(row, _, expected)| chart::distribution(row.variant, &row.finals, *expected));
    let strips: String = strips.collect();
    let title = format!("Final value of the counter ({} expected)", integer(expected));
    section(&title, body)
        + &section(
            "Where the finals fell (a digit is a number of runs, + is ten or more)",
            chart::distribution_axis(expected) + &strips,
        )
}

fn phases(rows: &[Row]) -> String {
    let timed: Vec<&Row> = rows.iter().filter(|row| !row.phases.is_empty()).collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in timed.iter().flat_map(|row| &row.phases) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let copied = timed.iter().any(|row| row.bytes_copied.is_some());
    let faulted = timed.iter().any(|row| row.page_faults.is_some());
    let titles: Vec<String> = names.iter().map(|name| name.replace('_', " ")).collect();
    let mut header = vec!["variant"];
    header.extend(titles.iter().map(String::as_str));
    header.extend(copied.then_some("copied"));
    header.extend(faulted.then_some("faults"));
    let line = |row: &&Row| {
        let phase =
            |name: &&str| row.phases.iter().find(|phase| phase.0 == *name).map_or("-".into(), |phase| seconds(phase.1));
        let mut cells = vec![row.variant.to_string()];
        cells.extend(names.iter().map(phase));
        cells.extend(copied.then(|| row.bytes_copied.map_or("-".into(), |copied| bytes(copied.into()))));
        cells.extend(faulted.then(|| row.page_faults.map_or("-".into(), integer)));
        cells
    };
    let body =
        if timed.is_empty() { String::new() } else { table(&header, &timed.iter().map(line).collect::<Vec<_>>()) };
    section("Where the time went (medians)", body)
}

fn quantities(report: &Report) -> String {
    let show = |value: Option<f64>, unit: Unit| match (value, unit) {
        (None, _) => "-".to_string(),
        (Some(value), Unit::Seconds) => seconds(value),
        (Some(value), Unit::Elements | Unit::Count) if value >= 1000.0 => integer(value.round() as i64),
        (Some(value), Unit::Elements | Unit::Count) => significant(value),
        (Some(value), Unit::Ratio) => ratio(value),
    };
    let modelled = report.quantities.iter().any(|quantity| quantity.predicted.is_some());
    let line = |quantity: &Quantity| {
        let predicted = modelled.then(|| show(quantity.predicted, quantity.unit));
        [quantity.label.clone()].into_iter().chain(predicted).chain([show(quantity.value, quantity.unit)]).collect()
    };
    let header = if modelled { &["", "predicted", "measured"][..] } else { &["", "measured"] };
    let lines: Vec<Vec<String>> = report.quantities.iter().map(line).collect();
    if lines.is_empty() { String::new() } else { section("Costs on this machine", table(header, &lines)) }
}

fn prediction(report: &Report) -> String {
    let Some(prediction) = &report.prediction else {
        return String::new();
    };
    let show = |value: Option<f64>| value.map_or("none".into(), figure);
    let line = format!(
        "  you predicted {}, this machine measured {}, the lecture saw {}\n",
        show(prediction.predicted),
        show(prediction.measured),
        show(prediction.lecture)
    );
    section("Your prediction", paragraph(prediction.question) + &line)
}

fn figure(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() >= 1000.0 {
        integer(value as i64)
    } else {
        ratio(value).trim_end_matches('x').into()
    }
}

fn python(report: &Report) -> String {
    let Some(first) = report.python.first() else {
        return String::new();
    };
    let line = |comparison: &super::Comparison| {
        vec![
            comparison.program.to_string(),
            comparison.figure.to_string(),
            figure(comparison.python.median),
            comparison.ours.map_or("-".into(), |ours| figure(ours.median)),
            comparison.lecture.map_or("-".into(), figure),
        ]
    };
    let numpy = report.python.iter().find_map(|comparison| comparison.numpy.as_deref());
    let numpy = numpy.map_or(String::new(), |version| format!(", numpy {version}"));
    let title = format!("Python {}{numpy} beside it (medians)", first.version);
    let header = ["program", "figure", "Python here", "ours here", "lecture"];
    section(&title, table(&header, &report.python.iter().map(line).collect::<Vec<_>>()))
}

fn notes(report: &Report) -> String {
    section("What it shows", report.notes.iter().map(|note| paragraph(&format!("- {note}"))).collect())
}

fn warnings(report: &Report) -> String {
    let line = |warning: &crate::warning::Warning| {
        paragraph(&format!("warning ({}): {warning}.", warning.kind()))
            + &paragraph(&format!("what to do: {}.", warning.advice()))
    };
    report.warnings.iter().map(line).collect()
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
