//! Checks the command line and the output of `cargo proofs`.

use common::Error;
use model::command_line::{self, HELP, Word};
use model::table;
use std::ffi::OsString;
use std::io::Read;
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
    let rows = crate::table::rows();
    let lines: String = rows.iter().map(table::line).collect();
    let text = table::head() + &lines + &table::explanation(rows);
    assert_eq!(too_wide(&text), None);
    assert_eq!(too_wide(HELP), None);
    assert_eq!(too_wide(&"x".repeat(81)).map(str::len), Some(81));
    for words in [
        "None lost an update.",
        "What loom 0.7.3 cannot see",
        "Load buffering",
        "AcqRel",
        "7 newest stores",
        "5 threads",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn a_wrong_line_is_refused_in_one_line() {
    for (line, words) in [
        ("tabel", "unexpected argument \"tabel\" (--help lists all)"),
        ("longer litmus", "unexpected argument \"litmus\""),
        ("--frobnicate", "invalid option '--frobnicate'"),
        ("--variant nonesuch", "--variant nonesuch: no counter has this name: give one of plain, load-store, "),
        ("--variant", "missing argument for option '--variant'"),
        ("--seconds 1.5", "--seconds 1.5: give a whole number from 0 to 86400"),
        ("--preemption-bound -1", "--preemption-bound -1"),
        ("--preemption-bound 256", "give a whole number from 0 to 255"),
    ] {
        let error = parse(line).unwrap_err();
        assert_eq!(error.exit_status(), 2, "{line}");
        let message = error.to_string();
        assert!(message.contains(words), "{line}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    let output = proofs("--seconds x");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("proofs: --seconds x") && said.lines().count() == 1, "{said}");
}

#[test]
fn every_word_of_the_help_is_understood() {
    for (line, word) in [
        ("", Word::Table),
        ("longer", Word::Longer),
        ("litmus", Word::Litmus),
        ("mutants", Word::Mutants),
        ("witnesses", Word::Witnesses),
        ("--help", Word::Help),
    ] {
        assert_eq!(parse(line).unwrap().word, word, "{line}");
        assert!(HELP.contains(line), "{line}");
    }
    let command = parse("longer --json --variant spin --seconds 5 --preemption-bound 2").unwrap();
    assert_eq!((command.limits.time.as_secs(), command.limits.preemption_bound), (5, Some(2)));
    assert!(command.json && command.variant.unwrap().variant == "spin");
}

/// A longer exploration prints its progress. One that reaches its time limit is inconclusive.
#[test]
fn a_longer_exploration_that_runs_out_of_time_is_inconclusive() {
    let output = proofs("longer --variant compare-exchange --seconds 0 --json");
    assert!(output.status.success());
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts: Vec<_> =
        document["rows"].as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["inconclusive"; 3]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("compare-exchange 2x4:"));
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
