//! The schedules that the labs show: the newest, the shortest, and played by real threads.

use common::schedule::{self, Step, Turn};
use common::sync::atomic::{AtomicU64, Ordering::Relaxed};
use model::witnesses::{self, labs};
use serde_json::Value;
use std::fs;
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

/// What is kept is what would be found now, in every figure, line and fingerprint.
#[test]
fn no_witness_is_stale() {
    for lab in labs() {
        let stale = format!("labs/{}/witnesses.json is stale: cargo proofs witnesses", lab.folder);
        let text = fs::read_to_string(witnesses::path(&lab)).unwrap_or_default().replace("\r\n", "\n");
        let found = witnesses::document(&lab.name, crate::table::rows()).unwrap();
        assert!(text == witnesses::text(&found), "{stale}");
        assert!(!found["verdicts"].as_array().unwrap().is_empty());
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

/// A witness of a load and a store is a schedule for real threads, each held at a gate until its turn.
#[test]
fn real_threads_play_the_witnesses() {
    let document = race();
    let witnesses = document["witnesses"].as_array().unwrap();
    for witness in witnesses {
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
    assert_eq!(witnesses.len(), 6, "two counters at three sizes");
}
