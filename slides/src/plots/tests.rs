use super::*;
use serde_json::Value;
use std::fs;

fn reference() -> Reports {
    Reports::reference(workspace::root()).unwrap()
}

/// Returns the reference reports, each changed by a function.
fn changed(change: impl Fn(&mut Value)) -> (tempfile::TempDir, Result<Reports>) {
    let folder = tempfile::tempdir().unwrap();
    for lab in workspace::labs().into_iter().map(|lab| lab.name) {
        // A lab without figures on a slide has no report there.
        let path = workspace::root().join(format!("slides/reference/{lab}.json"));
        let Ok(text) = fs::read_to_string(path) else { continue };
        let mut value: Value = serde_json::from_str(&text).unwrap();
        change(&mut value);
        fs::write(folder.path().join(format!("{lab}.json")), value.to_string()).unwrap();
    }
    let reports = Reports::own(workspace::root(), folder.path());
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

/// One run instead of many.
fn set_one_run(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(median) = fields.get("median").cloned() {
                ["min", "max"].iter().for_each(|name| drop(fields.insert(name.to_string(), median.clone())));
                fields.insert("runs".into(), 1.into());
            }
            if let Some(Value::Array(finals)) = fields.get_mut("finals") {
                finals.truncate(1);
            }
            fields.values_mut().for_each(set_one_run);
        }
        Value::Array(items) => items.iter_mut().for_each(set_one_run),
        _ => {}
    }
}

/// Changes the times of all phases, and of one core, by a factor.
fn stretch(report: &mut Value, phases: f64, one_core: f64) {
    for row in report["rows"].as_array_mut().unwrap() {
        if let Some(phases_of) = row["phases"].as_object_mut() {
            phases_of.values_mut().for_each(|time| *time = (time.as_f64().unwrap() * phases).into());
        }
        if let Some(median) = row["seconds"].get_mut("median") {
            *median = (median.as_f64().unwrap() * one_core).into();
        }
    }
}

#[test]
fn nor_does_one_of_a_single_run() {
    let (_folder, reports) = changed(set_one_run);
    let reports = reports.unwrap();
    assert_eq!(crowded(&reports), [""; 0]);
    assert!(plot("finals", &reports).unwrap().figure().into_string().contains("of 1 lost nothing"));
}

#[test]
fn nor_does_one_of_short_or_long_times() {
    for (phases, one_core) in
        [(1e-5, 1e-5), (1e5, 1e5), (1.0, 10.0), (1.0, 1e-3), (1e-3, 1.0), (0.05, 1.0), (0.5, 1.0), (2.0, 0.5)]
    {
        let (_folder, reports) = changed(|report| stretch(report, phases, one_core));
        assert_eq!(crowded(&reports.unwrap()), [""; 0], "phases times {phases}, one core times {one_core}");
    }
}

#[test]
fn nor_does_one_of_another_machine() {
    for threads in [1, 2, 5, 8, 12, 16, 31, 32, 64, 384] {
        for figure in [0.01, 1.0, 30.0] {
            let (_folder, reports) = changed(|report| {
                set_all(report, figure);
                report["parameters"]["threads"] = threads.into();
                report["parameters"]["workers"] = threads.into();
            });
            assert_eq!(crowded(&reports.unwrap()), [""; 0], "{threads} threads, {figure}");
        }
    }
}

#[test]
fn nor_does_one_with_other_figures_of_the_lecture() {
    for (speedup, last) in [(1e-4, 0), (1.0, 400_000), (31.0, 850_000), (500.0, 1_000_000)] {
        let (_folder, reports) = changed(|report| {
            let figures = report["lecture"]["figures"].as_object_mut().unwrap();
            figures.entry("speedup").and_modify(|figure| *figure = speedup.into());
            figures.entry("final").and_modify(|figure| *figure = last.into());
        });
        assert_eq!(crowded(&reports.unwrap()), [""; 0], "{speedup}, {last}");
    }
}

#[test]
fn places_of_a_sweep_may_be_close_together() {
    let (_folder, reports) = changed(|report| {
        for row in report["rows"].as_array_mut().unwrap() {
            let points = row["sweep"]["points"].as_array_mut();
            points
                .into_iter()
                .flatten()
                .enumerate()
                .for_each(|(index, point)| point["at"] = (1_000_000 + index).into());
        }
    });
    assert_eq!(crowded(&reports.unwrap()), [""; 0]);
}

#[test]
fn that_threads_never_win_is_said_and_is_no_error() {
    let with = |value: Value| {
        let (_folder, reports) = changed(|report| {
            for quantity in report["quantities"].as_array_mut().into_iter().flatten() {
                if quantity["name"] == "break_even_size" {
                    quantity["value"] = value.clone();
                }
            }
        });
        let reports = reports.unwrap();
        assert_eq!(crowded(&reports), [""; 0], "{value}");
        plot("sizes", &reports).unwrap().figure().into_string()
    };
    assert!(with(Value::Null).contains("no break-even among these sizes"));
    assert!(with(1000.into()).contains("break-even: 1,000<"));
    assert!(!with(1e9.into()).contains("class=\"mark\""), "a place beyond the axis is not marked on it");
}

#[test]
fn a_sweep_without_a_prediction_has_no_line() {
    let (_folder, reports) = changed(|report| {
        for row in report["rows"].as_array_mut().unwrap() {
            for point in row["sweep"]["points"].as_array_mut().into_iter().flatten() {
                point.as_object_mut().unwrap().remove("predicted_speedup");
            }
        }
    });
    let figure = plot("chunks", &reports.unwrap()).unwrap().figure().into_string();
    assert!(!figure.contains("predicted series") && figure.contains("spawn-per-chunk"));
}

#[test]
fn a_sweep_over_something_else_is_an_error() {
    let (_folder, reports) = changed(|report| {
        for row in report["rows"].as_array_mut().unwrap().iter_mut().filter(|row| !row["sweep"].is_null()) {
            row["sweep"]["over"] = "moons".into();
        }
    });
    let error = plot("chunks", &reports.unwrap()).unwrap_err().to_string();
    assert!(error.contains("overhead.json has no sweep of spawn-per-chunk over chunk"), "{error}");
}

#[test]
fn a_file_stands_alone() {
    let style = fs::read_to_string(workspace::root().join("slides/assets/plots.css")).unwrap();
    let colours = crate::page::light_colours(workspace::root()).unwrap();
    let (_folder, reports) = changed(|report| report["machine"]["model"] = "A very long name ".repeat(12).into());
    let reports = reports.unwrap();
    for name in names() {
        let plot = plot(name, &reports).unwrap();
        let (title, source) = (plot.title.clone(), plot.source.clone());
        let file = plot.file(&style, &colours);
        assert!(!file.contains("var(--") && !file.contains(".plot "), "{name} needs the deck");
        assert!(file.contains(&format!("<desc>{source}</desc>")), "{name}");
        assert!(file.contains("xmlns=\"http://www.w3.org/2000/svg\"") && file.contains("<title>"), "{name}: {title}");
        for text in file.split("</text>").filter_map(|text| text.rsplit_once('>')).map(|(_, text)| text) {
            assert!(canvas::width_of(text, TEXT) < WIDTH, "{name} is too narrow for {text:?}");
        }
    }
}

/// Checks that the figures of a picture, including the lecture's, are in its table too.
#[test]
fn the_lectures_figures_come_from_the_reports_and_are_in_the_table() {
    let (_folder, reports) = changed(|report| {
        let figures = report["lecture"]["figures"].as_object_mut().unwrap();
        figures.entry("speedup").and_modify(|figure| *figure = 0.0777.into());
        figures.entry("final").and_modify(|figure| *figure = 123_456.into());
    });
    let reports = reports.unwrap();
    let table = |name| plot(name, &reports).unwrap().table.into_string();
    assert_eq!(table("speedups").matches("0.078x").count(), 3, "naive, shm, heavy");
    assert!(table("finals").contains("123,456 of 1,000,000") && table("amdahl").contains("no p gives 0.078x"));
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
    assert!(refused(|report| report["schema"] = "labs/report/2".into()).contains("naive.json is not a report"));
    assert!(refused(|report| report["lab"] = "race".into()).contains("naive.json is not a report"));
    assert!(
        refused(|report| report["machine"]["optimized"] = false.into()).contains("naive.json was measured without")
    );
    let empty = tempfile::tempdir().unwrap();
    let error = format!("{:#}", Reports::own(workspace::root(), empty.path()).unwrap_err());
    assert!(error.contains("has no report") && error.contains("--measure"), "{error}");

    // A missing report is an error only where a figure of it is needed.
    let (folder, _) = changed(|_| ());
    fs::remove_file(folder.path().join("naive.json")).unwrap();
    let reports = Reports::own(workspace::root(), folder.path()).unwrap();
    let error = format!("{:#}", plot("speedups-naive", &reports).unwrap_err());
    assert!(error.contains("naive.json") && error.contains("--measure"), "{error}");
    plot("speedups-shm", &reports).unwrap();
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
    assert!(!figure.contains("Reference"), "the lecturer's own figures are not the reference");
}
