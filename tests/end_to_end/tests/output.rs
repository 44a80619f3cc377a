//! Checks the output in difficult places: closed pipes, full disks, terminals, eighty columns; and what a run on one
//! CPU may not claim.

use end_to_end::labs::{LabUnderTest, labs, sampled_labs};
use std::sync::OnceLock;

/// The lab's default sizes, with fewer rounds.
pub const FOR_THE_EYE: &str = "--repeat 2";

/// The labs whose text is checked at their default sizes. These take a second each; the others take several.
pub fn seen() -> &'static [&'static LabUnderTest] {
    static SEEN: OnceLock<Vec<&LabUnderTest>> = OnceLock::new();
    SEEN.get_or_init(|| sampled_labs(&["heavy", "race"], "their text at their own sizes"))
}

fn too_wide(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.chars().count() > 80).map(str::to_string).collect()
}

#[test]
fn no_line_is_longer_than_eighty_columns() {
    for lab in labs() {
        let extreme = lab.those_of("--size 2 --increments 1 --threads 32 --workers 32 --repeat 1");
        let own = seen().iter().any(|seen| seen.name == lab.name).then_some(FOR_THE_EYE);
        let small = [lab.small(), extreme, format!("{} --pin", lab.small())];
        for line in own.into_iter().chain(small.iter().map(String::as_str)) {
            let outcome = lab.run_once(line);
            assert!(outcome.status.success(), "lab-{} {line}: {}", lab.name, outcome.stderr);
            end_to_end::assert_none(too_wide(&outcome.stdout));
        }
    }
    assert_eq!(too_wide(&"x".repeat(81)).len(), 1);
}

/// Returns how many lines a report takes, without its warnings.
fn height(text: &str) -> usize {
    let mut in_warning = false;
    let is_shown = |line: &&str| {
        in_warning = line.starts_with("warning (") || in_warning && line.starts_with("  ");
        !in_warning
    };
    text.lines().filter(is_shown).count()
}

/// A terminal first shows 24 lines.
#[test]
fn a_report_fits_a_terminal_and_the_rest_is_behind_a_flag() {
    for lab in labs() {
        let own = seen().iter().any(|seen| seen.name == lab.name).then_some(FOR_THE_EYE);
        for line in own.into_iter().chain([lab.small().as_str()]) {
            let text = &lab.run_once(line).stdout;
            assert!(height(text) <= 24, "lab-{} {line} takes {} lines:\n{text}", lab.name, height(text));
        }
        assert!(height(&lab.run_once(&format!("{} --full", lab.small())).stdout) > 24, "lab-{}", lab.name);
    }
    assert_eq!(height("title\nwarning (noisy): runs\n  differ\n\ntable\n"), 3);
}

#[test]
fn without_a_terminal_there_is_no_colour_and_no_word_beside_the_report() {
    for lab in labs() {
        let outcome = lab.run(&lab.small());
        assert!(!outcome.stdout.contains('\x1b') && !outcome.stdout.contains('\r'), "lab-{}", lab.name);
        assert_eq!(outcome.stderr, "", "lab-{}", lab.name);
    }
}

#[test]
fn a_lab_runs_with_each_worker_bound_to_a_cpu() {
    for lab in labs() {
        let report = lab.run(&format!("{} --pin --json", lab.small())).json().unwrap();
        assert_eq!(report["pinned"], true, "lab-{}", lab.name);
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use end_to_end::run::complete;
    use end_to_end::sample;
    use std::fs::File;
    use std::process::Command;

    #[test]
    fn output_into_a_closed_pipe_ends_quietly() {
        for lab in sample(labs(), 3, "labs: a closed pipe") {
            for line in ["--help".to_string(), lab.small(), format!("{} --json", lab.small())] {
                let mut command = lab.command(&line);
                let (reader, writer) = std::io::pipe().unwrap();
                command.stdout(writer);
                drop(reader);
                let outcome = complete(command);
                assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{} {line}", lab.name);
            }
        }
    }

    #[test]
    fn a_full_disk_is_a_failure_told_in_one_line() {
        for lab in sample(labs(), 3, "labs: a full disk") {
            for line in ["--help".to_string(), lab.small(), format!("{} --json", lab.small())] {
                let mut command = lab.command(&line);
                command.stdout(File::options().write(true).open("/dev/full").unwrap());
                let outcome = complete(command);
                assert_eq!(outcome.status.code(), Some(1), "lab-{} {line}", lab.name);
                assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
                let said = outcome.stderr.contains("cannot write to standard output: No space left");
                assert!(said, "{}", outcome.stderr);
            }
        }
    }

    #[test]
    fn closed_standard_streams_do_no_harm() {
        for lab in sample(labs(), 3, "labs: closed streams") {
            let small = lab.small();
            let outcome = complete(lab.shell(&format!("exec \"$LAB\" {small} --json <&-")));
            assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
            assert!(outcome.json().is_ok(), "lab-{}", lab.name);
            let outcome = complete(lab.shell(&format!("exec \"$LAB\" {small} --predict <&- 2>&-")));
            assert_eq!(outcome.status.code(), Some(0), "lab-{}", lab.name);
            assert!(outcome.stdout.contains("you predicted none"), "lab-{}", lab.name);
        }
    }

    #[test]
    fn a_terminal_gets_colour_unless_it_is_not_wanted() {
        if Command::new("script").arg("--version").output().is_err() {
            return end_to_end::skipped("colour in a terminal", "there is no program `script` to make one");
        }
        for lab in sample(labs(), 3, "labs: colour in a terminal") {
            let in_a_terminal = |settings: &str, redirection: &str| {
                let line = format!("{settings} \\\"$LAB\\\" {} {redirection}", lab.small());
                let outcome = complete(lab.shell(&format!("TERM=xterm exec script -qec \"{line}\" /dev/null")));
                assert!(outcome.status.success(), "lab-{}: {}", lab.name, outcome.stdout);
                outcome.stdout
            };
            let coloured = in_a_terminal("", "2>/dev/null");
            assert!(coloured.contains("\x1b[1m"), "lab-{}: {coloured}", lab.name);
            // Green marks what is right and red what is lost. The word within says the same.
            for (variant, is_exact) in lab.variants.iter().filter(|_| lab.takes("increments")) {
                let row = coloured.lines().find(|line| line.starts_with(&format!("{variant} ")));
                let row = row.unwrap_or_else(|| panic!("lab-{}: no row {variant}:\n{coloured}", lab.name));
                let marks: &[&str] =
                    if *is_exact { &["\x1b[32mexact\x1b[0m"] } else { &["\x1b[31mlost ", "\x1b[31mcan lose\x1b"] };
                assert!(marks.iter().any(|mark| row.contains(mark)), "lab-{}: {row:?}", lab.name);
                assert_eq!(row.matches("\x1b[3").count(), 1, "lab-{}: {row:?}", lab.name);
            }
            let plain = in_a_terminal("NO_COLOR=1", "2>/dev/null");
            assert!(plain.contains("what it does") && !plain.contains('\x1b'), "lab-{}: {plain}", lab.name);
            // Progress appears on standard error if that is a terminal, and is erased before the report.
            let watched = in_a_terminal("NO_COLOR=1", "");
            let (progress, report) = watched.split_once(&format!("lab-{}: ", lab.name)).unwrap();
            assert!(
                progress.contains("round 1 of 2") && progress.ends_with("\r\x1b[K"),
                "lab-{}: {progress:?}",
                lab.name
            );
            assert!(!report.contains('\x1b'));
        }
    }

    /// Returns the sentences that claim a gain from parallel work: in words, or as a ratio well above one.
    fn claims_of_gain(note: &str) -> Vec<String> {
        const PARALLEL: [&str; 6] = ["thread", "worker", "process", "rayon", "channel", "parallel"];
        const GAINS: [&str; 6] = ["faster", "gain", "win", "pays off", "beat", "as fast as"];
        // Sentences about a cost or about the model's errors claim no gain.
        const DENIALS: [&str; 6] = ["no gain", "cannot", "no variant", "slower", "as long as", "off by a factor"];
        let holds_one_of = |sentence: &str, words: &[&str]| words.iter().any(|word| sentence.contains(word));
        let is_a_gain = |word: &str| {
            let ratio = word.trim_end_matches([',', '.', ';', ')']).strip_suffix('x');
            ratio.and_then(|ratio| ratio.parse::<f64>().ok()).is_some_and(|ratio| ratio > 1.1)
        };
        let sentences = note.split_inclusive(". ").map(str::trim);
        let claims = sentences.filter(|sentence| {
            holds_one_of(sentence, &PARALLEL)
                && (holds_one_of(sentence, &GAINS) || sentence.split_whitespace().any(is_a_gain))
                && !holds_one_of(sentence, &DENIALS)
        });
        claims.map(str::to_string).collect()
    }

    #[test]
    fn a_claim_of_gain_is_noticed() {
        for claim in
            ["One loop is slow. Two threads are faster.", "2 threads reach 1.18x.", "From 14 elements on rayon wins."]
        {
            assert_eq!(claims_of_gain(claim).len(), 1, "{claim}");
        }
        for other in
            ["Better code on one core reaches 12.0x.", "Threads reach 0.98x.", "With one CPU threads cannot win."]
        {
            assert_eq!(claims_of_gain(other), [""; 0]);
        }
    }

    #[test]
    fn on_one_cpu_nothing_is_claimed_to_gain_from_threads() {
        for lab in labs() {
            let line = lab.those_of("--size 200000 --increments 5000 --repeat 3");
            let on_one_cpu = |flags: &str| {
                let outcome = complete(lab.on_one_cpu(&format!("{line} {flags}"))?);
                assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
                Some(outcome)
            };
            let (Some(report), Some(text)) = (on_one_cpu("--json"), on_one_cpu("")) else { return };
            let (report, text) = (report.json().unwrap(), text.stdout);
            assert_eq!(report["machine"]["cpus_allowed"], 1);
            let warned = report["warnings"].as_array().unwrap().iter().any(|warning| warning["kind"] == "one-cpu");
            assert!(warned, "lab-{} does not warn", lab.name);
            assert!(text.contains("warning (one-cpu)") && text.contains("1 of"), "lab-{}: {text}", lab.name);
            let notes = report["notes"].as_array().into_iter().flatten().filter_map(|note| note.as_str());
            let told: Vec<String> = notes.flat_map(claims_of_gain).collect();
            assert_eq!(told, [""; 0], "lab-{}", lab.name);
        }
    }
}
