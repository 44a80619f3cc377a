//! The schedules that the labs show: the newest, the shortest, and played by real threads.

use common::schedule::{self, Step, Turn};
use common::sync::atomic::{AtomicU64, Ordering::Relaxed};
use model::witnesses::{self, labs};
use serde_json::Value;
use std::fs;
use std::sync::Mutex;
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

/// Returns the turns of a schedule: a load and a store for each increment. Of a counter that locks for each access, the
/// first lock is the load and the second the store, and each lasts until its unlock.
fn turns(witness: &Value) -> Vec<Turn> {
    let steps = witness["steps"].as_array().unwrap().iter().filter(|step| step["op"] != "lock");
    let mut has_loaded = vec![false; number(&witness["threads"])];
    let turn = |step: &Value| {
        let thread = number(&step["thread"]) - 1;
        has_loaded[thread] = !has_loaded[thread];
        Turn { thread, step: if has_loaded[thread] { Step::Load } else { Step::Store } }
    };
    steps.map(turn).collect()
}

/// A witness is a schedule for real threads, each held at a gate until its turn.
#[test]
fn real_threads_play_the_witnesses() {
    let mut played = 0;
    for witness in labs().iter().flat_map(|lab| kept(lab)["witnesses"].as_array().unwrap().clone()) {
        let (counter, behind_a_lock) = (AtomicU64::new(0), Mutex::new(0));
        let locks = witness["steps"].as_array().unwrap().iter().any(|step| step["op"] == "lock");
        schedule::drive(&turns(&witness), number(&witness["threads"]), |gap| {
            if locks {
                let seen = *behind_a_lock.lock().unwrap();
                gap();
                *behind_a_lock.lock().unwrap() = seen + 1;
            } else {
                let seen = counter.load(Relaxed);
                gap();
                counter.store(seen + 1, Relaxed);
            }
        });
        let end = counter.into_inner() + behind_a_lock.into_inner().unwrap();
        assert_eq!(Some(end), witness["final"].as_u64(), "{witness}");
        played += 1;
    }
    assert_eq!(played, 9, "three counters at three sizes");
}
