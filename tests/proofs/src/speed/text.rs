//! The figures as text of 80 columns, and as JSON.

use super::child::{MEMORY, MOST_MIB, TIME};
use super::miri::{Interpreted, SEEDS};
use super::{Measured, Report, Row, SHUTTLE, Totals};
use crate::second::LOOM;
use common::format::{integer, ratio, wrap};
use explorer::Memory;
use model::verdict::{CHECKED_BY, memory_name};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A row that both decide should be this many times faster.
const WANTED: f64 = 100.0;

/// Formats the header of the explorer's table.
pub fn explorer_head() -> String {
    explorer_columns(["counter", "size", "memory", "states", "executions", "seconds", "states/s", "MiB"])
}

fn explorer_columns([counter, size, memory, states, executions, seconds, rate, peak]: [&str; 8]) -> String {
    let text =
        format!("{counter:<16} {size:<4} {memory:<10} {states:>9} {executions:>10} {seconds:>9} {rate:>9} {peak:>5}");
    format!("{}\n", text.trim_end())
}

/// Formats the explorer's figures as one line for each memory.
pub fn explorer_lines(row: &Row, limit: u32) -> String {
    let line = |(memory, measured): (Memory, &Measured)| {
        let size = row.size.to_string();
        let count = |count: u64| if measured.verdict.is_some() && count > 0 { count.to_string() } else { "-".into() };
        let [states, executions] = [count(measured.states), count(measured.executions)];
        let rate = count(measured.per_second(measured.states) as u64);
        let peak = measured.peak_mib.map_or("-".into(), |peak| format!("{peak:.0}"));
        let seconds = time(measured, limit);
        let columns = [row.subject.variant, &size, memory_name(memory), &states, &executions, &seconds, &rate, &peak];
        explorer_columns(columns)
    };
    Memory::ALL.into_iter().zip(&row.explorer).map(line).collect()
}

/// Formats the header of the table of all judges.
pub fn comparison_head() -> String {
    format!("\n{}", comparison_columns(["counter", "size", "explorer", "loom", "factor", "verdict", "shuttle"]))
}

fn comparison_columns([counter, size, explorer, loom, factor, verdict, shuttle]: [&str; 7]) -> String {
    let text = format!("{counter:<16} {size:<4} {explorer:>9} {loom:>9} {factor:>8} {verdict:<7} {shuttle:>11}");
    format!("{}\n", text.trim_end())
}

/// Formats the figures of all judges as one line.
pub fn comparison_line(row: &Row, limit: u32) -> String {
    let loom = row.loom.as_ref().map_or("-".into(), |loom| time(loom, limit));
    let factor = row.factor().map_or("-".into(), ratio);
    let verdict = match row.agrees() {
        Some(true) => "agrees",
        Some(false) => "differs",
        None => "-",
    };
    let shuttle = row.shuttle.as_ref().map_or("-".into(), |shuttle| match shuttle.verdict {
        Some(_) => format!("{} s", seconds(shuttle.seconds)),
        None => format!("{:.0}/s", shuttle.per_second(shuttle.executions)),
    });
    let size = row.size.to_string();
    comparison_columns([row.subject.variant, &size, &time(row.cpp20(), limit), &loom, &factor, verdict, &shuttle])
}

/// Formats the time, or the limit that was reached.
fn time(measured: &Measured, limit: u32) -> String {
    match measured.stopped.as_deref() {
        None => seconds(measured.seconds),
        Some(TIME) => format!("> {limit}"),
        Some(MEMORY) => "memory".into(),
        Some(_) => "stopped".into(),
    }
}

/// Formats seconds to the microsecond if they are few.
fn seconds(seconds: f64) -> String {
    if seconds < 1.0 { format!("{seconds:.6}") } else { format!("{seconds:.3}") }
}

/// Formats the text below the tables.
pub fn explanation(report: &Report) -> String {
    let mut text = String::new();
    // A line that fits is left as it is, because its columns are aligned.
    let mut say = |line: &str| {
        let line = if line.len() > 80 { wrap(line, 80, "  ") } else { line.into() };
        _ = writeln!(text, "{line}");
    };
    say("");
    say(&format!(
        "Every figure is of a process of its own, ended after {} seconds or at {MOST_MIB} MiB.",
        report.seconds
    ));
    say("seconds: the time to a verdict, the median of 0.1 seconds; > means that the limit came first.");
    say(&format!("explorer: {CHECKED_BY} under C++20, the memory of loom. MiB: the peak of the process."));
    say(&format!(
        "loom: {LOOM}, its seconds. factor: how many times longer it takes. verdict: whether it finds the same. stopped: an execution has more than 1,000 operations."
    ));
    say(&SHUTTLE.map_or(
        "shuttle: not built. This shows it: cargo run -p proofs --features shuttle -- speed".into(),
        |shuttle| {
            format!(
                "shuttle: {shuttle}, the seconds to the first wrong final value, or its random schedules per second \
                 without one. It proves nothing, and sees neither data races nor weak orderings."
            )
        },
    ));
    miri(&report.miri, &mut say);
    factors(&report.rows, &mut say);
    if let Some(totals) = &report.totals {
        rates(&report.rows, totals, &mut say);
        growth(totals, &mut say);
    }
    text
}

fn miri(miri: &Interpreted, say: &mut impl FnMut(&str)) {
    let rows = match miri {
        Interpreted::NotAsked => {
            return say("Miri: not run. The flag --miri runs it, which first compiles for a minute.");
        }
        Interpreted::Skipped(why) => return say(&format!("SKIPPED Miri: {why}.")),
        Interpreted::Ran(rows) => rows,
    };
    say("");
    say(&format!("Miri: {SEEDS} seeds for each counter, 2x3 and 3x2 with each. It proves nothing."));
    for row in rows {
        let finding = row.first.map_or("nothing found".into(), |(what, after)| format!("{what} after {after:.1} s"));
        say(&format!("- {}: {} seeds in {:.1} s, {finding}", row.variant, row.tried, row.seconds));
    }
}

/// Says on which rows loom differs or is not much slower.
fn factors(rows: &[Row], say: &mut impl FnMut(&str)) {
    let decided: Vec<(&Row, f64)> = rows.iter().filter_map(|row| Some((row, row.factor()?))).collect();
    let slow: Vec<_> = decided.iter().filter(|(_, factor)| *factor < WANTED).collect();
    let explorer = rows.iter().filter(|row| row.cpp20().verdict.is_some()).count();
    let loom = rows.iter().filter(|row| row.loom.as_ref().is_some_and(|loom| loom.verdict.is_some())).count();
    say("");
    say(&format!("Of {} rows, the explorer decides {explorer} and loom {loom}.", rows.len()));
    let fast = decided.len() - slow.len();
    say(&format!(
        "Of {} rows that both decide alike, loom takes at least {WANTED} times longer on {fast}.",
        decided.len()
    ));
    let total = |seconds: &dyn Fn(&Row) -> f64| decided.iter().map(|(row, _)| seconds(row)).sum::<f64>();
    say(&format!(
        "On these, loom takes {} s in total and the explorer {} s.",
        seconds(total(&|row| row.loom.as_ref().map_or(0.0, |loom| loom.seconds))),
        seconds(total(&|row| row.cpp20().seconds))
    ));
    let mut differences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.agrees() == Some(false)) {
        let verdict = row.loom.as_ref().and_then(|loom| loom.verdict.clone()).unwrap_or_default();
        let why = row.limitation().map_or("The cause is not known.", |limitation| limitation.claim());
        let place = format!("{} {}", row.subject.variant, row.size);
        differences.entry(format!("loom differs: {verdict}. {why}")).or_default().push(place);
    }
    differences.iter().for_each(|(difference, places)| say(&format!("- {}: {difference}", places.join(", "))));
}

fn rates(rows: &[Row], totals: &Totals, say: &mut impl FnMut(&str)) {
    say("");
    for (index, memory) in Memory::ALL.into_iter().enumerate() {
        let rate = |row: &&Row| row.explorer[index].per_second(row.explorer[index].states);
        let decided = rows.iter().filter(|row| row.explorer[index].verdict.is_some());
        if let Some(row) = decided.max_by(|one, two| rate(one).total_cmp(&rate(two))) {
            let measured = &row.explorer[index];
            let executions = match measured.executions {
                0 => String::new(),
                count => format!(", with {} executions per second", integer(measured.per_second(count) as i64)),
            };
            say(&format!(
                "Most states per second under {}: {}{executions} ({} {}).",
                memory_name(memory),
                integer(rate(&row) as i64),
                row.subject.variant,
                row.size
            ));
        }
    }
    let (litmus, loom) = (&totals.litmus, &totals.litmus_by_loom);
    say(&format!(
        "40 litmus tests: explorer {} s for 3 memories, {} states; loom {} s, {} executions.",
        seconds(litmus.seconds),
        integer(litmus.states as i64),
        seconds(loom.seconds),
        integer(loom.executions as i64)
    ));
    let verdicts = &totals.verdicts;
    let took = verdicts
        .stopped
        .clone()
        .map_or(format!("{} s", seconds(verdicts.seconds)), |why| format!("not decided: {why}"));
    say(&format!(
        "The whole table of verdicts, 3 memories, all CPUs: {took}, {} states.",
        integer(verdicts.states as i64)
    ));
}

fn growth(totals: &Totals, say: &mut impl FnMut(&str)) {
    say("");
    say("How load-store grows with threads and increments: states and seconds.");
    say("");
    let line = |size: &str, cells: [String; 6]| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>11}")).collect();
        format!("{size:<5}{cells}")
    };
    let names = Memory::ALL.map(|memory| [memory_name(memory).to_string(), "seconds".into()]);
    say(&line("size", names.concat().try_into().expect("three times two")));
    for (size, measured) in &totals.growth {
        let cells = measured.each_ref().map(|measured| {
            let states = if measured.verdict.is_some() { measured.states.to_string() } else { "-".into() };
            [states, if measured.verdict.is_some() { seconds(measured.seconds) } else { "-".into() }]
        });
        say(&line(&size.to_string(), cells.concat().try_into().expect("three times two")));
    }
}

/// Builds the JSON document.
pub fn to_json(report: &Report) -> Value {
    let explorer = |measured: &[Measured; 3]| -> Value {
        let [one, tso, cpp20] = measured.each_ref().map(Measured::to_json);
        json!({ "one_memory": one, "x86_tso": tso, "cpp20": cpp20 })
    };
    let row = |row: &Row| {
        json!({
            "counter": row.subject.variant,
            "threads": row.size.threads,
            "increments": row.size.increments,
            "explorer": explorer(&row.explorer),
            "loom": row.loom.as_ref().map(Measured::to_json),
            "shuttle": row.shuttle.as_ref().map(Measured::to_json),
            "loom_agrees": row.agrees(),
            "factor": row.factor(),
        })
    };
    let totals = report.totals.as_ref().map(|totals| {
        let size = |(size, measured): &(model::size::Size, [Measured; 3])| json!({ "threads": size.threads, "increments": size.increments, "explorer": explorer(measured) });
        json!({
            "growth": totals.growth.iter().map(size).collect::<Vec<_>>(),
            "litmus": totals.litmus.to_json(),
            "litmus_by_loom": totals.litmus_by_loom.to_json(),
            "verdicts": totals.verdicts.to_json(),
        })
    });
    let miri = match &report.miri {
        Interpreted::Ran(rows) => rows
            .iter()
            .map(|row| {
                let (finding, after) = row.first.unzip();
                json!({ "counter": row.variant, "seeds": row.tried, "seconds": row.seconds, "finding": finding, "after_seconds": after })
            })
            .collect(),
        Interpreted::Skipped(why) => json!({ "skipped": why }),
        Interpreted::NotAsked => Value::Null,
    };
    json!({
        "schema": "labs/speed/1",
        "explorer": CHECKED_BY,
        "loom": LOOM,
        "shuttle": SHUTTLE,
        "limit_seconds": report.seconds,
        "limit_mib": MOST_MIB,
        "rows": report.rows.iter().map(row).collect::<Vec<_>>(),
        "totals": totals,
        "miri": miri,
    })
}
