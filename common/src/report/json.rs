//! The report for programs: the contract `labs/report/1`, whose schema is `tests/schemas/report-1.json`.

use super::{Comparison, Point, Quantity, Report, Row, Unit};
use crate::{Arguments, Lab, machine::Machine, pin::Pin, timing::Summary, warning::Warning};
use serde_json::{Map, Value, json};

/// Builds the whole JSON document.
pub fn document(report: &Report, lab: &Lab, arguments: &Arguments, machine: &Machine) -> Value {
    let figures: Map<_, _> = lab.lecture.figures.iter().map(|&(name, value)| (name.into(), number(value))).collect();
    object([
        ("schema", json!("labs/report/1")),
        ("lab", json!(lab.name)),
        ("lecture", json!({ "program": lab.lecture.program, "figures": figures })),
        ("machine", machine.to_json()),
        ("parameters", json!(arguments.parameters())),
        ("pinned", json!(arguments.pin && Pin::works())),
        ("rows", report.rows.iter().map(row).collect()),
        ("quantities", list(&report.quantities, quantity)),
        ("notes", list(&report.notes_that_hold().collect::<Vec<_>>(), |note| json!(note.text))),
        (
            "prediction",
            report.prediction.as_ref().map_or(Value::Null, |prediction| {
                object([
                    ("question", json!(prediction.question)),
                    ("predicted", option(prediction.predicted, number)),
                    ("measured", option(prediction.measured, number)),
                    ("lecture", option(prediction.lecture, number)),
                ])
            }),
        ),
        ("python", list(&report.python, comparison)),
        ("warnings", report.warnings.iter().map(warning).collect()),
    ])
}

fn row(row: &Row) -> Value {
    let phases: Map<_, _> = row.phases.iter().map(|&(name, seconds)| (name.into(), json!(seconds))).collect();
    object([
        ("variant", json!(row.variant)),
        ("label", json!(row.label)),
        ("correct", json!(row.correct)),
        ("expected", json!(row.expected)),
        ("finals", list(&row.finals, |value| json!(value))),
        ("lost", option(row.lost().map(|lost| Summary { runs: 0, ..lost }), summary)),
        ("forced", if row.forced { json!(true) } else { Value::Null }),
        ("relative_difference", json!(row.relative_difference)),
        ("seconds", option(row.seconds, summary)),
        ("speedup", option(row.speedup, summary)),
        ("nanoseconds_per_increment", option(row.nanoseconds_per_increment, summary)),
        ("cpu_seconds", option(row.cpu_seconds, summary)),
        ("involuntary_switches", option(row.involuntary_switches, summary)),
        ("phases", if phases.is_empty() { Value::Null } else { phases.into() }),
        ("bytes_copied", json!(row.bytes_copied)),
        ("page_faults", json!(row.page_faults)),
        (
            "sweep",
            option(
                row.sweep.as_ref(),
                |sweep| json!({ "over": sweep.over, "points": sweep.points.iter().map(point).collect::<Value>() }),
            ),
        ),
    ])
}

fn point(point: &Point) -> Value {
    object([
        ("at", json!(point.at)),
        ("seconds", option(point.seconds, summary)),
        ("speedup", option(point.speedup, summary)),
        ("predicted_speedup", option(point.predicted_speedup, number)),
        ("finals", list(&point.finals, |value| json!(value))),
        ("expected", json!(point.expected)),
        ("nanoseconds_per_increment", option(point.nanoseconds_per_increment, summary)),
    ])
}

fn quantity(quantity: &Quantity) -> Value {
    let unit = match quantity.unit {
        Unit::Seconds => "seconds",
        Unit::Elements => "elements",
        Unit::Ratio => "ratio",
        Unit::Count => "count",
    };
    object([
        ("name", json!(quantity.name)),
        ("label", json!(quantity.label)),
        ("value", option(quantity.value, number)),
        ("predicted", option(quantity.predicted, number)),
        ("unit", json!(unit)),
    ])
}

fn comparison(comparison: &Comparison) -> Value {
    object([
        ("program", json!(comparison.program)),
        ("figure", json!(comparison.figure)),
        ("version", json!(comparison.version)),
        ("numpy", json!(comparison.numpy)),
        ("python", summary(comparison.python)),
        ("ours", option(comparison.ours, summary)),
        ("lecture", option(comparison.lecture, number)),
    ])
}

fn warning(warning: &Warning) -> Value {
    json!({ "kind": warning.kind(), "message": warning.to_string(), "advice": warning.advice() })
}

fn summary(summary: Summary) -> Value {
    object([
        ("runs", if summary.runs == 0 { Value::Null } else { json!(summary.runs) }),
        ("min", number(summary.min)),
        ("median", number(summary.median)),
        ("max", number(summary.max)),
    ])
}

/// Writes a whole number without a fraction, so that a count reads as a count.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() <= crate::parameter::MAX_EXACT as f64 {
        json!(value as i64)
    } else {
        json!(value)
    }
}

fn option<T>(value: Option<T>, to_json: impl Fn(T) -> Value) -> Value {
    value.map_or(Value::Null, to_json)
}

/// Treats an empty list as not measured.
fn list<T>(items: &[T], to_json: impl Fn(&T) -> Value) -> Value {
    if items.is_empty() { Value::Null } else { items.iter().map(to_json).collect() }
}

/// Builds an object without the fields that were not measured. A null in `machine` stays, because it means "no limit".
fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_string(), value)).collect()
}
