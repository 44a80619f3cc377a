//! Checks `cargo growth`: every size and every number of threads has a prediction that was made without it, and growth
//! beyond linear is detected. No time is judged.

use common::timing::Summary;
use end_to_end::programs;
use end_to_end::run::{self, Outcome};
use serde_json::Value;
use speed::growth::model::{Growth, Model, exponent};
use speed::growth::{Run, sizes};
use std::process::{Command, Stdio};

fn growth(arguments: &[&str]) -> Outcome {
    let mut command = Command::new(programs::program("growth"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    run::complete(command)
}

#[test]
fn every_size_and_number_of_threads_is_there_with_its_prediction() {
    let folder = tempfile::tempdir().unwrap();
    let [markdown, json] = ["growth.md", "growth.json"].map(|name| folder.path().join(name).display().to_string());
    let outcome = growth(&["--quick", "--most", "20000", "--markdown", &markdown, "--json", &json]);
    assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "{}", outcome.stdout);
    assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{}", outcome.stdout);
    let document: Value = serde_json::from_str(&end_to_end::read(&json)).unwrap();
    assert_eq!(document["schema"], "labs/growth/1");

    let rows = document["rows"].as_array().unwrap();
    let threads: Vec<u64> =
        rows.iter().map_while(|row| (row["size"] == 1_000).then(|| row["threads"].as_u64())?).collect();
    assert!(threads.starts_with(&[1, 2, 4]), "{threads:?}");
    let found = rows.iter().map(|row| (row["size"].as_u64().unwrap(), row["threads"].as_u64().unwrap()));
    let wanted =
        [1_000, 10_000, 20_000].into_iter().flat_map(|size| threads.iter().map(move |threads| (size, *threads)));
    assert!(found.eq(wanted), "{rows:?}");
    for row in rows {
        let figure = |name: &str| row["seconds"][name].as_f64().unwrap();
        assert!(0.0 < figure("min") && figure("min") <= figure("median") && figure("median") <= figure("max"), "{row}");
        assert!(row["predicted_seconds"].as_f64().unwrap() > 0.0 && row["verified"] == true, "{row}");
    }
    for growth in document["growth"].as_array().unwrap() {
        assert!(growth["verdict"] == "not measured" && growth["reason"].is_string(), "{growth}");
    }
    for text in [outcome.stdout, end_to_end::read(&markdown)] {
        assert!(text.contains("not measured: the sizes of --quick") && text.contains("20,000"), "{text}");
    }
}

#[test]
fn a_wrong_flag_is_refused_in_one_line() {
    for (arguments, part) in [
        (&["--most", "999"][..], "--most 999: give a whole number from 1000 to 1000000000"),
        (&["--most", "x"], "--most x: give a whole number from 1000 to 1000000000"),
        (&["--rounds", "0"], "--rounds 0: give a whole number from 1 to 100"),
        (&["--frobnicate"], "--frobnicate"),
        (&["--json"], "--json"),
    ] {
        let outcome = growth(arguments);
        assert_eq!((outcome.status.code(), outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(outcome.stderr.contains(part) && outcome.stderr.lines().count() == 1, "{}", outcome.stderr);
    }
}

/// Returns a run with a known median.
fn run_of(size: usize, threads: usize, seconds: f64) -> Run {
    Run { size, threads, seconds: Summary { runs: 5, min: seconds, median: seconds, max: seconds } }
}

#[test]
fn what_grows_faster_than_its_size_is_found_out() {
    let sizes = [1e7, 1e8, 2e8];
    assert!((exponent(&sizes.map(|size| (size, 3e-9 * size))) - 1.0).abs() < 1e-9);
    assert!((exponent(&sizes.map(|size| (size, size * size))) - 2.0).abs() < 1e-9);
    let runs = |power: f64| sizes.map(|size| run_of(size as usize, 2, size.powf(power))).to_vec();
    let judge = |power| Growth::of(&runs(power), 2, 5, None);
    assert!(matches!(judge(1.0), Growth::Linear(_)) && matches!(judge(1.05), Growth::Linear(_)));
    assert!(matches!(judge(1.2), Growth::Superlinear(_)) && judge(1.2).tell().contains("SUPERLINEAR"));
    for unable in [
        Growth::of(&runs(2.0), 1, 5, None),
        Growth::of(&runs(2.0)[1..], 2, 5, None),
        Growth::of(&runs(2.0), 2, 2, None),
        Growth::of(&runs(2.0), 2, 5, Some("quick")),
    ] {
        assert!(matches!(unable, Growth::NotMeasured(_)), "{unable:?}");
    }
}

#[test]
fn a_prediction_is_exact_where_the_model_holds_and_has_not_seen_what_it_predicts() {
    // Two nanoseconds per element, 50 microseconds to start, twice as fast with 2 threads and with 4.
    let cost = |size: usize, threads: usize| match threads {
        1 => 2e-9 * size as f64,
        _ => 50e-6 + 1e-9 * size as f64,
    };
    let runs = |sizes: &[usize]| -> Vec<Run> {
        sizes.iter().flat_map(|&size| [1, 2, 4].map(|threads| run_of(size, threads, cost(size, threads)))).collect()
    };
    let (shown, learnt) = sizes(200_000_000);
    assert_eq!(shown, [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 200_000_000]);
    assert!(shown.iter().all(|size| !learnt.contains(size)) && learnt.last() == Some(&150_000_000), "{learnt:?}");
    let model = Model::learn(&runs(&[0]), &runs(&learnt), 2);
    for run in runs(&shown) {
        let predicted = model.seconds(run.size, run.threads);
        assert!((predicted / run.seconds.median - 1.0).abs() < 1e-6, "{run:?}: {predicted}");
    }
    // The twin: a time four times as long as the learned sizes suggest is not predicted.
    let long = 4.0 * cost(1_000_000, 2);
    assert!(model.seconds(1_000_000, 2) < 0.5 * long);
}

#[test]
fn the_sizes_of_a_small_run_are_few_and_apart() {
    for most in [1_000, 1_001, 3_000, 20_000, 30_000] {
        let (shown, learnt) = sizes(most);
        assert_eq!(shown.last(), Some(&most));
        assert!(shown.is_sorted() && learnt.is_sorted() && !learnt.is_empty(), "{most}: {shown:?}, {learnt:?}");
        assert!(learnt.iter().all(|size| *size < most && !shown.contains(size)), "{most}: {shown:?}, {learnt:?}");
    }
}
