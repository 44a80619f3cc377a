//! Checks `cargo scoreboard`: every installed peer runs and computes the right result, a missing peer is named, and a
//! disturbed machine gives no verdict. No time is judged.

use common::{machine::Machine, timing::Summary};
use end_to_end::run::{self, Outcome};
use end_to_end::{assert_none, programs};
use serde_json::Value;
use speed::scoreboard::board::{Expected, Measured, Ratio, Row, verify};
use speed::scoreboard::conditions::{Conditions, cpu_times, throttled_periods};
use speed::scoreboard::output::date;
use speed::scoreboard::repeats;
use speed::scoreboard::targets::{Choice, Target, Verdict, judge};
use std::{env, fs, process::Command, process::Stdio};

/// The ids of our own rows, which are always there.
const OURS: [&str; 13] = [
    "sum/rust/sequential/1",
    "sum/rust/streams/1",
    "sum/rust/streams-threads/2",
    "sum/rust/thread-borrow/2",
    "sum/rust/rayon-plain/2",
    "shared-memory/rust/sequential/1",
    "shared-memory/rust/thread-borrow/2",
    "shared-memory/rust/process-shared-warm/2",
    "heavy/rust/vectorized/1",
    "counters/rust/fetch-add/2",
    "counters/rust/padded/2",
    "calibration/rust/arithmetic/1",
    "calibration/rust/arithmetic/2",
];

/// Makes a quick run that finds programs in `path`. Returns how it ended, its document and its Markdown.
fn quick(path: Option<&std::path::Path>) -> (Outcome, Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let (markdown, json) = (folder.path().join("table.md"), folder.path().join("table.json"));
    let mut command = Command::new(programs::program("scoreboard"));
    command.args(["--quick", "--repeat", "2", "--markdown"]).arg(&markdown).arg("--json").arg(&json);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let outcome = run::complete(command);
    assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.stdout);
    let document = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    (outcome, document, fs::read_to_string(markdown).unwrap())
}

fn array<'a>(document: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    document[field].as_array().into_iter().flatten()
}

fn is_missing(document: &Value, peer: &str) -> bool {
    array(document, "missing").any(|missing| missing["peer"] == peer)
}

/// Returns what is wrong with the document of a quick run.
fn problems(document: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    if document["schema"] != "labs/scoreboard/1" || document["machine"]["model"].as_str().is_none_or(str::is_empty) {
        problems.push(format!("schema {}, machine {}", document["schema"], document["machine"]));
    }
    let ids: Vec<&str> = array(document, "rows").filter_map(|row| row["id"].as_str()).collect();
    for id in OURS.into_iter().filter(|id| ids.iter().filter(|other| other == &id).count() != 1) {
        problems.push(format!("{id} is not there, or there twice"));
    }
    for (peer, made_with) in [("c", &["cc"][..]), ("python", &["python", "numpy"])] {
        let runs = array(document, "rows").any(|row| row["peer"] == peer);
        let is_told = made_with.iter().all(|name| document["versions"][name].is_string());
        if (runs, is_told) != (!is_missing(document, peer), !is_missing(document, peer)) {
            problems.push(format!("{peer} is here and missing, or neither, or its versions are"));
        }
    }
    for row in array(document, "rows") {
        let positive = |summary: &Value| {
            let figure = |name: &str| summary[name].as_f64().unwrap_or(0.0);
            summary["runs"] == 3
                && 0.0 < figure("min")
                && figure("min") <= figure("median")
                && figure("median") <= figure("max")
        };
        let than = row["than"].as_str().is_some_and(|than| ids.contains(&than));
        if row["verified"] != true || !positive(&row["seconds"]) || !positive(&row["ratio"]) || !than {
            problems.push(format!("{row}"));
        }
    }
    if array(document, "targets").count() != speed::scoreboard::targets::TARGETS.len() {
        problems.push("a target is not listed".into());
    }
    let repeated: Vec<&Value> = array(document, "repeated").collect();
    let is_whole = |row: &&Value| row["not_measured"] == 2 && row["claim"].is_string();
    if repeated.len() != speed::scoreboard::targets::TARGETS.len() || !repeated.iter().all(is_whole) {
        problems.push(format!("not all of two runs is told: {}", document["repeated"]));
    }
    for target in array(document, "targets") {
        if target["verdict"] != "not measured" || target["reason"].as_str().is_none_or(str::is_empty) {
            problems.push(format!("{target}"));
        }
    }
    problems
}

#[test]
fn every_peer_runs_is_verified_and_is_shown() {
    let (outcome, document, markdown) = quick(None);
    assert_none(problems(&document));
    assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 100), "{}", outcome.stdout);
    for text in [&outcome.stdout, &markdown] {
        assert!(text.contains("not measured") && text.contains("scoped threads") && text.contains("Versions: rustc"));
        assert!(text.contains(document["machine"]["model"].as_str().unwrap()));
    }
    assert!(markdown.lines().filter(|line| line.starts_with("| ---")).count() >= 6, "{markdown}");
    // Twins that must fail.
    for (pointer, value) in [
        ("/schema", "labs/report/1".into()),
        ("/rows/0/verified", false.into()),
        ("/rows/0/id", "nonesuch".into()),
        ("/rows/3/seconds/runs", 2.into()),
        ("/repeated/0/not_measured", 1.into()),
        ("/targets/0/verdict", "met".into()),
        ("/targets/0/reason", Value::Null),
        ("/missing", serde_json::json!([{ "peer": "c" }, { "peer": "python" }])),
    ] {
        let mut broken = document.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        let was_missing = is_missing(&document, "c") && is_missing(&document, "python");
        assert!(!problems(&broken).is_empty() || pointer == "/missing" && was_missing, "{pointer}");
    }
    if env::var_os("CI").is_some() {
        assert_eq!(array(&document, "missing").count(), 0, "CI has cc and python3 with numpy: {}", document["missing"]);
    }
    for missing in array(&document, "missing") {
        end_to_end::skipped(&format!("the peer {} of the scoreboard", missing["peer"]), &missing["why"].to_string());
    }
}

#[test]
fn a_missing_peer_is_named_with_how_to_get_it_and_the_rest_runs() {
    let nowhere = tempfile::tempdir().unwrap();
    let (outcome, document, markdown) = quick(Some(nowhere.path()));
    assert_none(problems(&document));
    assert!(is_missing(&document, "c") && is_missing(&document, "python"));
    assert!(array(&document, "rows").all(|row| row["peer"] == "rust"));
    for text in [&outcome.stdout, &markdown] {
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        for part in ["cc was not found", "install GCC", "python3 was not found", "install Python 3.8 or newer"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[test]
fn a_wrong_result_is_refused() {
    let exact = Expected { value: 5000.0, tolerance: 0.0 };
    assert!(verify("x", 5000.0, exact).is_ok());
    assert!(verify("x", 5001.0, exact).unwrap_err().to_string().contains("x computed 5001 in place of 5000"));
    assert!(verify("x", f64::NAN, exact).is_err());
    let rounded = Expected { value: 5000.0, tolerance: 1e-12 };
    assert!(verify("x", 5000.0 + 4e-9, rounded).is_ok() && verify("x", 5000.0 + 6e-9, rounded).is_err());
}

fn measured(kernel: &'static str, threads: usize, times: [f64; 5]) -> Measured {
    let row = Row { group: "sum", peer: "rust", kernel, label: "", threads, units: 1.0 };
    Measured { row, times: times.to_vec() }
}

fn calm() -> Conditions {
    Conditions {
        rounds: 5,
        quick: false,
        machine: Machine { cpus_online: 2, cpus_allowed: 2, cgroup_cpus: None, model: "none".into() },
        calibration: Ratio { all: Summary { runs: 5, min: 1.9, median: 1.95, max: 2.0 }, middle_half: 0.02 },
        busy: [Some(0.01), None],
        throttled: 0,
    }
}

#[test]
fn a_verdict_needs_both_rows_and_a_machine_that_can_tell() {
    let target =
        Target { claim: "", fast: Choice::Best("sum", "rust", 2), than: Choice::Row("sum/rust/slow/1"), least: 1.5 };
    let slow = measured("slow", 1, [2.0, 2.0, 4.0, 4.0, 2.0]);
    // The machine runs at half its speed in two rounds, and one round of the faster row is disturbed.
    let rows = [slow.clone(), measured("slower", 2, [3.0; 5]), measured("fast", 2, [1.0, 1.0, 2.0, 2.0, 9.0])];
    let verdict =
        |least, rows: &[Measured], conditions: &Conditions| judge(Target { least, ..target }, rows, conditions).verdict;
    assert_eq!(verdict(2.0, &rows, &calm()), Verdict::Met);
    assert_eq!(verdict(2.1, &rows, &calm()), Verdict::Missed);
    assert_eq!(judge(target, &rows, &calm()).measured.unwrap().0, "sum/rust/fast/2");

    let why = |rows: &[Measured], conditions: &Conditions| match verdict(1.5, rows, conditions) {
        Verdict::NotMeasured(why) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(&rows[1..], &calm()).contains("sum/rust/slow/1 was not run"));
    assert!(why(&rows[..1], &calm()).contains("no sum/rust with 2 threads"));
    let wide = [slow, measured("fast", 2, [1.0, 0.5, 2.0, 1.0, 1.0])];
    assert!(why(&wide, &calm()).contains("spreads over"));

    let shared = Ratio { all: Summary { median: 1.3, ..calm().calibration.all }, middle_half: 0.02 };
    let unsteady = Ratio { middle_half: 0.2, ..calm().calibration };
    let machine = calm().machine;
    let throttled = Machine { cgroup_cpus: Some(1.5), ..machine.clone() };
    let one = Machine { cpus_allowed: 1, ..machine };
    for (conditions, part, also_alone) in [
        (Conditions { quick: true, ..calm() }, "--quick", true),
        (Conditions { rounds: 4, ..calm() }, "4 rounds", true),
        (Conditions { throttled: 2, ..calm() }, "quota", true),
        (Conditions { busy: [Some(0.0), Some(0.4)], ..calm() }, "others took 40 % of it after", true),
        (Conditions { machine: throttled, ..calm() }, "grants 1.5 CPUs", false),
        (Conditions { machine: one, ..calm() }, "one CPU", false),
        (Conditions { calibration: shared, ..calm() }, "reached 1.30x", false),
        (Conditions { calibration: unsteady, ..calm() }, "reached spreads over 20 %", false),
    ] {
        assert!(why(&rows, &conditions).contains(part), "{part}: {}", why(&rows, &conditions));
        assert_eq!(conditions.objection(1).is_some(), also_alone, "{part}");
    }
    assert_eq!((calm().objection(1), calm().objection(2)), (None, None));
}

#[test]
fn a_ratio_that_moves_from_run_to_run_is_told_with_what_became_of_it() {
    let target =
        Target { claim: "c", fast: Choice::Row("sum/rust/fast/1"), than: Choice::Row("sum/rust/slow/1"), least: 2.0 };
    let run = |times: [f64; 5]| {
        let rows = [measured("slow", 1, [2.0; 5]), measured("fast", 1, times)];
        vec![judge(target, &rows, &calm())]
    };
    let wide = [1.0, 0.5, 2.0, 4.0, 1.0];
    let repeated =
        repeats::of(&[run([1.0; 5]), run([2.0; 5]), run([0.5; 5]), run(wide), vec![judge(target, &[], &calm())]]);
    assert_eq!((&repeated[0].medians[..], repeated[0].verdicts), (&[2.0, 1.0, 4.0, 2.0][..], [2, 1, 2]));
    assert_eq!(repeated[0].cells(), ["c", "2.00x", "1.00x to 4.00x", "150 %", "2 / 1 / 2"]);
    assert_eq!(repeats::of(&[vec![judge(target, &[], &calm())]])[0].cells(), ["c", "-", "-", "-", "0 / 0 / 1"]);
}

#[test]
fn the_systems_figures_are_read_as_it_writes_them() {
    assert_eq!(cpu_times("cpu  10 1 5 80 4 1 2 7 3 0\ncpu0 1 2 3\n"), Some((26, 110)));
    assert_eq!((cpu_times("cpu  10 1\n"), cpu_times("")), (None, None));
    assert_eq!(throttled_periods("nr_periods 9\nnr_throttled 4\nthrottled_usec 7\n"), 4);
    assert_eq!(throttled_periods(""), 0);
    assert_eq!(["2024-02-29", "2024-03-01"], [1_709_164_800, 1_709_251_200].map(date));
    assert_eq!([date(0), date(1_767_225_599), date(1_767_225_600)], ["1970-01-01", "2025-12-31", "2026-01-01"]);
}

#[test]
fn a_flag_that_means_nothing_is_refused_in_one_line() {
    for (arguments, part) in [
        (&["--rounds", "0"][..], "--rounds 0: give a whole number from 1 to 1000"),
        (&["--rounds", "x"], "--rounds x: give a whole number"),
        (&["--repeat", "101"], "--repeat 101: give a whole number from 1 to 100"),
        (&["--fast"], "--fast"),
        (&["--json"], "--json"),
    ] {
        let mut command = Command::new(programs::program("scoreboard"));
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let outcome = run::complete(command);
        assert_eq!((outcome.status.code(), outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(outcome.stderr.contains(part) && outcome.stderr.lines().count() == 1, "{}", outcome.stderr);
    }
}
