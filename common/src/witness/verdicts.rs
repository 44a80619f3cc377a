//! Formats the verdict on each counter, what it covers, and how to reproduce it.

use super::{list, number, prose, string, warning};
use crate::format::{integer, numbers, table_within};
use crate::layout::{paragraph, section};
use serde_json::Value;

/// Returns the name of the model checker.
pub(super) fn checker(document: &Value) -> &str {
    let first = |list| &document[list][0]["checked"]["by"];
    let by = [&document["checked_by"], first("witnesses"), first("data_races")];
    by.into_iter().find_map(Value::as_str).unwrap_or("explorer")
}

/// Formats the verdicts as a table: each counter at its largest size, or with `full` at all sizes, and then each
/// counter's claim and what no verdict covers.
pub(super) fn text(document: &Value, stale: &[String], full: bool) -> String {
    let warnings: String = stale.iter().map(|stale| warning(stale)).collect();
    let brief = |verdict: &&Value| {
        let [variant, size, _, _, finals] = row(verdict);
        vec![variant, size, finals, string(&verdict["verdict"]).to_string()]
    };
    let rows: Vec<Vec<String>> = largest(document).iter().map(brief).collect();
    let table = table_within(80, &["variant", "size", "final", "verdict"], &rows);
    let verdicts = section("Verdicts, at the largest size that was explored (threads x increments)", warnings + &table);
    if !full {
        return verdicts;
    }
    let header = ["variant", "size", "schedules", "executions", "final"];
    let rows: Vec<Vec<String>> = list(document, "verdicts").iter().map(|verdict| row(verdict).into()).collect();
    let table = table_within(80, &header, &rows);
    let legend = "Schedules are the orders of the steps with one memory, and executions those under C++20 that differ in what operations \
                  returned (-: not counted).";
    let limits = list(document, "cannot_see").iter().map(|limit| paragraph(&format!("- {}", string(limit))));
    verdicts
        + &section("All sizes", table + &prose(legend))
        + &section("The verdict on each counter, at its largest size", claims(document))
        + &section("What no verdict covers", limits.collect())
        + &section(
            "To see for yourself",
            "cargo proofs            explores all of this again\n\
             cargo proofs witnesses  searches for schedules again after a counter has changed\n"
                .into(),
        )
}

/// Returns the verdict on each counter at its largest size.
fn largest(document: &Value) -> Vec<&Value> {
    let mut largest: Vec<&Value> = Vec::new();
    for verdict in list(document, "verdicts") {
        match largest.iter_mut().find(|other| other["variant"] == verdict["variant"]) {
            Some(other) if number(&other["expected"]) <= number(&verdict["expected"]) => *other = verdict,
            Some(_) => {}
            None => largest.push(verdict),
        }
    }
    largest
}

fn row(verdict: &Value) -> [String; 5] {
    let finals: Vec<u64> = list(verdict, "finals").iter().map(number).collect();
    [
        string(&verdict["variant"]).to_string(),
        format!("{}x{}", number(&verdict["threads"]), number(&verdict["increments"])),
        verdict["interleavings"].as_u64().map_or("-".into(), integer),
        verdict["executions"].as_u64().filter(|_| verdict["data_race"] != true).map_or("-".into(), integer),
        numbers(&finals),
    ]
}

/// Formats each claim once, with all counters that it applies to.
fn claims(document: &Value) -> String {
    let mut claims: Vec<(&str, Vec<&str>)> = Vec::new();
    for verdict in largest(document) {
        let (claim, variant) = (string(&verdict["claim"]), string(&verdict["variant"]));
        match claims.iter_mut().find(|(other, _)| *other == claim) {
            Some((_, variants)) => variants.push(variant),
            None => claims.push((claim, vec![variant])),
        }
    }
    claims.into_iter().map(|(claim, variants)| paragraph(&format!("- {}: {claim}", variants.join(", ")))).collect()
}
