//! Tests on a small document and a small source.

use super::*;
use crate::Parameter;
use crate::arguments::Request;
use serde_json::json;

const SOURCE: &str = "//! Counters.\n\npub struct LoadStore;\n\nimpl LoadStore {\n    fn increment(&self) {\n        \
                      let seen = self.0.load(Relaxed);\n        self.0.store(seen + 1, Relaxed);\n    }\n}\n";

const A_LAB: Lab = Lab { name: "x", title: "a lab", ..Lab::EMPTY };

const PARAMETERS: [Parameter; 2] = [Parameter::threads().default(10), Parameter::increments(100_000)];

fn document() -> Value {
    let sha256 = Region::of(SOURCE, "load-store").unwrap().fingerprint();
    let step = |thread, op, value, line| json!({ "thread": thread, "op": op, "value": value, "line": line });
    let witness = |increments: u64, is_replayable, steps: [Value; 4]| {
        json!({
            "variant": "load-store", "threads": 2, "increments": increments, "expected": 2 * increments, "final": 1,
            "replayable": is_replayable, "steps": steps,
            "source": { "file": "labs/x/src/counters.rs", "anchor": "load-store", "sha256": sha256 },
            "checked": { "by": "a checker", "claim": "It reads an old value." },
        })
    };
    let schedule = [step(1, "load", 0, 7), step(2, "load", 0, 7), step(2, "store", 1, 8), step(1, "store", 1, 8)];
    let relaxed = [step(1, "load", 0, 7), step(1, "store", 1, 8), step(2, "load", 0, 7), step(2, "store", 1, 8)];
    json!({
        "witnesses": [witness(2, true, schedule.clone()), witness(1, true, schedule), witness(1, false, relaxed)],
        "verdicts": [{ "variant": "load-store", "threads": 2, "increments": 1, "executions": 1234, "expected": 2,
                       "interleavings": null, "finals": [1, 2], "verdict": "can lose updates", "claim": "It was found." }],
        "cannot_see": ["Other sizes."],
    })
}

fn select(line: &str, document: &Value, source: &'static str) -> Result<Witnesses, Error> {
    let kept = Kept { document: document.to_string().leak(), source };
    let lab = Lab { parameters: &PARAMETERS, witness: Some(kept), ..A_LAB };
    match Arguments::parse(&lab, ["--witness"].into_iter().chain(line.split_whitespace()).map(Into::into))? {
        Request::Run(arguments) => Witnesses::select(&kept, &arguments),
        other => panic!("{other:?}"),
    }
}

fn text(document: &Value, source: &'static str) -> String {
    select("", document, source).unwrap().text(&A_LAB)
}

#[test]
fn a_schedule_is_shown_as_lanes_that_say_who_and_what_is_lost() {
    let text = text(&document(), SOURCE);
    for block in [
        "load-store, 2 threads x 1 increment: this schedule ends at 1, not at 2.\n\n\
         step  thread 1    thread 2    counter  line  source\n\
         1     T1 load 0   |                 0     7  let seen = self.0.load(Relaxed);\n\
         2     |           T2 load 0         0     7  let seen = self.0.load(Relaxed);\n\
         3     |           T2 store 1        1     8  self.0.store(seen + 1, Relaxed);\n\
         4     T1 store 1  |                 1     8  self.0.store(seen + 1, Relaxed);\n\n\
         Step 4: T1 writes 1 over 1, because it read 0 in step 1: 1 update is lost.\n",
        "3     |           T2 load 0 (old)        1     7  let seen = self.0.load(Rela...\n",
        "\nAlso stored: 2 x 2 (threads x increments).",
        "load-store   2x1       1,234              -   1, 2  can lose updates\n",
        "- load-store: It was found.\n",
        "- Other sizes.\n",
    ] {
        assert!(text.contains(block), "{block}\n--- is missing in ---\n{text}");
    }
    assert!(!text.contains("stale"), "{text}");
}

#[test]
fn a_size_on_the_command_line_chooses_and_one_that_is_not_kept_is_refused() {
    let finals = |line: &str| list(&select(line, &document(), SOURCE).unwrap().document, "witnesses").len();
    assert_eq!([finals(""), finals("--threads 2"), finals("--increments 1"), finals("--increments 2")], [3, 3, 2, 1]);
    for (line, words) in [
        ("--increments 3", "--increments 3: no schedule of this size is stored, only 2 x 1 and 2 x 2"),
        ("--threads 3 --increments 1", "--threads 3 --increments 1: no schedule of this size is stored"),
        ("--predict", "--predict is about a run"),
    ] {
        let refusal = select(line, &document(), SOURCE).unwrap_err();
        assert!(refusal.exit_status() == 2 && refusal.to_string().contains(words), "{refusal}");
    }
    let none = json!({ "witnesses": [] });
    assert!(select("--threads 2", &none, SOURCE).unwrap_err().to_string().contains("leave --threads 2 out"));
    assert!(text(&none, SOURCE).contains("None: no counter of this lab lost an update"));
}

#[test]
fn a_counter_that_has_changed_or_moved_is_told_of_and_no_wrong_line_is_shown() {
    let fresh = select("", &document(), SOURCE).unwrap();
    assert_eq!(fresh.stale(), [""; 0]);
    for (source, what, is_load_shown) in [
        (SOURCE.replace("load(Relaxed)", "load(Acquire)"), "has changed", true),
        (SOURCE.replace("    fn increment", "    // Why?\n    fn increment"), "has changed", false),
        (SOURCE.replace("//! Counters.", "//! Counters,\n//! moved."), "has moved", false),
        (SOURCE.replace("LoadStore", "Renamed"), "has changed", false),
    ] {
        let source: &'static str = source.leak();
        assert_eq!(select("", &document(), source).unwrap().stale().len(), 1, "{source}");
        let text = text(&document(), source);
        let (warning, lanes) = text.split_once("load-store, 2 threads").unwrap();
        assert!(warning.contains(&format!("warning (stale): load-store in labs/x/src/counters.rs {what}")), "{text}");
        assert_eq!(lanes.contains("     7  let seen = self.0.load("), is_load_shown, "{text}");
        assert_eq!(lanes.contains("     7  -\n"), !is_load_shown, "{text}");
    }
}
