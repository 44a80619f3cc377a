use super::*;

/// Creates a copy of the steppers' sources, which a test may change.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for stepper in STEPPERS {
        let lab = stepper.folder(workspace::root()).unwrap();
        fs::create_dir_all(folder.path().join(&lab).join("src")).unwrap();
        for file in ["Cargo.toml", "src/counters.rs", "src/two_locations.rs", "witnesses.json"] {
            let path = format!("{lab}/{file}");
            if workspace::root().join(&path).exists() {
                fs::copy(workspace::root().join(&path), folder.path().join(&path)).unwrap();
            }
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

/// Returns the graph of states that the page of a stepper has.
fn places(name: &str) -> Places {
    let stepper = Stepper::named(name).unwrap();
    stepper.places(&stepper.walk().unwrap()).unwrap()
}

fn cells(name: &str, picks: &str) -> Vec<String> {
    places(name).follow(picks).unwrap().into_iter().map(|step| step.cell.clone()).collect()
}

#[test]
fn the_graphs_are_small_enough_for_a_page() {
    let count = |name: &str| places(name).all.len();
    assert_eq!((count("lose-an-update"), count("end-at-two")), (12, 195));
    assert!(STEPPERS.iter().all(|stepper| count(stepper.name) < 500));
}

#[test]
fn steps_are_named_after_what_the_code_does() {
    for (name, picks, expected) in [
        ("lose-an-update", "12", ["load → seen=0", "load → seen=0"].as_slice()),
        ("lock", "1111", &["taken: false → true", "read → seen=0", "write 1", "store taken = false"]),
        ("locked-twice", "112", &["lock: finds 0", "unlock: 0", "lock: finds 0"]),
        ("fetch-add", "12", &["add: 0 → 1", "add: 1 → 2"]),
        ("compare-exchange", "1221", &["load → seen=0", "load → seen=0", "exchange 0 → 1", "finds 1: retry"]),
        ("store-buffering", "11a", &["store x = 1", "load y → 0", "x = 1 → memory"]),
        (
            "message-passing",
            "11a2",
            &["store data = 42", "store ready = true", "data = 42 → memory", "load ready → false"],
        ),
    ] {
        assert_eq!(cells(name, picks), expected, "{name}");
    }
}

#[test]
fn an_update_is_lost_where_an_increment_does_not_write_one_more() {
    let lost = |name: &str, picks: &str| -> Vec<Option<u64>> {
        places(name).follow(picks).unwrap().into_iter().map(|step| step.lost).collect()
    };
    assert_eq!(lost("lose-an-update", "1221"), [None, None, None, Some(1)]);
    assert_eq!(lost("lose-an-update", "1122"), [None; 4]);
    assert_eq!(lost("locked-twice", "11222211"), [None, None, None, None, None, None, None, Some(1)]);
    assert_eq!(lost("lock", "11112222"), [None; 8]);
    // T2 has done all its increments when T1 stores its first.
    assert_eq!(lost("end-at-two", "12222221")[7], Some(3));
}

#[test]
fn a_thread_keeps_what_it_has_seen_until_its_increment_is_complete() {
    let seen = |name: &str, picks: &str| {
        let places = places(name);
        let states = places.follow(picks).unwrap().into_iter().map(|step| places.all[step.to].threads[0].seen);
        states.collect::<Vec<_>>()
    };
    assert_eq!(seen("lose-an-update", "1221"), [Some(0), Some(0), Some(0), None]);
    // The second lock of T1 finds 1, but T1 adds to what the first found.
    assert_eq!(seen("locked-twice", "11222211")[5..], [Some(0), Some(0), None]);
    assert_eq!(seen("compare-exchange", "12211"), [Some(0), Some(0), Some(0), Some(1), None]);
}

#[test]
fn a_waiting_thread_says_why() {
    let why = |name: &str, picks: &str| {
        let places = places(name);
        let to = places.follow(picks).unwrap().last().unwrap().to;
        places.all[to].threads[1].why.clone()
    };
    assert_eq!(why("lock", "1").as_deref(), Some("tries again until taken changes"));
    assert_eq!(why("locked-twice", "1").as_deref(), Some("waits for the lock, locked by T1"));
    assert_eq!(why("locked-twice", "11"), None);
}

#[test]
fn both_threads_read_0_only_with_store_buffers() {
    let buffered = places("store-buffering");
    assert_eq!(buffered.end_of("1122ab"), Some("a = 0, b = 0"));
    assert_eq!(buffered.end_of("1122"), None, "two stores are still on their way");
    let stepper = Stepper::named("store-buffering").unwrap();
    let one_memory = Stepper { memory: Memory::Interleaved, ..*stepper };
    let ends = one_memory.places(&one_memory.walk().unwrap()).unwrap().all[0].ends.clone();
    assert_eq!(
        ends.iter().map(|(end, _)| end.as_str()).collect::<Vec<_>>(),
        ["a = 0, b = 1", "a = 1, b = 0", "a = 1, b = 1"]
    );
    let threads = &buffered.all[buffered.follow("12").unwrap()[1].to].threads;
    assert_eq!([&threads[0].buffer, &threads[1].buffer], [&["x = 1"], &["y = 1"]]);
}

#[test]
fn the_flag_comes_without_the_data_only_under_cpp20() {
    let stepper = Stepper::named("message-passing").unwrap();
    let mut places = places("message-passing");
    let number = places.all.len();
    let (exhibit, reveal, values) = stepper.two_locations(&mut places).unwrap();
    assert_eq!(
        reveal.as_deref(),
        Some(
            "One memory: all but ready = true, data = 0. x86\u{2011}TSO: all but ready = true, data = 0. C++20, relaxed: all 4."
        )
    );
    let says = &values.iter().find(|(end, _)| end == "ready = true, data = 0").unwrap().1;
    assert_eq!(says["bad"], "ready = true, data = 0: no order of the loads and stores explains it.");
    assert_eq!((exhibit.start, exhibit.picks.as_str()), (number, "1122"));
    let steps = places.all[number..].iter().filter_map(|place| place.moves.first());
    let from: Vec<_> = steps.map(|step| (step.cell.as_str(), step.from.as_deref())).collect();
    assert_eq!(from[2..], [("load ready → true", Some("step 2")), ("load data → 0", Some("the start"))]);
}

#[test]
fn a_stepper_whose_program_has_moved_is_an_error_that_names_the_file() {
    let folder = copy();
    let file = "labs/atomic-fix/src/two_locations.rs";
    change(folder.path(), file, "//! Two programs", "//!\n//! Two programs");
    for name in ["store-buffering", "message-passing"] {
        let error = error(name, folder.path());
        assert!(error.contains(file) && error.contains("is not what was compiled"), "{error}");
    }
}

#[test]
fn a_counter_that_has_changed_by_a_line_is_an_error_that_names_the_file() {
    let folder = copy();
    let file = "labs/data-race/src/counters.rs";
    change(folder.path(), file, "self.0.store(seen + 1, Relaxed);", "self.0.store(1 + seen, Relaxed);");
    for name in ["lose-an-update", "end-at-two"] {
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
        assert!(error("lose-an-update", folder.path()).contains("is not what was compiled"));
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
