use super::*;
use crate::workspace;
use serde_json::Value;
use std::fs;

fn reference() -> Reports {
    Reports::read(&workspace().join("slides/reference"), true).unwrap()
}

/// The reference reports, each changed.
fn changed(change: impl Fn(&mut Value)) -> (tempfile::TempDir, Result<Reports>) {
    let folder = tempfile::tempdir().unwrap();
    for lab in crate::reports::LABS {
        let text = fs::read_to_string(workspace().join(format!("slides/reference/{lab}.json"))).unwrap();
        let mut value: Value = serde_json::from_str(&text).unwrap();
        change(&mut value);
        fs::write(folder.path().join(format!("{lab}.json")), value.to_string()).unwrap();
    }
    let reports = Reports::read(folder.path(), false);
    (folder, reports)
}

/// Changes every speed-up of rows and sweeps, and every time of an increment.
fn set_all(value: &mut Value, figure: f64) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_figure = ["speedup", "nanoseconds_per_increment"].contains(&name.as_str());
                match field {
                    Value::Object(summary) if is_figure => {
                        ["min", "median", "max"]
                            .iter()
                            .for_each(|name| drop(summary.insert(name.to_string(), figure.into())));
                    }
                    field if name == "predicted_speedup" => *field = figure.into(),
                    field => set_all(field, figure),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| set_all(item, figure)),
        _ => {}
    }
}

fn crowded(reports: &Reports) -> Vec<String> {
    let problems = |name| plot(name, reports).unwrap().crowded().into_iter().map(move |what| format!("{name}: {what}"));
    names().flat_map(problems).collect()
}

#[test]
fn no_text_lies_on_another_or_beyond_the_edge() {
    assert_eq!(crowded(&reference()), [""; 0]);
}

#[test]
fn nor_does_one_with_extreme_figures() {
    for figure in [1e-5, 0.03, 0.99, 1.0, 2.0, 1000.0] {
        let (_folder, reports) = changed(|report| set_all(report, figure));
        assert_eq!(crowded(&reports.unwrap()), [""; 0], "all figures {figure}");
    }
}

#[test]
fn a_missing_figure_is_an_error_that_names_the_file() {
    let (_folder, reports) = changed(|report| {
        let rows = report["rows"].as_array_mut().unwrap();
        rows.iter_mut().for_each(|row| {
            row.as_object_mut().unwrap().retain(|name, _| ["variant", "expected"].contains(&name.as_str()));
        });
    });
    let reports = reports.unwrap();
    for name in names() {
        let error = format!("{:#}", plot(name, &reports).unwrap_err());
        assert!(error.contains(".json has no") || error.contains(".json: the sweep"), "{name}: {error}");
    }
    assert!(plot("nothing", &reports).unwrap_err().to_string().contains("speedups-naive"));
}

#[test]
fn a_report_that_is_none_is_refused_by_name() {
    let refused = |change: fn(&mut Value)| format!("{:#}", changed(change).1.unwrap_err());
    assert!(refused(|report| report["schema"] = "labs/report/2".into()).contains("naive.json is no report"));
    assert!(refused(|report| report["lab"] = "race".into()).contains("naive.json is no report"));
    assert!(
        refused(|report| report["machine"]["optimized"] = false.into()).contains("naive.json was measured without")
    );
    let empty = tempfile::tempdir().unwrap();
    let error = format!("{:#}", Reports::read(empty.path(), false).unwrap_err());
    assert!(error.contains("naive.json") && error.contains("--measure"), "{error}");
}

#[test]
fn every_plot_has_a_table_and_says_what_it_was_measured_on() {
    for name in names() {
        let figure = plot(name, &reference()).unwrap().figure().into_string();
        assert!(figure.contains("<table class=\"for-screen-readers\">") && figure.contains("role=\"img\""), "{name}");
        assert!(figure.contains("Reference, not this machine: lab-") && figure.contains("2 CPUs"), "{name}");
    }
    let (_folder, reports) = changed(|_| ());
    let figure = plot("chunks", &reports.unwrap()).unwrap().figure().into_string();
    assert!(!figure.contains("Reference"), "the lecturer's own figures are no reference");
}
