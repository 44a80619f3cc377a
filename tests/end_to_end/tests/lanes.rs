//! Checks `--witness`: the text of the schedules, and the flags that choose among them.

use crate::command_line::refusal_problems;
use crate::witness::{document, list};
use end_to_end::assert_none;
use end_to_end::handout::Handout;
use end_to_end::labs::{LabUnderTest, counter_labs, lab, labs};
use serde_json::Value;

/// Returns what is wrong with the text.
fn text_problems(text: &str) -> Vec<String> {
    let is_odd = |line: &&str| line.len() > 80 || !line.chars().all(|one| one == ' ' || one.is_ascii_graphic());
    text.lines().filter(is_odd).map(str::to_string).collect()
}

/// Returns whether no counter of the lab can lose an update, so that no schedule is stored.
fn is_exact(lab: &LabUnderTest) -> bool {
    lab.variants.iter().all(|(_, is_exact)| *is_exact)
}

#[test]
fn the_text_shows_schedules_verdicts_and_limits_within_eighty_columns() {
    const MOST_LINES: usize = 40;
    for lab in counter_labs() {
        let document = document(lab);
        let increments = list(&document, "witnesses").iter().filter_map(|witness| witness["increments"].as_u64());
        for line in increments.map(|increments| format!("--witness --increments {increments}")) {
            assert_none(text_problems(&lab.run(&line).stdout));
        }
        let brief = lab.run("--witness").stdout;
        assert!(brief.lines().count() <= MOST_LINES, "{brief}");
        assert!(brief.contains("--witness --full"), "{brief}");
        let text = lab.run("--witness --full").stdout;
        assert!(text.lines().count() > MOST_LINES, "the twin: what the short text leaves out");
        assert_none(text_problems(&brief));
        assert_none(text_problems(&text));
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let limits = list(&document, "cannot_see").iter().map(|limit| limit.as_str().unwrap());
        let variants = list(&document, "verdicts").iter().map(|verdict| verdict["variant"].as_str().unwrap());
        for shown in limits.chain(variants).chain(["cargo proofs", "cargo proofs witnesses"]) {
            assert!(words.contains(shown), "lab-{} does not show {shown:?}", lab.name);
        }
        for (variant, _) in
            lab.variants.iter().filter(|(variant, is_correct)| !is_correct && !variant.starts_with("process-"))
        {
            let shown = [
                format!("{variant}: In 2 threads x 1 increment, two threads access the same plain memory"),
                format!("{variant}, 2 threads x 1 increment: this schedule ends at 1, not at 2."),
                format!("{variant} loses an update by the same steps as"),
            ];
            let count = shown.iter().filter(|shown| words.contains(*shown)).count();
            assert_eq!(count, 1, "lab-{}: {variant}", lab.name);
        }
        assert_eq!(text.contains("None: no counter of this lab lost an update"), is_exact(lab));
    }
    for odd in ["x".repeat(81), "\x1b[1mbold".into(), "tab\t".into()] {
        assert_eq!(text_problems(&odd).len(), 1);
    }
}

#[test]
fn a_size_on_the_command_line_chooses_the_schedules() {
    let Some(lab) = lab("race") else { return };
    let sizes = |line: &str| {
        let document = lab.run(&format!("--witness --json {line}")).json().unwrap();
        let size = |witness: &Value| (witness["threads"].as_u64().unwrap(), witness["increments"].as_u64().unwrap());
        let mut sizes: Vec<(u64, u64)> = list(&document, "witnesses").iter().map(size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    };
    assert_eq!(sizes(""), [(2, 1), (2, 2), (2, 3)]);
    assert_eq!(sizes("--threads 2"), sizes(""));
    assert_eq!(sizes("--threads 2 --increments 2"), [(2, 2)]);
    let text = lab.run("--witness --increments 3").stdout;
    assert!(text.contains("load-store, 2 threads x 3 increments: this schedule ends at 2, not at 6."), "{text}");
    assert!(!text.contains("2 threads x 1 increment: this"), "{text}");
}

#[test]
fn a_flag_that_a_witness_cannot_follow_is_refused() {
    let mut problems = Vec::new();
    for lab in labs() {
        let lines: &[(&str, &[&str])] = match (lab.takes("increments"), is_exact(lab)) {
            (true, false) => &[
                (
                    "--increments 4",
                    &["--increments 4", "only 2 x 1, 2 x 2 and 2 x 3", "give --threads 2 --increments 1"],
                ),
                ("--threads 3 --increments 1", &["--threads 3 --increments 1", "only 2 x 1", "give --threads 2"]),
                ("--repeat 2", &["--repeat is about a run", "give one of them"]),
                ("--json --predict", &["--predict is about a run", "give one of them"]),
                ("--python", &["--python is about a run", "give one of them"]),
            ],
            (true, true) => {
                &[("--increments 1", &["--increments 1", "no schedule is stored", "leave --increments 1 out"])]
            }
            (false, _) => &[("", &["--witness", "--help lists the flags"])],
        };
        for (line, words) in lines {
            let line = format!("--witness {line}");
            problems.extend(refusal_problems(lab, &line, words, &lab.run(&line)));
        }
        let tells_of_it = lab.run("--help").stdout.contains("--witness");
        assert_eq!(tells_of_it, lab.takes("increments"), "lab-{}", lab.name);
    }
    assert_none(problems);
}

/// Returns the lines of an excerpt that are missing from the output, in this order. `...` stands for any lines.
fn excerpt_problems(excerpt: &str, real: &str) -> Vec<String> {
    let mut real = real.lines();
    let missing = excerpt.lines().filter(|line| *line != "...").find(|line| !real.any(|other| other == *line));
    missing.map(str::to_string).into_iter().collect()
}

#[test]
fn the_excerpt_in_a_handout_is_what_the_lab_prints() {
    for lab in counter_labs() {
        let handout = Handout::of(lab);
        let excerpt = handout.code_under("What a model checker says").unwrap();
        let command = format!("cargo run -p lab-{} -- --witness", lab.name);
        assert!(end_to_end::read(format!("labs/{}/README.md", lab.folder)).contains(&command), "lab-{}", lab.name);
        let real = lab.run("--witness").stdout;
        assert_none(excerpt_problems(excerpt, &real));
        assert_eq!(excerpt_problems(excerpt, &real.replace("2  ", "7  ")).len(), 1, "lab-{}", lab.name);
    }
}
