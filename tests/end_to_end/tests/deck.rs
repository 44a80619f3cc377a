//! Checks the deck: its claims hold for a run, and its commands have flags that the labs take.

use crate::handouts::{Judgement, commands, judge};
use end_to_end::claims;
use end_to_end::handout::Handout;
use end_to_end::labs::lab;
use end_to_end::{assert_none, say, workspace};
use std::fs;

/// Returns the chapters, each with its file's name.
fn chapters() -> Vec<(String, String)> {
    let files = fs::read_dir(workspace().join("slides/deck")).unwrap().map(|file| file.unwrap().path());
    let chapter = |path: std::path::PathBuf| {
        (path.file_name().unwrap().display().to_string(), fs::read_to_string(&path).unwrap())
    };
    let mut chapters: Vec<_> = files.map(chapter).collect();
    chapters.sort();
    chapters
}

/// Parses a claim of the deck. Unlike a claim of a handout it names its lab: `check naive [--size 7]: …`.
fn parse(comment: &str) -> Result<(String, claims::Claim), String> {
    let text = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    let (kind, rest) = text.split_once(' ').unwrap_or((&text, ""));
    let end = rest.find([' ', ':']).ok_or_else(|| format!("<!-- {text} --> names no lab"))?;
    let (lab, rest) = rest.split_at(end);
    Ok((lab.to_string(), claims::parse(&format!("{kind}{rest}"))?))
}

fn comments(chapter: &str) -> impl Iterator<Item = &str> {
    chapter.split("<!--").skip(1).map(|rest| rest.split("-->").next().unwrap_or(rest).trim())
}

fn problems_of(name: &str, chapter: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for comment in comments(chapter) {
        let (lab_name, claim) = match parse(comment) {
            Ok(parsed) => parsed,
            Err(error) => {
                problems.push(format!("{name}: {error}"));
                continue;
            }
        };
        match lab(&lab_name).map(|lab| judge(lab, &claim)) {
            Some(Judgement::Holds | Judgement::LeftOut) => {}
            Some(Judgement::Observed(what)) => say(&format!("OBSERVED: {name}: {what}")),
            Some(Judgement::Problem(what)) => problems.push(format!("{name}: {what}")),
            None => problems.push(format!("{name}: no lab is called {lab_name:?}")),
        }
    }
    problems
}

/// Returns a chapter as the rule for handouts reads it. A figure in braces comes from a report and needs no other
/// check. A question claims nothing.
fn without_figures(chapter: &str) -> String {
    let chapter: String = chapter
        .split("\n\n")
        .filter(|piece| !piece.starts_with("Ask: "))
        .fold(String::new(), |text, piece| text + piece + "\n\n");
    let mut pieces = chapter.split("{{");
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |text, piece| {
        let (figure, rest) = piece.split_once("}}").unwrap_or_default();
        text + if figure.contains(" lecture.") { "lecture" } else { "" } + rest
    })
}

#[test]
fn what_a_slide_claims_holds_of_a_run() {
    let chapters = chapters();
    assert!(chapters.len() > 5 && chapters.iter().any(|(_, text)| comments(text).next().is_some()));
    assert_none(chapters.iter().flat_map(|(name, text)| problems_of(name, text)).collect());
    for wrong in [
        "<!-- check heavy: sequential.correct == false -->",
        "<!-- check nothing: process-pool.correct == true -->",
        "<!-- check naive process-pool.correct == true -->",
        "<!-- a remark -->",
    ] {
        assert_eq!(problems_of("x", wrong).len(), 1, "{wrong}");
    }
}

#[test]
fn every_figure_on_a_slide_has_a_check_or_is_a_reports_or_the_lectures() {
    let unsupported = |(name, text): &(String, String)| {
        let pieces = Handout::parse(&without_figures(text)).unsupported();
        pieces.into_iter().map(|piece| format!("{name}: no check stands behind: {piece}")).collect::<Vec<_>>()
    };
    assert_none(chapters().iter().flat_map(unsupported).collect());
    let with = |text: &str| unsupported(&("x".to_string(), text.to_string()));
    assert_none(with("It takes {{naive sequential.seconds.median seconds}}."));
    assert_eq!(with("It takes {{naive sequential.seconds.median seconds}}, 3 times as long.").len(), 1);
}

#[test]
fn the_commands_in_the_deck_are_ones_that_a_lab_takes() {
    let mut count = 0;
    for (name, chapter) in chapters() {
        for (package, flags) in commands(&chapter) {
            let package = package.split("  ").next().unwrap_or_default(); // in a list, an explanation follows
            let lab = lab(package).unwrap_or_else(|| panic!("{name}: no lab-{package}"));
            let flags = flags.split("  ").next().unwrap_or_default();
            let outcome = lab.run(&format!("{flags} --help"));
            assert!(outcome.status.success(), "{name}: lab-{package} {flags}: {}", outcome.stderr);
            count += 1;
        }
    }
    assert!(count > 5, "{count} commands");
}
