//! Formats the model checker's verdict on each counter as a table.

use anyhow::{Context as _, Result, ensure};
use common::format;
use common::source::Region;
use maud::{Markup, html};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Builds a table of the verdicts about `threads` x `increments`, from the labs that have a `witnesses.json`.
///
/// # Errors
///
/// A document is missing, has none of that size, or is about a counter that has changed; the message names the file.
pub fn table(root: &Path, threads: u64, increments: u64) -> Result<Markup> {
    let (mut rows, mut checkers) = (Vec::new(), Vec::new());
    let kept = workspace::labs_of(root).into_iter().map(|lab| format!("labs/{}", lab.folder));
    for folder in kept.filter(|folder| root.join(folder).join("witnesses.json").exists()) {
        let path = format!("{folder}/witnesses.json");
        let text = fs::read_to_string(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
        let document: Value = serde_json::from_str(&text).with_context(|| format!("{path} is not valid JSON"))?;
        let checker = document["checked_by"].as_str().unwrap_or("a model checker").to_string();
        if !checkers.contains(&checker) {
            checkers.push(checker);
        }
        let all = document["verdicts"].as_array().into_iter().flatten();
        let of_size: Vec<Value> = all
            .filter(|verdict| verdict["threads"] == threads && verdict["increments"] == increments)
            .cloned()
            .collect();
        ensure!(!of_size.is_empty(), "{path} has no verdict about {threads} x {increments}");
        for verdict in of_size {
            ensure_fresh(root, &folder, &path, &verdict)?;
            rows.push(verdict);
        }
    }
    let text = |verdict: &Value, name: &str| verdict[name].as_str().unwrap_or_default().to_string();
    let is_good = |verdict: &Value| text(verdict, "verdict").starts_with("no ");
    Ok(html! {
        table.verdicts {
            thead { tr { th { "counter" } th { "verdict" } th { "final values" } th { "executions" } } }
            tbody {
                @for verdict in &rows {
                    tr {
                        td { code { (text(verdict, "variant")) } }
                        td class=(if is_good(verdict) { "good" } else { "bad" }) {
                            (if is_good(verdict) { "✓ " } else { "✗ " }) (text(verdict, "verdict"))
                        }
                        td { (ends(verdict)) }
                        td { (verdict["executions"].as_u64().map_or("-".into(), format::integer)) }
                    }
                }
            }
        }
        p.small { "Found by " (checkers.join(", ")) ": " (threads) " threads, " (increments) " increments each, under three memories." }
    })
}

/// Formats the final values: `2, 3, 4`, or `any: undefined behaviour` for a counter with a data race.
fn ends(verdict: &Value) -> String {
    let finals: Vec<String> = verdict["finals"].as_array().into_iter().flatten().map(Value::to_string).collect();
    if finals.is_empty() { "any: undefined behaviour".to_string() } else { finals.join(", ") }
}

fn ensure_fresh(root: &Path, folder: &str, path: &str, verdict: &Value) -> Result<()> {
    let file = format!("{folder}/src/counters.rs");
    let text = fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))?;
    let anchor = verdict["source"]["anchor"].as_str().unwrap_or_default();
    let is_fresh = Region::of(&text, anchor).is_some_and(|region| verdict["source"]["sha256"] == region.fingerprint());
    ensure!(
        is_fresh,
        "{anchor} in {file} has changed since it was checked, so {path} is stale; run cargo proofs witnesses"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_counter_of_the_labs() {
        let table = table(workspace::root(), 2, 2).unwrap().into_string();
        for lab in workspace::labs() {
            let Ok(text) = fs::read_to_string(lab.path.join("witnesses.json")) else { continue };
            let document: Value = serde_json::from_str(&text).unwrap();
            for verdict in document["verdicts"].as_array().unwrap() {
                let counter = verdict["variant"].as_str().unwrap();
                assert!(table.contains(&format!("<code>{counter}</code>")), "{counter}");
            }
        }
        assert!(table.contains("✗ can lose updates") && table.contains("✓ no execution loses one"));
        assert!(super::table(workspace::root(), 9, 9).is_err(), "this size was not checked");
    }
}
