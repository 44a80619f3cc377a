//! Checks `--witness --json`: the stored schedules can be replayed on the lines that they name, and the verdicts match
//! what the labs declare.

use common::source::Region;
use end_to_end::assert_none;
use end_to_end::labs::{LabUnderTest, counter_labs};
use end_to_end::schema::Contract;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The verdict on a counter that never loses an update.
const LOSES_NONE: &str = "no execution loses one";

/// Variants with processes, each with the variant that runs the same counter in threads.
const IN_THREADS: [(&str, &str); 3] =
    [("process-load-spin-store", "load-spin-store"), ("process-lock", "spin"), ("process-atomic", "fetch-add")];

pub fn document(lab: &LabUnderTest) -> Value {
    lab.run("--witness --json").json().unwrap()
}

pub fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// Executes the steps one after the other, on one memory and one mutex, without knowing the counter.
fn replay(witness: &Value) -> Result<u64, String> {
    let (mut memory, mut holder) = (0, None);
    let mut seen = BTreeMap::new();
    for (index, step) in list(witness, "steps").iter().enumerate() {
        let (thread, value) = (step["thread"].as_u64().unwrap(), step["value"].as_u64().unwrap());
        let is_possible = match step["op"].as_str().unwrap() {
            "load" => {
                seen.insert(thread, value);
                value == memory
            }
            "store" => {
                memory = value;
                seen.remove(&thread).is_some_and(|seen| value == seen + 1)
            }
            "lock" => value == memory && holder.replace(thread).is_none(),
            // A thread locks once to read, and once more to write.
            "unlock" => {
                let is_as_read = match seen.remove(&thread) {
                    Some(seen) => value == seen + 1,
                    None => seen.insert(thread, value).is_none() && value == memory,
                };
                memory = value;
                holder.take() == Some(thread) && is_as_read
            }
            other => return Err(format!("this memory knows no {other}")),
        };
        if !is_possible {
            return Err(format!("step {}: {step} cannot happen now", index + 1));
        }
    }
    if holder.is_none() { Ok(memory) } else { Err("the mutex is held in the end".into()) }
}

/// Returns where a schedule does not do what it says.
fn schedule_problems(witness: &Value) -> Vec<String> {
    let (replayed, end) = (replay(witness), witness["final"].as_u64().unwrap());
    let expected = witness["threads"].as_u64().unwrap() * witness["increments"].as_u64().unwrap();
    let mut problems = Vec::new();
    let mut demand = |is_so: bool, what: String| {
        if !is_so {
            problems.push(format!("{} {}: {what}", witness["variant"], witness["increments"]));
        }
    };
    demand((replayed == Ok(end)) == (witness["replayable"] == true), format!("it is to end at {end}: {replayed:?}"));
    demand(end < expected && witness["expected"] == expected, format!("{end} is not less than {expected}"));
    problems
}

/// Returns where the stored result is not about this source.
fn source_problems(item: &Value, source: &str) -> Vec<String> {
    let variant = &item["variant"];
    let Some(region) = Region::of(source, item["source"]["anchor"].as_str().unwrap()) else {
        return vec![format!("{variant}: there is no such region")];
    };
    let mut problems = Vec::new();
    if item["source"]["sha256"] != region.fingerprint() {
        problems.push(format!("{variant}: the source has changed"));
    }
    for step in list(item, "steps").iter().chain(list(item, "accesses")) {
        let line = step["line"].as_u64().and_then(|line| region.line(line as usize)).unwrap_or_default();
        let operation = step["op"].as_str().unwrap();
        // The value in a mutex is read, written and unlocked on the line that locks it.
        if ![operation, "lock"].iter().any(|method| line.contains(&format!(".{method}("))) {
            problems.push(format!("{variant}: {step} is not on its line {line:?}"));
        }
    }
    for step in list(item, "steps") {
        let number = |name: &str| step[name].as_u64().unwrap_or_default() as usize;
        let line = source.lines().nth(number("line").wrapping_sub(1)).unwrap_or_default();
        let named = line.get(number("column").wrapping_sub(1)..).unwrap_or_default();
        if ![step["op"].as_str().unwrap(), "lock"].iter().any(|method| named.starts_with(method)) {
            problems.push(format!("{variant}: {step} does not begin at its column of {line:?}"));
        }
    }
    problems
}

/// Returns where the document misses a variant, or contradicts the lab's report.
fn verdict_problems(lab: &LabUnderTest, document: &Value, report: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for row in list(report, "rows") {
        let name = row["variant"].as_str().unwrap();
        let variant = IN_THREADS.iter().find(|(process, _)| *process == name).map_or(name, |(_, thread)| thread);
        let about = |list_name| list(document, list_name).iter().filter(move |item| item["variant"] == variant);
        let mut verdicts = about("verdicts").peekable();
        if verdicts.peek().is_none() {
            problems.push(format!("lab-{}: there is no verdict on {name}", lab.name));
        }
        for verdict in verdicts.filter(|verdict| (verdict["verdict"] == LOSES_NONE) != (row["correct"] == true)) {
            problems
                .push(format!("lab-{}: {name} is {}, and correct is {}", lab.name, verdict["verdict"], row["correct"]));
        }
        let shown =
            about("witnesses").any(|witness| witness["replayable"] == true) || about("data_races").next().is_some();
        if shown == (row["correct"] == true) {
            problems.push(format!("lab-{}: that {name} loses updates is shown: {shown}", lab.name));
        }
    }
    problems
}

/// Returns the first place of a document at which a text stands, as a JSON pointer.
fn with(document: &Value, place: &str, value: Value) -> Value {
    let mut changed = document.clone();
    *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
    changed
}

#[test]
fn what_is_kept_keeps_its_contract() {
    let contract = Contract::named("witness-1.json");
    for lab in counter_labs() {
        let outcome = lab.run("--witness --json");
        assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
        let document = outcome.json().unwrap();
        assert_none(contract.problems(&document));
        let about = list(&document, "witnesses").iter().chain(list(&document, "data_races"));
        assert_eq!(about.filter(|item| item["lab"] != lab.name).count(), 0, "lab-{}", lab.name);
        for (place, value) in [
            ("/schema", json!("labs/witness/2")),
            ("/verdicts/0/verdict", json!("fine")),
            ("/verdicts/0/executions", json!(0)),
            ("/verdicts/0/interleavings", json!("all")),
            ("/verdicts/0/finals", json!([1, 1])),
            ("/verdicts/0", json!({ "variant": "spin" })),
            ("/cannot_see", json!([])),
            ("/data_races", json!([{ "variant": "plain" }])),
            ("/witnesses", json!([{ "variant": "load-store" }])),
        ] {
            assert_ne!(contract.problems(&with(&document, place, value)), [""; 0], "{place}");
        }
        let mut misspelt = document.clone();
        misspelt["verdicts"][0]["excutions"] = json!(1);
        assert_ne!(contract.problems(&misspelt), [""; 0]);
    }
}

#[test]
fn every_schedule_replays_and_what_is_no_schedule_does_not() {
    for lab in counter_labs() {
        assert_none(list(&document(lab), "witnesses").iter().flat_map(schedule_problems).collect());
    }
    let step = |thread, op, value| json!({ "thread": thread, "op": op, "value": value });
    let witness = |steps: Vec<Value>, is_replayable| json!({ "threads": 2, "increments": 1, "expected": 2, "final": 1, "replayable": is_replayable, "steps": steps });
    let racy = [step(1, "load", 0), step(2, "load", 0), step(2, "store", 1), step(1, "store", 1)];
    let locked = [step(1, "lock", 0), step(1, "unlock", 0), step(1, "lock", 0), step(1, "unlock", 1)];
    for (steps, swaps) in [(racy.to_vec(), [(1, 2), (0, 3)]), (locked.to_vec(), [(0, 1), (2, 3)])] {
        assert_none(schedule_problems(&witness(steps.clone(), true)));
        assert_ne!(schedule_problems(&witness(steps.clone(), false)), [""; 0], "it replays after all");
        assert_ne!(schedule_problems(&with(&witness(steps.clone(), true), "/final", json!(0))), [""; 0]);
        for (one, other) in swaps {
            let mut swapped = steps.clone();
            swapped.swap(one, other);
            assert_ne!(schedule_problems(&witness(swapped, true)), [""; 0], "{one} and {other}");
        }
        assert_ne!(schedule_problems(&with(&witness(steps, true), "/steps/0/value", json!(7))), [""; 0]);
    }
}

#[test]
fn every_step_lies_on_the_line_that_took_it() {
    for lab in counter_labs() {
        let source = end_to_end::read(format!("labs/{}/src/counters.rs", lab.folder));
        let document = document(lab);
        let items = || list(&document, "witnesses").iter().chain(list(&document, "data_races"));
        assert_none(items().flat_map(|item| source_problems(item, &source)).collect());
        let moved = format!("\n{source}");
        let renamed = source.replace("pub struct ", "pub struct Other");
        assert!(items().all(|item| !source_problems(item, &moved).is_empty()), "lab-{}", lab.name);
        assert!(items().all(|item| !source_problems(item, &renamed).is_empty()), "lab-{}", lab.name);
        assert!(items().all(|item| !source_problems(&with(item, "/source/sha256", json!("0")), &source).is_empty()));
        let mut schedules = items().filter(|item| item["steps"].is_array());
        assert!(schedules.all(|item| !source_problems(&with(item, "/steps/0/column", json!(1)), &source).is_empty()));
    }
}

#[test]
fn the_verdicts_are_what_the_labs_report() {
    for lab in counter_labs() {
        let (document, report) = (document(lab), lab.report(&lab.small()).unwrap());
        assert_none(verdict_problems(lab, &document, &report));
        let rows = list(&report, "rows").len();
        for row in 0..rows {
            let correct = report["rows"][row]["correct"].as_bool().unwrap();
            let flipped = with(&report, &format!("/rows/{row}/correct"), json!(!correct));
            assert_ne!(verdict_problems(lab, &document, &flipped), [""; 0], "lab-{}, row {row}", lab.name);
        }
        assert!(verdict_problems(lab, &with(&document, "/verdicts", json!([])), &report).len() >= rows);
        if lab.variants.iter().any(|(_, is_correct)| !is_correct) {
            assert_ne!(verdict_problems(lab, &with(&document, "/witnesses", json!([])), &report), [""; 0]);
        }
    }
}
