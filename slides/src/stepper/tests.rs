use super::*;

/// Creates a copy of the steppers' sources, which a test may change.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for stepper in STEPPERS {
        let lab = stepper.folder(workspace::root()).unwrap();
        fs::create_dir_all(folder.path().join(&lab).join("src")).unwrap();
        for file in ["Cargo.toml", "src/counters.rs", "witnesses.json"] {
            let path = format!("{lab}/{file}");
            fs::copy(workspace::root().join(&path), folder.path().join(&path)).unwrap();
        }
    }
    folder
}

fn change(root: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(root.join(file)).unwrap();
    assert!(text.contains(from), "{file} has no {from:?}");
    fs::write(root.join(file), text.replace(from, to)).unwrap();
}

fn error(name: &str, root: &Path) -> String {
    format!("{:#}", Stepper::named(name).unwrap().element(root).unwrap_err())
}

#[test]
fn every_stepper_agrees_with_what_the_model_checker_found() {
    for stepper in STEPPERS {
        stepper.element(workspace::root()).unwrap_or_else(|error| panic!("{}: {error:#}", stepper.name));
    }
}

#[test]
fn the_counts_are_those_of_the_literature() {
    let count = |name: &str, end| Stepper::named(name).unwrap().schedules(end).unwrap();
    assert_eq!(count("lose-an-update", 1), (4, 6));
    assert_eq!(count("end-at-two", 2), (8, 924));
    assert!(Stepper::named("lock").unwrap().schedules(1).is_err(), "no schedule loses under the lock");
    assert!(Stepper::named("locked-twice").unwrap().schedules(1).is_ok(), "its twin, that locks twice");
}

#[test]
fn the_graphs_are_small_enough_for_a_page() {
    let places = |name: &str| Stepper::named(name).unwrap().walk().unwrap().places.len();
    assert_eq!((places("lose-an-update"), places("end-at-two")), (12, 195));
    assert!(STEPPERS.iter().all(|stepper| places(stepper.name) < 500));
}

#[test]
fn a_counter_that_has_changed_by_a_line_is_an_error_that_names_the_file() {
    let folder = copy();
    let file = "labs/data-race/src/counters.rs";
    change(folder.path(), file, "self.0.store(seen + 1, Relaxed);", "self.0.store(1 + seen, Relaxed);");
    for name in ["lose-an-update", "end-at-two", "relaxed"] {
        let error = error(name, folder.path());
        assert!(error.contains(file) && error.contains("stale") && error.contains("cargo proofs"), "{error}");
    }
    assert!(Stepper::named("lock").unwrap().element(folder.path()).is_ok(), "the others are still what they were");
}

#[test]
fn lines_that_have_moved_are_noticed_though_the_counter_is_the_same() {
    let folder = copy();
    for _ in 0..4 {
        change(folder.path(), "labs/data-race/src/counters.rs", "//! Counters", "//!\n//! Counters");
        assert!(error("lose-an-update", folder.path()).contains("stale"));
    }
}

#[test]
fn a_schedule_that_cannot_be_is_an_error() {
    let folder = copy();
    let file = "labs/data-race/witnesses.json";
    let whole = fs::read_to_string(folder.path().join(file)).unwrap();
    for (pointer, value) in [("/steps/1/value", json!(1)), ("/steps/1/thread", json!(3)), ("/final", json!(0))] {
        let mut document: Value = serde_json::from_str(&whole).unwrap();
        for witness in document["witnesses"].as_array_mut().unwrap() {
            *witness.pointer_mut(pointer).unwrap() = value.clone();
        }
        fs::write(folder.path().join(file), document.to_string()).unwrap();
        assert!(error("lose-an-update", folder.path()).contains(file), "{pointer}");
    }
    let mut document: Value = serde_json::from_str(&whole).unwrap();
    for verdict in document["verdicts"].as_array_mut().unwrap() {
        verdict["finals"] = json!([2]);
    }
    fs::write(folder.path().join(file), document.to_string()).unwrap();
    assert!(error("lose-an-update", folder.path()).contains("the checker saw"));
    fs::remove_file(folder.path().join(file)).unwrap();
    assert!(error("lose-an-update", folder.path()).contains(file));
}
