//! The schedules that the labs show: the newest, the shortest, and played by real threads.

use common::schedule::{self, Step, Turn};
use common::sync::atomic::{AtomicU64, Ordering::Relaxed};
use engine::{End, Program};
use model::subjects;
use model::witnesses::{self, labs};
use serde_json::Value;
use std::fs;
use std::process::Command;
use workspace::Lab;

fn kept(lab: &Lab) -> Value {
    serde_json::from_str(&fs::read_to_string(witnesses::path(lab)).unwrap()).unwrap()
}

fn race() -> Value {
    kept(&labs().into_iter().find(|lab| lab.name == "race").unwrap())
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// A document without what it says of counters at sizes that were not explored.
fn sampled(mut document: Value) -> Value {
    let is_explored = |entry: &Value| {
        crate::table::rows().iter().any(|row| {
            let size = row.judgement.size;
            entry["variant"] == row.subject.variant
                && (&entry["threads"], &entry["increments"]) == (&size.threads.into(), &size.increments.into())
        })
    };
    for list in ["witnesses", "data_races", "verdicts"] {
        document[list].as_array_mut().unwrap().retain(is_explored);
    }
    document
}

/// What is kept is what would be found now, in every figure, line and fingerprint.
#[test]
fn no_witness_is_stale() {
    for lab in labs() {
        let stale = format!("labs/{}/witnesses.json is stale: cargo proofs witnesses", lab.folder);
        let text = fs::read_to_string(witnesses::path(&lab)).unwrap_or_default().replace("\r\n", "\n");
        let found = witnesses::document(&lab.name, crate::table::rows()).unwrap();
        let kept: Value = serde_json::from_str(&text).expect(&stale);
        assert!(text == witnesses::text(&kept) && sampled(kept.clone()) == found, "{stale}");
        assert!(!workspace::thorough() || kept == found, "{stale}");
        assert!(!kept["verdicts"].as_array().unwrap().is_empty());
    }
}

/// The twin: one line more above a counter, one word changed in it.
#[test]
fn a_change_of_the_source_is_noticed() {
    let source = fs::read_to_string(workspace::root().join("labs/data-race/src/counters.rs")).unwrap();
    let witness = &race()["witnesses"][0];
    let fingerprint = |text: &str| common::source::Region::of(text, "load-store").unwrap().fingerprint();
    assert_eq!(witness["source"]["sha256"], fingerprint(&source));
    assert_ne!(
        witness["source"]["sha256"],
        fingerprint(&source.replace("self.0.store(seen + 1", "self.0.store(1 + seen"))
    );
    let region = common::source::Region::of(&source, "load-store").unwrap();
    let line = number(&witness["steps"][0]["line"]);
    assert_eq!(region.line(line), Some("let seen = self.0.load(Relaxed);"));
    let moved = format!("\n{source}");
    assert_ne!(common::source::Region::of(&moved, "load-store").unwrap().line(line), region.line(line));
}

/// The explorer knows the fewest switches with which each end can be reached, and the least end; a witness has that many.
#[test]
fn each_witness_has_the_fewest_switches_to_the_worst_end() {
    let mut seen = 0;
    for lab in labs() {
        for witness in
            kept(&lab)["witnesses"].as_array().unwrap().iter().filter(|witness| witness["replayable"] == true)
        {
            let (threads, increments) = (number(&witness["threads"]), number(&witness["increments"]) as u64);
            let subject = subjects::of(witness["variant"].as_str().unwrap()).unwrap();
            let Some(body) = subject.body else { continue };
            let program = Program::new(threads, increments, body);
            let end = witness["final"].as_u64().unwrap();
            assert_eq!(engine::finals(&program).unwrap().first(), Some(&end));
            let turns: Vec<u64> =
                witness["steps"].as_array().unwrap().iter().map(|step| step["thread"].as_u64().unwrap()).collect();
            let switches = turns.windows(2).filter(|pair| pair[0] != pair[1]).count();
            assert_eq!(switches, engine::simplest(&program, End::Final(end)).unwrap().unwrap().switches, "{witness}");
            seen += 1;
        }
    }
    assert_eq!(seen, 9, "three losing counters at three sizes");
}

/// A witness of a load and a store is a schedule for real threads, each held at a gate until its turn.
#[test]
fn real_threads_play_the_witnesses() {
    let document = race();
    let witnesses = document["witnesses"].as_array().unwrap();
    for witness in witnesses.iter().filter(|witness| witness["replayable"] == true) {
        let turn = |step: &Value| Turn {
            thread: number(&step["thread"]) - 1,
            step: if step["op"] == "load" { Step::Load } else { Step::Store },
        };
        let turns: Vec<Turn> = witness["steps"].as_array().unwrap().iter().map(turn).collect();
        let counter = AtomicU64::new(0);
        schedule::drive(&turns, number(&witness["threads"]), |gap| {
            let seen = counter.load(Relaxed);
            gap();
            counter.store(seen + 1, Relaxed);
        });
        assert_eq!(Some(counter.into_inner()), witness["final"].as_u64(), "{witness}");
    }
    let second_acts = witnesses.iter().filter(|witness| witness["replayable"] == false).count();
    assert_eq!(second_acts, 1);
}

/// The environment must not weaken the proofs: loom reads its limits from there, stops early, and passes.
#[test]
fn the_environment_changes_nothing() {
    let document = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
        command.args(["--variant", "local-then-add", "--json"]).envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rows = document["rows"].as_array_mut().unwrap();
        assert_eq!(rows.len(), 5);
        rows.iter_mut().for_each(|row| _ = row.as_object_mut().unwrap().remove("seconds"));
        document
    };
    let undisturbed = document(&[]);
    assert_eq!(undisturbed["rows"][3]["executions"], 414);
    let limits = [
        ("LOOM_MAX_PREEMPTIONS", "0"),
        ("LOOM_MAX_DURATION", "0"),
        ("LOOM_MAX_PERMUTATIONS", "1"),
        ("LOOM_MAX_BRANCHES", "2"),
        ("LOOM_CHECKPOINT_INTERVAL", "1"),
        ("LOOM_CHECKPOINT_FILE", "nowhere.json"),
        ("LOOM_LOCATION", "1"),
    ];
    assert_eq!(document(&limits), undisturbed);
    // The twin: a limit that is ours does change what is found.
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
    let output = command.args(["--variant", "local-then-add", "--json", "--preemption-bound", "0"]).output().unwrap();
    let bounded: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&bounded["rows"][0]["executions"], &bounded["rows"][0]["preemption_bound"]), (&1.into(), &0.into()));
}
