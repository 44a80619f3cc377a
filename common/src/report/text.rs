//! The report for people: 80 columns, sentences for the main figures, readable without colour and by a screen reader.

use super::{Quantity, Report, Row, Unit, chart, sweeps};
use crate::counting::TELLING;
use crate::format::{bytes, integer, percent, ratio, seconds, significant, table, wrap};
use crate::layout::{WIDTH, bold, paragraph, section};
use crate::timing::Summary;
use crate::warning::Warning;
use crate::{Arguments, Lab, machine, machine::Machine, pin::Pin};

/// Formats the report: one screen, or with `--full` all of it.
pub fn document(report: &Report, lab: &Lab, arguments: &Arguments, machine: &Machine) -> String {
    let headline = format!("{}\n", bold(&format!("lab-{}: {}", lab.name, lab.title)));
    let body =
        if arguments.full { full(report, lab, arguments, machine) } else { brief(report, lab, arguments, machine) };
    headline + &body
}

fn brief(report: &Report, lab: &Lab, arguments: &Arguments, machine: &Machine) -> String {
    let forced = report.rows.iter().any(|row| row.forced);
    let picture = if forced { String::new() } else { picture(&report.rows, arguments) };
    let parts = [
        context(lab, arguments, machine, false) + &urgent(&report.warnings).map(warning).collect::<String>(),
        comparison(&report.rows, arguments),
        picture,
        prediction(report),
        python(report),
        notes(report, false) + &paragraph("All tables and notes: --full. All flags: --help."),
    ];
    let parts = parts.iter().map(|part| part.trim_end_matches('\n')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// Returns the warnings that a reader needs before the figures. Noisy runs are not mentioned if other programs explain
/// them. An extrapolated figure is mentioned in the variant's label instead.
fn urgent(warnings: &[Warning]) -> impl Iterator<Item = &Warning> {
    let is_disturbed = warnings.iter().any(|warning| matches!(warning, Warning::Disturbed { .. }));
    warnings.iter().filter(move |warning| match warning {
        Warning::Noisy { .. } => !is_disturbed,
        Warning::Capped { .. } => false,
        _ => true,
    })
}

fn full(report: &Report, lab: &Lab, arguments: &Arguments, machine: &Machine) -> String {
    let mut text = context(lab, arguments, machine, true);
    text += &report.warnings.iter().map(warning).collect::<String>();
    text += "\n";
    text += &variants(&report.rows);
    text += &results(&report.rows);
    text += &finals(&report.rows);
    text += &usage(&report.rows);
    text += &phases(&report.rows);
    text += &sweeps::text(&report.rows);
    text += &quantities(report);
    text += &prediction(report);
    text += &python(report);
    text += &section("What it shows", notes(report, true));
    text.trim_end().to_string() + "\n"
}

/// Formats one line per variant: its most important figures, and what it does.
fn comparison(rows: &[Row], arguments: &Arguments) -> String {
    let is_alone = arguments.get("threads") == Some(1);
    let counts = rows.iter().any(|row| !row.finals.is_empty());
    let all_exact = rows.iter().all(|row| row.correct == Some(true));
    let has_speedup = rows.iter().any(|row| row.speedup.is_some());
    let mut header = vec!["variant"];
    match (counts, all_exact) {
        (true, true) => header.extend(["per increment", "result"]),
        (true, false) => header.extend(["final value", "result"]),
        (false, _) => header.extend(["time"].into_iter().chain(has_speedup.then_some("speed-up"))),
    }
    let line = |row: &Row| {
        let time = || row.seconds.map_or("-".into(), |time| seconds(time.median));
        let increment = || row.nanoseconds_per_increment.map_or("-".into(), |time| seconds(time.median * 1e-9));
        let speedup = || row.speedup.map_or("-".into(), |speedup| ratio(speedup.median));
        let mut cells = vec![row.variant.to_string()];
        match (counts, all_exact) {
            (true, true) => cells.extend([increment(), result(row, is_alone)]),
            (true, false) => cells.extend([median_final(row).map_or("-".into(), exactly), result(row, is_alone)]),
            (false, _) => cells.extend([time()].into_iter().chain(has_speedup.then(speedup))),
        }
        cells
    };
    let columns = table(&header, &rows.iter().map(line).collect::<Vec<_>>());
    let width = columns.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let room = WIDTH.saturating_sub(width + 2);
    let (header, lines) = columns.split_once('\n').unwrap_or((&columns, ""));
    let mut text = format!("{header:width$}  what it does\n");
    for (row, line) in rows.iter().zip(lines.lines()) {
        let (line, label) = (format!("{line:width$}"), shortened(row.label, room));
        text += &match (counts, row.correct) {
            (true, _) => format!("{}  {label}\n", coloured(&line, &result(row, is_alone))),
            (false, Some(false)) => {
                let label = shortened(&format!("WRONG RESULT: {}", row.label), room);
                format!("{line}  {}\n", coloured(&label, "WRONG RESULT"))
            }
            (false, _) => format!("{line}  {label}\n"),
        };
    }
    text
}

/// Colours a word, where a terminal has colour: green for what is right, red for what is lost or wrong.
fn coloured(line: &str, word: &str) -> String {
    let colour = match word {
        "exact" => 32,
        "untested" | "-" => return line.to_string(),
        _ => 31,
    };
    let Some((before, after)) = line.rsplit_once(word) else { return line.to_string() };
    format!("{before}\x1b[{colour}m{word}\x1b[0m{after}")
}

fn median_final(row: &Row) -> Option<f64> {
    Summary::of(row.finals.iter().map(|&value| value as f64)).map(|finals| finals.median)
}

/// Says whether a counter lost updates, in a word or two. A run with one thread proves nothing.
fn result(row: &Row, is_alone: bool) -> String {
    match (row.correct, row.lost()) {
        (Some(true), _) => "exact".into(),
        (_, Some(lost)) if lost.max == 0.0 && is_alone => "untested".into(),
        (_, Some(lost)) if lost.max == 0.0 => "can lose".into(),
        (_, Some(lost)) => {
            let expected = row.expected.as_ref().and_then(serde_json::Value::as_f64).unwrap_or(1.0);
            let share = lost.median / expected;
            if share < 0.005 { "lost some".into() } else { format!("lost {}", percent(share)) }
        }
        (Some(false), None) => "wrong".into(),
        (None, None) => "-".into(),
    }
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    text.chars().take(width.saturating_sub(3)).chain("...".chars()).collect()
}

/// Draws the final values if any counter can lose updates, and otherwise the speeds of the variants.
fn picture(rows: &[Row], arguments: &Arguments) -> String {
    let losing: Vec<&Row> = rows.iter().filter(|row| !row.finals.is_empty() && row.correct == Some(false)).collect();
    if let Some(expected) = losing.first().and_then(|row| row.expected.as_ref()?.as_u64()) {
        let strips: String = losing.iter().map(|row| chart::distribution(row.variant, &row.finals, expected)).collect();
        let title = "Final values of all runs (a digit counts runs, + is ten or more)";
        return format!("{}\n{}{strips}", bold(title), chart::distribution_axis(expected));
    }
    // With few increments the threads hardly overlap, and the time is mostly their start-up.
    if arguments.get("increments").is_some_and(|increments| increments < TELLING) {
        return String::new();
    }
    let first = rows.first().map_or("", |row| row.variant);
    let bars = |title: &str, unit: fn(f64) -> String, of: fn(&Row) -> Option<f64>| {
        let values: Vec<(&str, f64)> = rows.iter().filter_map(|row| Some((row.variant, of(row)?))).collect();
        let drawn = chart::lines(&values, unit);
        if drawn.is_empty() { drawn } else { format!("{}\n{drawn}", bold(title)) }
    };
    let swept = sweeps::picture(rows);
    if !swept.is_empty() {
        return swept;
    }
    if rows.iter().any(|row| row.nanoseconds_per_increment.is_some()) {
        let time = |row: &Row| row.nanoseconds_per_increment.map(|time| time.median * 1e-9);
        return bars(&format!("Time per increment, on a logarithmic line (| is {first})"), seconds, time);
    }
    bars(&format!("Speed-up, on a logarithmic line (| is {first})"), ratio, |row| {
        row.speedup.map(|speedup| speedup.median)
    })
}

/// Formats the CPU time of each variant.
fn usage(rows: &[Row]) -> String {
    let measured: Vec<&Row> = rows.iter().filter(|row| row.cpu_seconds.is_some()).collect();
    let line = |row: &&Row| {
        let (time, cpu) =
            (row.seconds.map_or(f64::NAN, |time| time.median), row.cpu_seconds.map_or(0.0, |cpu| cpu.median));
        let switches = row.involuntary_switches.map_or("-".into(), |switches| figure(switches.median));
        vec![row.variant.to_string(), seconds(time), seconds(cpu), switches]
    };
    let header = ["variant", "time", "CPU time", "interrupted"];
    let body = if measured.is_empty() {
        String::new()
    } else {
        table(&header, &measured.iter().map(line).collect::<Vec<_>>())
    };
    section("What the system gave (medians; interrupted: it took a CPU away)", body)
}

fn context(lab: &Lab, arguments: &Arguments, machine: &Machine, in_full: bool) -> String {
    let parameters = lab.parameters.iter().filter_map(|parameter| {
        let value = arguments.get(parameter.name)?;
        // A seed is a name, not an amount, so it gets no separators.
        let value = if parameter.name == "seed" { value.to_string() } else { integer(value) };
        (in_full || parameter.name != "seed").then(|| format!("{} {value}", parameter.name))
    });
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    let figures = lab.lecture.figures.iter().take(if in_full { usize::MAX } else { 2 });
    let figures: Vec<String> =
        figures.map(|(name, value)| format!("{} {}", name.replace('_', " "), exactly(*value))).collect();
    let lecture = if figures.is_empty() { "no figures".to_string() } else { figures.join(", ") };
    let pinned = if arguments.pin && Pin::works() { ", pinned" } else { "" };
    let cpus = format!("{} of {} CPUs", machine.effective_cpus(), machine.cpus_online);
    let lecture = paragraph(&format!("Lecture: {}: {lecture}", lab.lecture.program));
    if !in_full {
        return paragraph(&format!("Medians: {parameters}{pinned}; {cpus}")) + &lecture;
    }
    paragraph(&format!("This run: {parameters}{pinned}"))
        + &paragraph(&format!("Machine:  {}, {cpus} usable, {} profile", machine.model, machine::profile()))
        + &lecture
}

/// Formats a number with all its digits, and with separators between thousands.
fn exactly(value: f64) -> String {
    let text = value.to_string();
    let (whole, fraction) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let whole = whole.parse::<i64>().map_or_else(|_| whole.to_string(), integer);
    fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"))
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

/// Formats a range. If both ends have the same unit, it is printed once.
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
        let value = figure;
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
    section("Where the time of the median run went", body)
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
    if value.abs() < 1000.0 {
        return ratio(value).trim_end_matches('x').trim_end_matches(".00").into();
    }
    let whole = integer(value.trunc() as i64);
    // The median of an even number of whole numbers may end in a half.
    if value.fract() == 0.0 {
        whole
    } else {
        format!("{whole}{}", format!("{:.1}", value.fract().abs()).trim_start_matches('0'))
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

fn notes(report: &Report, with_details: bool) -> String {
    let shown = report.notes_that_hold().filter(|note| with_details || !note.is_detail);
    shown.map(|note| paragraph(&format!("- {}", note.text))).collect()
}

fn warning(found: &Warning) -> String {
    paragraph(&format!("warning ({}): {found}; what to do: {}.", found.kind(), found.advice()))
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
