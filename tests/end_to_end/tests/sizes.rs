//! Checks that results are right at unusual sizes, not only at those that the labs are tuned for.

use crate::contract::report_problems;
use end_to_end::labs::{LabUnderTest, counter_labs, labs};
use end_to_end::report::rows;
use end_to_end::{assert_none, schema::Contract};

fn problems_at(line: &str) -> Vec<String> {
    let contract = Contract::named("report-1.json");
    let problems = |lab: &&'static LabUnderTest| {
        let outcome = lab.run(&format!("{} --json", lab.those_of(line)));
        if outcome.status.success() && outcome.stderr.is_empty() {
            report_problems(lab, outcome.json(), &contract)
        } else {
            vec![format!("lab-{}: {}: {}", lab.name, outcome.status, outcome.stderr)]
        }
    };
    labs().iter().flat_map(problems).collect()
}

#[test]
fn one_element_and_one_worker_are_enough() {
    assert_none(problems_at("--size 1 --increments 1 --threads 1 --workers 1 --repeat 1"));
}

#[test]
fn there_may_be_fewer_elements_than_workers() {
    assert_none(problems_at("--size 3 --increments 1 --threads 8 --workers 8 --repeat 2"));
}

#[test]
fn a_remainder_is_not_dropped() {
    assert_none(problems_at("--size 100003 --increments 13 --threads 7 --workers 5 --repeat 2"));
    assert_none(problems_at("--size 31 --increments 2 --threads 32 --workers 32 --repeat 1"));
}

#[test]
fn thirty_two_workers_give_what_one_gives() {
    assert_none(problems_at("--size 50000 --increments 50 --threads 32 --workers 32 --repeat 1"));
}

#[test]
fn a_single_thread_loses_nothing_whatever_it_is_made_of() {
    for lab in counter_labs() {
        let report = lab.run("--threads 1 --increments 1000 --repeat 3 --json").json().unwrap();
        for row in rows(&report) {
            assert_eq!(row["finals"], serde_json::json!([1000, 1000, 1000]), "lab-{} {}", lab.name, row["variant"]);
        }
    }
}

#[test]
fn more_workers_than_elements_are_warned_of() {
    for lab in labs().into_iter().filter(|lab| lab.takes("size")) {
        let line = lab.those_of("--size 3 --threads 8 --workers 8 --repeat 2");
        let report = lab.run(&format!("{line} --json")).json().unwrap();
        let kinds: Vec<_> = report["warnings"].as_array().unwrap().iter().map(|warning| &warning["kind"]).collect();
        assert!(kinds.iter().any(|kind| *kind == "empty-chunks"), "lab-{} warns of {kinds:?}", lab.name);
    }
}
