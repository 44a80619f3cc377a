//! Checks the handouts: their claims hold for a run, and their sample output is what a student sees.

use crate::output::{FOR_THE_EYE, seen};
use end_to_end::claims::{self, Claim, Unjudged};
use end_to_end::handout::{Handout, sample_problems};
use end_to_end::labs::{LabUnderTest, labs, labs_at_their_own_sizes};
use end_to_end::run::{complete_with_input, rounds};
use end_to_end::{assert_none, say};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// The result of checking a claim.
#[derive(Debug, PartialEq)]
pub(crate) enum Judgement {
    Holds,
    /// The claim depends on chance or on the machine. The text says what happened here.
    Observed(String),
    Problem(String),
    /// The quick tests leave it out, because its run is at a size with large arrays.
    LeftOut,
}

/// Returns the flags of the run that a claim is about.
fn line(claim: &Claim) -> String {
    if claim.flags.contains("--repeat") {
        return claim.flags.clone();
    }
    format!("{} {}", claim.flags, rounds()).trim().to_string()
}

/// Adjusts the report to the claim's own command, because the quick tests run fewer rounds than the lab does by
/// default.
fn with_own_rounds(lab: &LabUnderTest, claim: &Claim, mut report: Value) -> Value {
    let parameters = lab.description["parameters"].as_array().into_iter().flatten();
    let own = parameters.into_iter().find(|parameter| parameter["name"] == "repeat");
    if let Some(own) = own.filter(|_| !claim.flags.contains("--repeat")) {
        report["parameters"]["repeat"] = own["default"].clone();
    }
    report
}

pub(crate) fn judge(lab: &LabUnderTest, claim: &Claim) -> Judgement {
    let about = |what: String| format!("lab-{}: {}: {what}", lab.name, claim.text);
    if !claim.flags.contains("--size") && !lab.runs_at_its_own_size() {
        return Judgement::LeftOut;
    }
    let report = match lab.report(&line(claim)) {
        Ok(report) => with_own_rounds(lab, claim, report),
        Err(error) => return Judgement::Problem(about(error)),
    };
    match (claim.must_hold, claim.judge(&report)) {
        (true, Ok(verdict)) if verdict.holds => Judgement::Holds,
        (true, Ok(verdict)) => Judgement::Problem(about(format!("does not hold: {}", verdict.figures))),
        (false, Ok(verdict)) => {
            let held = if verdict.holds { "held here" } else { "DID NOT HOLD here" };
            Judgement::Observed(about(format!("{held}: {}", verdict.figures)))
        }
        (false, Err(Unjudged::NotMeasured(what))) => Judgement::Observed(about(format!("NOT MEASURED here: {what}"))),
        (_, Err(Unjudged::Nonsense(what) | Unjudged::NotMeasured(what))) => Judgement::Problem(about(what)),
    }
}

#[test]
fn what_a_handout_claims_holds_of_a_run() {
    let mut problems = Vec::new();
    labs_at_their_own_sizes(); // says what the quick tests leave out
    for lab in labs() {
        let claims = Handout::of(lab).claims().unwrap_or_else(|errors| {
            problems.extend(errors);
            Vec::new()
        });
        if claims.is_empty() {
            problems.push(format!("lab-{}: its handout claims nothing", lab.name));
        }
        for claim in claims {
            match judge(lab, &claim) {
                Judgement::Holds | Judgement::LeftOut => {}
                Judgement::Observed(what) => say(&format!("OBSERVED: {what}")),
                Judgement::Problem(what) => problems.push(what),
            }
        }
    }
    assert_none(problems);
}

#[test]
fn a_claim_is_judged_by_the_reports_figures() {
    let report = serde_json::json!({
        "rows": [{ "variant": "slow", "correct": true, "speedup": { "median": 0.25 }, "finals": [3, 4] },
                 { "variant": "sequential", "seconds": { "median": 2.0 }, "speedup": { "median": 1 } }],
        "quantities": [{ "name": "break-even", "value": 1000 }],
        "parameters": { "threads": 4 }, "machine": { "cpus_online": 2, "cgroup_cpus": null },
    });
    let judge = |text: &str| {
        let verdict = claims::parse(text).and_then(|claim| claim.judge(&report).map_err(|error| format!("{error:?}")));
        verdict.map(|verdict| verdict.holds)
    };
    for holds in [
        "check: slow.speedup.median < 0.5",
        "check: slow.speedup.median >= 0.25 and slow.correct == true and slow.finals.1 != 3",
        "check: slow.speedup.median <= 0.25 * sequential.speedup.median",
        "observe: quantities.break-even.value > parameters.threads",
        "check [--threads 4 --seed 1]: parameters.threads == 4 and\n  machine.cpus_online > 1",
    ] {
        assert_eq!(judge(holds), Ok(true), "{holds}");
    }
    for does_not in [
        "check: slow.speedup.median < 0.25",
        "check: slow.correct == true and slow.finals.1 == 3",
        "check: slow.correct != true",
        "check: slow.speedup.median > 0.25 * sequential.speedup.median",
        "observe: quantities.break-even.value < 2 * parameters.threads",
    ] {
        assert_eq!(judge(does_not), Ok(false), "{does_not}");
    }
    for nonsense in [
        "check slow.correct == true",
        "chek: slow.correct == true",
        "a remark",
        "check: slow.correct",
        "check: slow.correct = true",
        "check: slow.correct < true",
        "check: slow.speedup.median < 0.5 + 1",
        "check: slow.speedup.median < x * sequential.speedup.median",
        "check: slow.speedup.mean < 0.5",
        "check: slow.speedup < 0.5",
        "check: fast.correct == true",
        "check: slow.finals.2 == 3",
        "check: quantities.nothing.value == 3",
        "check: machine.cgroup_cpus == 1",
        "check --threads 4: parameters.threads == 4",
    ] {
        assert!(judge(nonsense).is_err(), "{nonsense}: {:?}", judge(nonsense));
    }
    let claim = claims::parse("check [--threads 4 --seed 1]: parameters.threads == 4").unwrap();
    assert_eq!((claim.flags.as_str(), claim.must_hold), ("--threads 4 --seed 1", true));
}

#[test]
fn a_false_claim_is_a_problem_and_a_false_observation_is_not() {
    for lab in labs().into_iter().take(1) {
        let judge = |kind: &str, rest: &str| {
            let text = format!("{kind} [{}]: parameters.repeat {rest}", lab.small());
            judge(lab, &claims::parse(&text).unwrap())
        };
        assert_eq!(judge("check", "== 2"), Judgement::Holds);
        assert!(matches!(judge("check", "== 3"), Judgement::Problem(_)));
        assert!(matches!(judge("observe", "== 3"), Judgement::Observed(what) if what.contains("DID NOT HOLD")));
        // A figure that was not measured fails a check if this run should have it, and fails it always if no run has
        // it.
        assert!(matches!(judge("check", "== machine.nonesuch"), Judgement::Problem(_)));
        assert!(
            matches!(judge("observe", "== machine.nonesuch"), Judgement::Observed(what) if what.contains("NOT MEASURED"))
        );
        assert!(matches!(judge("observe", "== nonesuch.correct"), Judgement::Problem(_)));
    }
}

#[test]
fn every_figure_in_a_handout_has_a_check_or_is_the_lectures() {
    let name = |lab: &LabUnderTest, text: String| format!("lab-{}: no check stands behind: {text}", lab.name);
    let problems = |lab: &&'static LabUnderTest| {
        Handout::of(lab).unsupported().into_iter().map(|text| name(lab, text)).collect::<Vec<_>>()
    };
    assert_none(labs().iter().flat_map(problems).collect());
}

#[test]
fn a_figure_without_a_check_is_noticed() {
    for supported in [
        "# 7 headings",
        "It takes 30 times as long. <!-- check: a.b > 3 -->",
        "It takes\n30 times as long.\n<!-- observe: a.b > 3 and\n c.d == 4 -->",
        "In the lecture it took 30 times as long.",
        "Run `--threads 4` on x86-64, as an [i64](https://example.org/64/2.html).",
        "```text\n30 times\n```",
        "1. first\n2. second",
    ] {
        assert_none(Handout::parse(supported).unsupported());
    }
    for unsupported in [
        "It takes 30 times as long.",
        "It takes 0.03x.\n\n<!-- check: a.b > 3 -->", // the check belongs to nothing: it is a paragraph too late
        "- one\n- about 40 % of it",
        "| variant | time |\n| --- | --- |\n| plain | 5 ms |",
        "1. takes 7 s",
        "`x` 3",
        "Threads are much\nfaster than that.",
        "Copying takes most\nof it.",
    ] {
        assert_eq!(Handout::parse(unsupported).unsupported().len(), 1, "{unsupported}");
    }
}

#[test]
fn the_sample_in_a_handout_is_what_the_lab_prints() {
    let problems = |lab: &&'static LabUnderTest| match Handout::of(lab).sample() {
        Some(sample) => sample_problems(sample, &lab.run_once(FOR_THE_EYE).stdout, lab),
        None => vec![format!("lab-{}: its handout shows no sample", lab.name)],
    };
    let labs = seen();
    assert_none(labs.iter().flat_map(problems).collect());
    for lab in labs.iter().take(1) {
        let real = &lab.run_once(FOR_THE_EYE).stdout;
        assert_none(sample_problems(real, real, lab));
        let (first, second) = (lab.variants[0].0, lab.variants[1].0);
        let renamed = real.replace("what it does\n", "what it did\n");
        let row = |name: &str| format!("\n{name}  ");
        let swapped =
            real.replacen(&row(first), "\0", 1).replacen(&row(second), &row(first), 1).replacen('\0', &row(second), 1);
        assert_eq!(sample_problems(&renamed, real, lab).len(), 1);
        assert_eq!(sample_problems(&swapped, real, lab).len(), 1);
    }
}

#[test]
fn a_handout_asks_runs_shows_explains_and_invites() {
    for lab in labs() {
        let handout = Handout::of(lab);
        let headings: Vec<&str> = handout.headings().collect();
        assert!(headings[0].starts_with(&format!("lab-{}: ", lab.name)), "{}", headings[0]);
        let mut rest = headings.iter();
        for heading in ["The question", "Run it", "What you should see", "Why", "What to try"] {
            assert!(rest.any(|other| *other == heading), "lab-{}: {heading} is missing or out of order", lab.name);
        }
        // Without a language, rustdoc treats the block as Rust.
        let unnamed = handout.code().filter(|(language, _)| language.is_empty()).map(|(_, text)| text);
        assert_eq!(unnamed.collect::<Vec<_>>(), [""; 0], "lab-{}", lab.name);
    }
}

/// Returns the flags of every `cargo run -p lab-… -- …` in a text, with the name of the lab.
pub(crate) fn commands(markdown: &str) -> Vec<(String, String)> {
    let pieces = markdown.split("cargo run -p lab-").skip(1);
    let command = |piece: &str| {
        let line = piece.split(['\n', '`', '#', '|', '<', '>', '&', ';']).next().unwrap_or_default();
        let (name, flags) = line.split_once(" -- ").unwrap_or((line, ""));
        (name.trim().to_string(), flags.trim().to_string())
    };
    pieces.map(command).collect()
}

#[test]
fn the_commands_in_a_handout_are_ones_that_a_lab_takes() {
    for lab in labs() {
        let commands = commands(&end_to_end::read(format!("labs/{}/README.md", lab.folder)));
        assert!(commands.contains(&(lab.name.to_string(), String::new())), "lab-{}: how is it run?", lab.name);
        for (name, flags) in commands {
            let Some(lab) = end_to_end::labs::lab(&name) else { continue };
            // Flags are parsed from left to right, so --help is reached only if all flags before it are valid.
            let outcome = lab.run(&format!("{flags} --help"));
            assert!(outcome.status.success(), "lab-{name} {flags}: {}", outcome.stderr);
        }
    }
    let stale = "`cargo run -p lab-race -- --nonesuch 4` and\n```sh\ncargo run -p lab-race\n```";
    let found = [("race".to_string(), "--nonesuch 4".to_string()), ("race".to_string(), String::new())];
    assert_eq!(commands(stale), found);
}

/// Returns the codes of the compiler's errors for a piece of Rust, in their order.
fn compile_errors(code: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(Path::new(env!("CARGO")).with_file_name("rustc"));
    command.args(["--edition", "2024", "--crate-type", "bin", "--emit", "metadata", "--out-dir"]).arg(folder.path());
    command.arg("-").stdout(Stdio::piped()).stderr(Stdio::piped());
    // As in rustdoc, a line that begins with "# " is hidden from the reader, and code without `main` is put into one.
    let shown: String = code.lines().map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line))).collect();
    let program = if shown.contains("fn main") { shown } else { format!("fn main() {{\n{shown}\n}}") };
    let outcome = complete_with_input(command, &program);
    let codes =
        outcome.stderr.lines().filter_map(|line| Some(line.strip_prefix("error[")?.split_once(']')?.0.to_string()));
    let mut codes: Vec<String> = codes.collect();
    if codes.is_empty() && !outcome.status.success() {
        codes.push(outcome.stderr);
    }
    codes
}

#[test]
fn safe_rust_refuses_the_race_with_the_error_that_the_handout_names() {
    for lab in labs().into_iter().filter(|lab| lab.name == "race") {
        let handout = Handout::of(lab);
        let mut code = handout.code().filter(|(language, _)| language.starts_with("rust"));
        let (language, refused) =
            code.find(|(language, _)| language.contains("compile_fail")).expect("what Rust refuses");
        let named = language.split(',').find(|word| word.starts_with('E')).expect("the fence names the error");
        assert_eq!(compile_errors(refused), [named], "{refused}");
        // The twin is the next example of the handout: the repaired program.
        let (_, accepted) = code.next().expect("what Rust accepts");
        assert_eq!(compile_errors(accepted), [""; 0], "{accepted}");
    }
}
