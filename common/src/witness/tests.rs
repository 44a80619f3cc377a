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
    let step = |thread, op, value, line, after| json!({ "thread": thread, "op": op, "value": value, "line": line, "object": 0, "after": after });
    let witness = |increments: u64, steps: [Value; 4]| {
        json!({
            "variant": "load-store", "threads": 2, "increments": increments, "expected": 2 * increments, "final": 1,
            "replayable": true, "steps": steps,
            "source": { "file": "labs/x/src/counters.rs", "anchor": "load-store", "sha256": sha256 },
            "checked": { "by": "a checker", "claim": "It was found." },
        })
    };
    let schedule =
        [step(1, "load", 0, 7, 0), step(2, "load", 0, 7, 0), step(2, "store", 1, 8, 1), step(1, "store", 1, 8, 1)];
    json!({
        "witnesses": [witness(2, schedule.clone()), witness(1, schedule)],
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
    select("", document, source).unwrap().text(&A_LAB, true)
}

#[test]
fn a_schedule_is_shown_as_lanes_that_say_who_and_what_is_lost() {
    let text = text(&document(), SOURCE);
    for block in [
        "load-store, 2 threads x 1 increment: this schedule ends at 1, not at 2.\n\
         step  thread 1    thread 2    memory  line  source\n\
         1     T1 load 0   |                0     7  let seen = self.0.load(Relaxed);\n\
         2     |           T2 load 0        0     7  let seen = self.0.load(Relaxed);\n\
         3     |           T2 store 1       1     8  self.0.store(seen + 1, Relaxed);\n\
         4     T1 store 1  |                1     8  self.0.store(seen + 1, Relaxed);\n\
         Step 4: T1 writes 1 over 1, because it read 0 in step 1: 1 update is lost.\n",
        "\nAlso stored: 2 x 2. For example: --witness --increments 2\n",
        "load-store   2x1   1, 2  can lose updates\n",
        "load-store   2x1          -       1,234   1, 2\n",
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
    assert_eq!([finals(""), finals("--threads 2"), finals("--increments 1"), finals("--increments 2")], [2, 2, 1, 1]);
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

/// A schedule that the grader shows: an exchange that fails, two objects, and lines that do not fit beside the lanes.
#[test]
fn a_schedule_says_whether_an_exchange_succeeded_and_cuts_no_line() {
    let step = |thread, op, value, line, object, after, succeeded| {
        json!({ "thread": thread, "op": op, "value": value, "line": line, "object": object, "after": after,
                "succeeded": succeeded })
    };
    let witness = json!({
        "threads": 2, "increments": 1,
        "steps": [
            step(1, "compare_exchange", 3, 9, 0, 3, Some(true)),
            step(2, "compare_exchange", 3, 9, 0, 3, Some(false)),
            step(2, "store", 1, 10, 1, 1, None),
        ],
    });
    let long =
        "while let Err(now) = self.sold.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {";
    let source = |step: &Value| Some(if step["line"] == 9 { long } else { "self.open.store(1, Relaxed);" }.to_string());
    assert_eq!(
        lanes::schedule(&witness, source),
        "step  thread 1               thread 2                     memory  line\n\
         1     T1 compare_exchange 3  |                            #0: 3      9\n\
         2     |                      T2 compare_exchange 3 fails  #0: 3      9\n\
         3     |                      T2 store 1                   #1: 1     10\n\n\
         line 9: while let Err(now) = self.sold.compare_exchange(seen, seen + 1,\n    \
         Ordering::Relaxed, Ordering::Relaxed) {\n\
         line 10: self.open.store(1, Relaxed);\n"
    );
}
