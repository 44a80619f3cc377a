//! Checks what a schema cannot: whether the figures of a report fit together.

use crate::labs::LabUnderTest;
use serde_json::Value;

/// Returns where a lab's report contradicts itself or the lab's declaration.
pub fn contradictions(lab: &LabUnderTest, report: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut complain = |what: String| found.push(format!("lab-{}: {what}", lab.name));
    if report["lab"] != lab.name {
        complain(format!("it calls itself {}", report["lab"]));
    }
    let rows = rows(report);
    let variants: Vec<&str> = rows.iter().filter_map(|row| row["variant"].as_str()).collect();
    let promised: Vec<&str> = lab.variants.iter().map(|(variant, _)| *variant).collect();
    if variants != promised {
        complain(format!("its variants are {variants:?}, not {promised:?}"));
    }
    for row in &rows {
        let variant = row["variant"].as_str().unwrap_or_default();
        for what in row_contradictions(lab, row, report) {
            complain(format!("{variant}: {what}"));
        }
    }
    found
}

fn row_contradictions(lab: &LabUnderTest, row: &Value, report: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let sound = lab.variants.iter().find(|(variant, _)| row["variant"] == *variant).is_none_or(|(_, sound)| *sound);
    if row["correct"] != sound {
        found.push(format!("correct is {}, must be {sound}", row["correct"]));
    }
    if let Some(finals) = row["finals"].as_array() {
        let expected = row["expected"].as_u64();
        let losses = finals.iter().map(|value| expected?.checked_sub(value.as_u64()?)).collect::<Option<Vec<u64>>>();
        match losses.as_deref() {
            Some(losses) if !losses.is_empty() => {
                let (least, most) = (losses.iter().min(), losses.iter().max());
                if row["lost"]["min"].as_u64().as_ref() != least || row["lost"]["max"].as_u64().as_ref() != most {
                    found.push(format!("{losses:?} were lost, but lost is {}", row["lost"]));
                }
                if sound && most != Some(&0) {
                    found.push("it lost an update".into());
                }
            }
            _ => found.push("a final is above what was expected".into()),
        }
        if Some(finals.len() as u64) != report["parameters"]["repeat"].as_u64() {
            found.push(format!("{} finals, not one a run", finals.len()));
        }
        let (threads, increments) = (&report["parameters"]["threads"], &report["parameters"]["increments"]);
        if expected != threads.as_u64().zip(increments.as_u64()).map(|(threads, increments)| threads * increments) {
            found.push(format!("{} is expected of {threads} x {increments}", row["expected"]));
        }
    }
    summaries(row, "", &mut found);
    found
}

/// Checks that every `min`, `median` and `max` are in ascending order.
fn summaries(value: &Value, place: &str, found: &mut Vec<String>) {
    if let [Some(min), Some(median), Some(max)] = ["min", "median", "max"].map(|name| value[name].as_f64())
        && !(min <= median && median <= max)
    {
        found.push(format!("{place}: {min}, {median}, {max} are out of order"));
    }
    for (name, child) in value.as_object().into_iter().flatten() {
        summaries(child, &format!("{place}/{name}"), found);
    }
}

/// Returns the rows of a report.
pub fn rows(report: &Value) -> Vec<&Value> {
    report["rows"].as_array().into_iter().flatten().collect()
}

/// Returns the expected result if all rows have the same one; `None` if they differ.
pub fn expected(report: &Value) -> Option<&Value> {
    let rows = rows(report);
    let first = &rows.first()?["expected"];
    rows.iter().all(|row| row["expected"] == *first).then_some(first)
}
