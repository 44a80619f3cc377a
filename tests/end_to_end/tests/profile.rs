//! Checks that `cargo run` measures the same as `cargo run --release`. It compares compiler settings, because times
//! prove it only on a quiet machine.

use end_to_end::labs::labs;
use end_to_end::programs::{Artifact, artifacts};
use serde_json::{Value, json};
use std::hint::black_box;
use std::panic::catch_unwind;

/// The crates that a lab calls while the clock runs. What it then calls in `common` is generic, and so compiled in the
/// lab.
const TIMED: [&str; 7] = [
    "crossbeam-channel",
    "crossbeam-deque",
    "crossbeam-epoch",
    "crossbeam-utils",
    "parking_lot",
    "parking_lot_core",
    "rayon-core",
];

/// Returns where a crate is not compiled as in cargo's release profile.
fn differences_from_release(artifact: &Artifact) -> Vec<String> {
    let expected = [("opt_level", json!("3")), ("debug_assertions", json!(false)), ("overflow_checks", json!(false))];
    let differs = |(setting, value): &(&str, Value)| artifact.profile[*setting] != *value;
    let differences = expected.into_iter().filter(differs);
    differences.map(|(setting, _)| format!("{}: {setting} {}", artifact.package, artifact.profile[setting])).collect()
}

#[test]
fn what_runs_while_the_clock_does_is_compiled_as_for_a_release() {
    // `speed` compiles the labs' own kernels, to compare them and to count their instructions.
    let is_lab = |artifact: &&Artifact| {
        let is_ours =
            artifact.package == "speed" || labs().iter().any(|lab| artifact.package == format!("lab-{}", lab.name));
        is_ours && !artifact.is_build_script
    };
    let is_timed = |artifact: &&Artifact| TIMED.contains(&artifact.package.as_str()) && !artifact.is_build_script;
    let timed: Vec<&Artifact> = artifacts().iter().filter(|artifact| is_lab(artifact) || is_timed(artifact)).collect();
    for name in TIMED.into_iter().chain(["speed"]) {
        assert!(timed.iter().any(|artifact| artifact.package == name), "nothing was built of {name}");
    }
    end_to_end::assert_none(timed.into_iter().flat_map(differences_from_release).collect());
    // The twin: code that only builds reports is compiled for short build times, not for speed.
    let json = artifacts().iter().find(|artifact| artifact.package == "serde_json").unwrap();
    assert_ne!(differences_from_release(json), [""; 0]);
}

#[test]
fn a_report_says_that_it_was_optimized() {
    for lab in labs() {
        let machine = &lab.report(&lab.small()).unwrap()["machine"];
        assert_eq!((&machine["optimized"], &machine["profile"]), (&json!(true), &json!("dev")), "lab-{}", lab.name);
    }
}

/// Checks a setting of this very program, which is compiled with the profile of plain `cargo run`.
#[test]
fn an_overflow_wraps_and_assertions_for_debugging_are_off() {
    assert_eq!(catch_unwind(|| black_box(255_u8) + black_box(1)).ok(), Some(0));
    let mut evaluated = false;
    debug_assert!({
        evaluated = true;
        evaluated
    });
    assert!(!evaluated);
}
