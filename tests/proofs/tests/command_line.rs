//! Checks the command line and the output of `cargo proofs`.

use common::Error;
use model::size::Size;
use model::subjects;
use model::table::SIZES;
use proofs::command_line::{self, HELP, Word};
use proofs::table;
use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::process::{Command, Output, Stdio};

fn proofs(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_proofs")).args(line.split_whitespace()).output().unwrap()
}

fn parse(line: &str) -> Result<command_line::Command, Error> {
    command_line::parse(line.split_whitespace().map(OsString::from))
}

fn too_wide(text: &str) -> Option<&str> {
    text.lines().find(|line| line.chars().count() > 80 || !line.is_ascii())
}

#[test]
fn the_table_fits_a_terminal() {
    let (line, count) = if workspace::thorough() {
        ("", model::table::plan().len())
    } else {
        let _ = writeln!(io::stderr(), "SAMPLED 1 of {} sizes of cargo proofs: THOROUGH=1 runs all", SIZES.len());
        ("--size 2x2", subjects::all().len())
    };
    let output = proofs(line);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(too_wide(&text), None);
    assert_eq!(too_wide(HELP), None);
    assert_eq!(too_wide(&"x".repeat(81)).map(str::len), Some(81));
    for words in ["None lost", "loom 0.7.3", "Load buffering", "agrees", "Where loom differs"] {
        assert!(text.contains(words), "{words}");
    }
    let rows = text.lines().skip(1).take_while(|line| !line.is_empty()).count();
    assert_eq!(rows, count);
    assert!(text.starts_with(&table::head()));
}

#[test]
fn a_wrong_line_is_refused_in_one_line() {
    for (line, words) in [
        ("tabel", "unexpected argument \"tabel\" (--help lists all)"),
        ("mutants litmus", "unexpected argument \"litmus\""),
        ("--frobnicate", "invalid option '--frobnicate'"),
        ("--variant nonesuch", "--variant nonesuch: no counter has this name: give one of plain, load-store, "),
        ("--variant", "missing argument for option '--variant'"),
        ("--states 1.5", "--states 1.5: give a whole number from 1 to 100000000"),
        ("--states 0", "give a whole number from 1 to 100000000"),
        ("--size 3", "--size 3: give 1 to 8 threads and 1 to 100 increments, such as 3x2"),
        ("--size 9x1", "--size 9x1: give 1 to 8 threads"),
        ("--size 0x1", "--size 0x1: give 1 to 8 threads"),
        ("litmus --size 2x1", "--size: only the table has this flag: leave it out"),
        ("litmus --variant spin", "--variant: only the table has this flag: leave it out"),
        ("speed --size 2x1", "--size: only the table has this flag: leave it out"),
        ("speed --variant nonesuch", "no counter has this name: give one of plain, load-store, "),
        ("--variant peterson", "--variant peterson: no counter has this name"),
        ("--seconds 3", "--seconds: only the word speed has this flag: leave it out"),
        ("litmus --miri", "--miri: only the word speed has this flag: leave it out"),
        ("speed --seconds 0", "--seconds 0: give a whole number from 1 to 3600"),
    ] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_status(), 2, "{line}");
        let message = error.to_string();
        assert!(message.contains(words), "{line}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    let output = proofs("--states x");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("proofs: --states x") && said.lines().count() == 1, "{said}");
}

#[test]
fn every_word_of_the_help_is_understood() {
    for (line, word) in [
        ("", Word::Table),
        ("litmus", Word::Litmus),
        ("mutants", Word::Mutants),
        ("witnesses", Word::Witnesses),
        ("speed", Word::Speed),
        ("--help", Word::Help),
    ] {
        assert_eq!(parse(line).unwrap().word, word, "{line}");
        assert!(HELP.contains(line), "{line}");
    }
    let command = parse("--json --variant spin --size 3x2 --states 500").unwrap();
    assert_eq!((command.size, command.bounds.states), (Some(Size::new(3, 2)), 500));
    assert!(command.json && command.variant.unwrap().variant == "spin");
    let command = parse("--variant peterson speed --seconds 3 --miri").unwrap();
    assert_eq!((command.word, command.seconds, command.miri), (Word::Speed, 3, true));
    assert_eq!(command.variant.unwrap().variant, "peterson");
}

#[test]
fn an_exploration_that_reaches_its_bound_is_inconclusive() {
    let document = |line: &str| -> serde_json::Value {
        let output = proofs(line);
        assert!(output.status.success());
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let verdict = |line: &str| document(line)["rows"][0]["verdict"].as_str().unwrap().to_string();
    assert_eq!(verdict("--variant spin --size 2x2 --json --states 10"), "inconclusive");
    assert_eq!(verdict("--variant spin --size 2x2 --json"), "no execution loses one");
}

/// loom reads its limits from the environment, stops early, and passes. Here they must change nothing.
#[test]
fn the_environment_changes_nothing() {
    let document = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
        command.args(["--variant", "local-then-add", "--json"]).envs(variables.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for row in document["rows"].as_array_mut().unwrap() {
            row.as_object_mut().unwrap().remove("seconds");
            if let Some(loom) = row["loom"].as_object_mut() {
                loom.remove("seconds");
            }
        }
        document
    };
    let undisturbed = document(&[]);
    assert!(undisturbed["rows"][3]["loom"]["executions"].as_u64().unwrap() > 100);
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
}

/// If the reader closes the pipe after the first line, the program ends without a message.
#[test]
fn a_closed_pipe_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
    let mut child = command.arg("litmus").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(said, "");
}
