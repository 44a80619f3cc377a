//! Formats the verdict on each counter, what it covers, and how to reproduce it.

use super::{list, number, prose, string, warning};
use crate::format::{integer, numbers, table_within};
use crate::layout::{paragraph, section};
use serde_json::Value;

/// Returns the name of the model checker.
pub(super) fn checker(document: &Value) -> &str {
    let first = |list| &document[list][0]["checked"]["by"];
    let by = [&document["checked_by"], first("witnesses"), first("data_races")];
    by.into_iter().find_map(Value::as_str).unwrap_or("loom")
}

/// Formats the verdicts as a table, followed by each counter's claim and by what no verdict covers.
pub(super) fn text(document: &Value, stale: &[String]) -> String {
    let verdicts = list(document, "verdicts");
    let header = ["variant", "size", "executions", "interleavings", "final", "verdict"];
    let warnings: String = stale.iter().map(|stale| warning(stale)).collect();
    let legend = "A size is threads x increments. The executions were explored with weak memory. The interleavings are all orders \
                  of the steps with one memory, and each was run (-: not run, because of a data race or a waiting loop). Final \
                  lists the possible final values.";
    let table = table_within(80, &header, &verdicts.iter().map(row).collect::<Vec<_>>());
    let limits = list(document, "cannot_see").iter().map(|limit| paragraph(&format!("- {}", string(limit))));
    section("Verdicts", warnings + &table + "\n" + &prose(legend))
        + &section("The verdict on each counter, at its largest size", claims(verdicts))
        + &section("What no verdict covers", limits.collect())
        + &section(
            "To see for yourself",
            "cargo proofs            explores all of this again\n\
             cargo proofs witnesses  searches for schedules again after a counter has changed\n"
                .into(),
        )
}

fn row(verdict: &Value) -> Vec<String> {
    let finals: Vec<u64> = list(verdict, "finals").iter().map(number).collect();
    vec![
        string(&verdict["variant"]).to_string(),
        format!("{}x{}", number(&verdict["threads"]), number(&verdict["increments"])),
        integer(number(&verdict["executions"])),
        verdict["interleavings"].as_u64().map_or("-".into(), integer),
        numbers(&finals),
        string(&verdict["verdict"]).to_string(),
    ]
}

/// Formats each claim once, with all counters that it applies to.
fn claims(verdicts: &[Value]) -> String {
    let mut largest: Vec<&Value> = Vec::new();
    for verdict in verdicts {
        match largest.iter_mut().find(|other| other["variant"] == verdict["variant"]) {
            Some(other) if number(&other["expected"]) <= number(&verdict["expected"]) => *other = verdict,
            Some(_) => {}
            None => largest.push(verdict),
        }
    }
    let mut claims: Vec<(&str, Vec<&str>)> = Vec::new();
    for verdict in largest {
        let (claim, variant) = (string(&verdict["claim"]), string(&verdict["variant"]));
        match claims.iter_mut().find(|(other, _)| *other == claim) {
            Some((_, variants)) => variants.push(variant),
            None => claims.push((claim, vec![variant])),
        }
    }
    claims.into_iter().map(|(claim, variants)| paragraph(&format!("- {}: {claim}", variants.join(", ")))).collect()
}
