//! The table of verdicts as text, with loom's beside.

use crate::comparison::{Comparison, Difference, MOST_EXECUTIONS, limitation};
use crate::litmus::limitation::Limitation;
use crate::second::LOOM;
use common::format::{integer, numbers, wrap};
use model::table::Row;
use model::verdict::{self, CHECKED_BY};
use serde_json::{Value, json};
use std::fmt::Write;

/// Formats the header of the table.
pub fn head() -> String {
    columns(["variant", "size", "schedules", "in C++20", "loom", "finals", "verdict"])
}

fn columns([variant, size, schedules, executions, loom, finals, verdict]: [&str; 7]) -> String {
    format!("{variant:<16} {size:<4} {schedules:>11} {executions:>8} {loom:>7} {finals:<6} {verdict}\n")
}

/// Formats a row as one line of at most 80 columns.
pub fn line(row: &Row, comparison: Option<&Comparison>) -> String {
    let judgement = &row.judgement;
    let schedules = judgement.interleavings().map_or("-".into(), |count| count.to_string());
    let loom = match comparison.map(|comparison| &comparison.difference) {
        None => "-",
        Some(None) => "agrees",
        Some(Some(Difference::Stopped)) => "stopped",
        Some(Some(_)) => "differs",
    };
    let (size, executions) = (judgement.size.to_string(), judgement.executions());
    let executions = executions.map_or_else(|| "-".to_string(), |executions| executions.to_string());
    let (finals, verdict) = (judgement.finals_in_words(), judgement.verdict.name());
    columns([row.subject.variant, &size, &schedules, &executions, loom, &finals, verdict])
}

/// Formats the text below the table: each counter's verdict in a sentence, the columns, and what no verdict covers.
pub fn explanation(rows: &[(Row, Option<Comparison>)]) -> String {
    let mut text = String::from("\nThe verdict on each counter, at its largest size:\n\n");
    let mut claims: Vec<(&str, Vec<&str>)> = Vec::new();
    for (index, (row, _)) in rows.iter().enumerate() {
        let is_last = rows.get(index + 1).is_none_or(|(next, _)| next.subject.variant != row.subject.variant);
        let (claim, variant) = (row.judgement.claim.as_str(), row.subject.variant);
        match claims.iter_mut().find(|(other, _)| *other == claim) {
            _ if !is_last => {}
            Some((_, variants)) => variants.push(variant),
            None => claims.push((claim, vec![variant])),
        }
    }
    for (claim, variants) in claims {
        let _ = writeln!(text, "{}", wrap(&format!("{}: {claim}", variants.join(", ")), 80, "  "));
    }
    text.push_str("\nschedules: the number of interleavings (-: a thread waits in a loop, or a race).\n");
    text.push_str("in C++20: the executions that differ in what operations returned (-: unknown).\n");
    let most = integer(MOST_EXECUTIONS);
    let _ = writeln!(text, "loom: whether {LOOM} finds the same (stopped: after {most}; -: not tried).");
    text.push_str("finals: the possible final values of the counter.\n");
    let differences: Vec<String> =
        rows.iter().filter_map(|(row, comparison)| difference(row, comparison.as_ref()?)).collect();
    if !differences.is_empty() {
        text.push_str("\nWhere loom differs, and why:\n\n");
        differences.iter().for_each(|line| _ = writeln!(text, "{}", wrap(line, 80, "  ")));
    }
    let _ = writeln!(text, "\nWhat no verdict of the {CHECKED_BY} covers:\n");
    for limit in verdict::cannot_see() {
        let _ = writeln!(text, "{}", wrap(&format!("- {limit}"), 80, "  "));
    }
    text
}

/// Says how loom differs, and why.
fn difference(row: &Row, comparison: &Comparison) -> Option<String> {
    let difference = comparison.difference.as_ref()?;
    let (variant, size) = (row.subject.variant, row.judgement.size);
    let what = match difference {
        Difference::Stopped => return None,
        Difference::Verdict(verdict) => format!("loom's verdict is {verdict}"),
        Difference::Missed(values) => format!("loom misses the final value {}", numbers(values)),
        Difference::Extra(values) => format!("loom ends at {} too", numbers(values)),
    };
    let why = limitation(row.subject, difference).map_or("The cause is not known.", Limitation::claim);
    Some(format!("- {variant} {size}: {what}. {why}"))
}

/// Builds the JSON document of the table, `labs/proofs/1`, with loom's results in each row.
pub fn document(rows: &[(Row, Option<Comparison>)]) -> Value {
    let all: Vec<Row> = rows.iter().map(|(row, _)| row.clone()).collect();
    let mut document = model::table::document(&all);
    for ((row, comparison), object) in rows.iter().zip(document["rows"].as_array_mut().into_iter().flatten()) {
        if let Some(Comparison { loom, difference }) = comparison {
            object["loom"] = json!({
                "verdict": loom.verdict(row.judgement.size).name(),
                "finals": loom.outcomes,
                "executions": loom.executions,
                "seconds": loom.seconds,
                "agrees": difference.is_none(),
            });
        }
    }
    document
}
