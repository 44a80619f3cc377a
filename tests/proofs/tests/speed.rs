//! `cargo proofs speed` measures what it says. No figure is judged, because it depends on the machine.

use model::size::Size;
use model::subjects;
use proofs::second::{self, End};
use proofs::speed::child::{self, MEMORY, MOST_MIB, TIME};
use proofs::speed::{self, Judge, Measured, Report, Row, Task, Work};
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Output, Stdio};

fn proofs(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_proofs")).args(line.split_whitespace()).output().unwrap()
}

fn decided(seconds: f64) -> Measured {
    let verdict = Some("no execution loses one".into());
    Measured { verdict, finals: vec![2], states: 10, executions: 2, seconds, ..Measured::default() }
}

fn row(loom: Measured) -> Row {
    let explorer = [decided(0.1), decided(0.2), decided(0.5)];
    Row { subject: speed::of("fetch-add").unwrap(), size: Size::new(2, 1), explorer, loom: Some(loom), shuttle: None }
}

#[test]
fn a_counter_is_measured_under_every_memory_and_beside_loom() {
    let output = proofs("speed --variant fetch-add --seconds 2 --json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!((rows.len(), document["limit_seconds"].as_u64()), (5, Some(2)));
    for row in rows {
        let expected = row["threads"].as_u64().unwrap() * row["increments"].as_u64().unwrap();
        let judges = ["one_memory", "x86_tso", "cpp20"].map(|memory| &row["explorer"][memory]);
        for judge in judges.into_iter().chain([&row["loom"]]) {
            if judge["stopped"].is_null() {
                assert_eq!(judge["verdict"], "no execution loses one", "{row:#}");
                assert_eq!(judge["finals"], serde_json::json!([expected]), "{row:#}");
                assert!(judge["seconds"].as_f64().unwrap() > 0.0, "{row:#}");
                assert!(!cfg!(target_os = "linux") || judge["peak_mib"].as_f64().unwrap() > 1.0, "{row:#}");
            }
        }
        // Only whole graphs, and loom, have executions.
        for judge in [&row["explorer"]["cpp20"], &row["loom"]].into_iter().filter(|judge| judge["stopped"].is_null()) {
            assert!(judge["executions"].as_u64().unwrap() > 0, "{row:#}");
            assert!(judge["executions_per_second"].as_f64().unwrap() > 0.0, "{row:#}");
        }
        assert_ne!(row["loom_agrees"], false, "{row:#}");
        assert_eq!(row["factor"].is_null(), row["loom_agrees"].is_null(), "{row:#}");
    }
    let smallest = &rows[0];
    assert!(smallest["explorer"]["one_memory"]["states"].as_u64().unwrap() >= 3);
    assert_eq!(smallest["loom_agrees"], true, "two increments are few enough for two seconds: {smallest:#}");
}

/// A process that has more to do than time.
#[test]
fn a_limit_of_time_ends_a_process() {
    let output = proofs("--measure 1 loom load-store 4 3");
    assert!(output.status.success());
    let measured = Measured::read(&serde_json::from_slice(&output.stdout).unwrap()).unwrap();
    assert_eq!((measured.stopped.as_deref(), measured.verdict), (Some(TIME), None));
    assert!(measured.seconds >= 1.0);
    assert_eq!(proofs("--measure 1 loom nonesuch 4 3").status.code(), Some(2));
}

#[test]
fn a_process_does_what_its_arguments_say() {
    let works = [Work::Counter(speed::of("dekker").unwrap(), Size::new(2, 3)), Work::Litmus, Work::Verdicts];
    for work in works {
        let arguments = Task { judge: Judge::Loom, work }.arguments();
        assert_eq!(Task::read(&arguments).unwrap().arguments(), arguments);
    }
    assert!(Task::read(&["loom".into(), "spin".into(), "2".into()]).is_none());
    let measured = Measured { stopped: Some(TIME.into()), peak_mib: Some(4.5), ..decided(0.25) };
    assert_eq!(Measured::read(&measured.to_json()), Some(measured));
    assert!(!child::serve(), "the arguments of this test do not ask for a measurement");
}

#[test]
fn a_factor_needs_two_equal_verdicts() {
    assert_eq!((row(decided(50.0)).agrees(), row(decided(50.0)).factor()), (Some(true), Some(100.0)));
    let stopped = Measured { verdict: None, stopped: Some(TIME.into()), ..decided(50.0) };
    assert_eq!((row(stopped.clone()).agrees(), row(stopped).factor()), (None, None));
    let other_finals = Measured { finals: vec![1, 2], ..decided(50.0) };
    assert_eq!((row(other_finals.clone()).agrees(), row(other_finals).factor()), (Some(false), None));
    let race = Measured { verdict: Some("data race".into()), ..decided(0.001) };
    assert_eq!(row(race).agrees(), Some(false));
}

#[test]
fn the_text_fits_a_terminal_and_names_every_limit() {
    let stopped = |why: &str| Measured { verdict: None, stopped: Some(why.into()), ..decided(20.0) };
    let mut largest = row(decided(12_345.678));
    largest.subject = speed::of("compare-exchange").unwrap();
    largest.explorer = largest.explorer.map(|measured| Measured {
        states: 999_999_999,
        executions: 9_999_999_999,
        seconds: 999.999,
        peak_mib: Some(4096.0),
        ..measured
    });
    largest.shuttle = Some(stopped("none"));
    let mut by_time = row(stopped(TIME));
    by_time.explorer[2] = stopped(MEMORY);
    let growth = vec![(Size::new(2, 16), largest.explorer.clone())];
    let totals = speed::Totals { growth, ..Default::default() };
    let report = Report { rows: vec![largest, by_time], totals: Some(totals), ..Report::default() };
    let mut text = speed::explorer_head() + &speed::comparison_head() + &speed::explanation(&report);
    for row in &report.rows {
        text += &(speed::explorer_lines(row, 20) + &speed::comparison_line(row, 20));
    }
    for line in text.lines() {
        assert!(line.len() <= 80 && line.is_ascii() && line == line.trim_end(), "{line}");
    }
    for words in
        ["> 20", "memory", &MOST_MIB.to_string(), "40 litmus tests", "Miri: not run", "load-store grows", "\n2x16  "]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let counted = litmus::TESTS.iter().map(|test| test.verdicts.len()).sum::<usize>();
    assert_eq!(counted, 40);
}

/// The reader may close the pipe at any line.
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
    command.args(["speed", "--variant", "fetch-add", "--seconds", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(said, "");
}

#[test]
fn every_counter_and_every_algorithm_has_a_size() {
    let plan = speed::plan(None);
    for subject in subjects::all().iter().chain(subjects::algorithms()) {
        let sizes: Vec<Size> =
            plan.iter().filter(|(one, _)| one.variant == subject.variant).map(|(_, size)| *size).collect();
        assert!(sizes.contains(&Size::new(2, 1)) && sizes.len() >= 2, "{}", subject.variant);
        assert!(second::of(subject.variant).is_some(), "both doors have {}", subject.variant);
        let is_for_two = ["peterson", "dekker"].contains(&subject.variant);
        assert_eq!(sizes.iter().all(|size| size.threads == 2), is_for_two, "{}", subject.variant);
    }
    assert_eq!(speed::plan(speed::of("ticket")).len(), 5);
}

/// Only by a false alarm can loom be faster: it takes `SeqCst` for acquire and release.
#[test]
fn loom_refuses_peterson_and_dekker_and_accepts_tickets() {
    let by_loom = |name: &str| {
        let execute = second::of(name).unwrap();
        second::explore(10_000, move || execute(Size::new(2, 1))).end
    };
    assert_eq!(["ticket", "peterson", "dekker"].map(by_loom), [End::Complete, End::DataRace, End::DataRace]);
}

/// Not compiled without the feature: `cargo test -p proofs --features shuttle speed`.
#[cfg(feature = "shuttle")]
#[test]
fn shuttle_finds_lost_updates_and_nothing_in_what_is_right() {
    let by_shuttle = |name: &str| {
        let work = Work::Counter(speed::of(name).unwrap(), Size::new(2, 2));
        Task { judge: Judge::Shuttle, work }.measure(2)
    };
    for name in ["plain", "load-store", "locked-twice"] {
        let found = by_shuttle(name);
        assert_eq!(found.verdict.as_deref(), Some("can lose updates"), "{name}: {found:?}");
        assert!(found.finals[0] < 4, "{name}: {found:?}");
    }
    for name in ["fetch-add", "std-mutex", "spin", "ticket", "peterson", "dekker"] {
        let found = by_shuttle(name);
        assert_eq!((found.verdict.as_ref(), found.finals.len()), (None, 0), "{name}: {found:?}");
        assert!(found.executions > 100, "{name}: {found:?}");
    }
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
    let (name, version) = speed::SHUTTLE.unwrap().split_once(' ').unwrap();
    assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "{name} {version}");
}
