//! Checks `--final V`: real threads are forced through a schedule with the final value V.

use end_to_end::labs::{LabUnderTest, lab};
use end_to_end::{assert_none, schema::Contract};
use serde_json::Value;

/// Returns what is wrong with a run whose final value should be `target`.
fn forcing_problems(target: u64, total: u64, report: &Value) -> Vec<String> {
    let mut problems = Contract::named("report-1.json").problems(report);
    let [row] = &report["rows"].as_array().unwrap()[..] else {
        return vec![format!("--final {target}: not one row")];
    };
    let mut demand = |is_so: bool, what: &str| {
        if !is_so {
            problems.push(format!("--final {target}: {what}: {row}"));
        }
    };
    let finals = row["finals"].as_array().unwrap();
    demand(!finals.is_empty() && finals.iter().all(|value| *value == target), "it ended elsewhere");
    demand(row["forced"] == true, "it is not said to be forced");
    demand(row["expected"] == total, "it expects something else");
    demand(row["lost"]["max"] == total - target, "it lost something else");
    demand(row["correct"] == (target == total), "it is right only at the total");
    demand(report["parameters"]["final"] == target, "it was told something else");
    problems
}

/// Numbers that look random and are the same every time (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014: the mixing of SplitMix64).
fn scattered(count: u64, least: u64, most: u64) -> impl Iterator<Item = u64> {
    (1..=count).map(move |number| {
        let mut z = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        least + (z ^ (z >> 31)) % (most - least + 1)
    })
}

fn problems_to(lab: &LabUnderTest, sizes: (u64, u64), targets: impl Iterator<Item = u64>) -> Vec<String> {
    let (threads, increments) = sizes;
    let problems = |target: u64| {
        let line = format!("--threads {threads} --increments {increments} --repeat 2 --final {target} --json");
        forcing_problems(target, threads * increments, &lab.run(&line).json().unwrap())
    };
    targets.flat_map(problems).collect()
}

#[test]
fn every_value_from_two_to_the_total_can_be_forced() {
    let Some(lab) = lab("race") else { return };
    let total = 1_000_000;
    let targets = [2, 3, 100_000, 170_066, 999_999, total].into_iter().chain(scattered(10, 2, total));
    assert_none(problems_to(lab, (10, 100_000), targets));
    assert_none(problems_to(lab, (2, 3), 2..=6));
    assert_none(problems_to(lab, (3, 2), 2..=6));
    assert_none(problems_to(lab, (4, 1), 1..=4));
    assert_none(problems_to(lab, (1, 5), 5..=5));
    assert_none(problems_to(lab, (7, 13), scattered(5, 2, 91)));
}

#[test]
fn the_default_sizes_are_the_lectures() {
    let Some(lab) = lab("race") else { return };
    let report = lab.run("--final 170066 --json").json().unwrap();
    assert_none(forcing_problems(170_066, 1_000_000, &report));
    assert_ne!(forcing_problems(170_067, 1_000_000, &report), [""; 0]);
    assert_ne!(forcing_problems(170_066, 1_000_001, &report), [""; 0]);
    let mut unlabelled = report.clone();
    unlabelled["rows"][0]["forced"] = Value::Null;
    assert_ne!(forcing_problems(170_066, 1_000_000, &unlabelled), [""; 0]);
}

#[test]
fn a_forced_run_says_so_to_people() {
    let Some(lab) = lab("race") else { return };
    let text = lab.run("--final 2").stdout;
    assert!(text.contains("forced") && text.contains("Forced: 10 real threads"), "{text}");
    assert!(!lab.run(&lab.small()).stdout.to_lowercase().contains("forced"));
}

#[test]
fn a_value_that_no_schedule_reaches_is_refused_with_the_range() {
    let Some(lab) = lab("race") else { return };
    for (line, range) in [
        ("--final 0", "from 1 to"), // rejected before the schedule is known
        ("--final 1", "from 2 to 1000000"),
        ("--final 1000001", "from 2 to 1000000"),
        ("--threads 2 --increments 3 --final 1", "from 2 to 6"),
        ("--threads 2 --increments 3 --final 7", "from 2 to 6"),
        ("--threads 1 --increments 3 --final 2", "from 3 to 3"),
        ("--threads 3 --increments 1 --final 4", "from 1 to 3"),
    ] {
        let outcome = lab.run(line);
        assert_eq!((outcome.status.code(), outcome.stdout.as_str()), (Some(2), ""), "{line}");
        let said = &outcome.stderr;
        assert!(said.lines().count() == 1 && said.contains("--final") && said.contains(range), "{line}: {said}");
    }
}
