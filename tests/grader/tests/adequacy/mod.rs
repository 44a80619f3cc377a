//! Changes one place of a right solution at a time, grades the result, and compares the grade with a list of what each change breaks. So
//! a check that overlooks a mistake is noticed, and so is a check that denies a right answer.

mod list;

use crate::soundness::{failing, for_each, grader, in_words};
use crate::support::skipped::sampled;
use crate::support::solution;
use anyhow::{Error, Result};
use grader::compile::compile;
use grader::exercises::{EXERCISES, Exercise, Item, exercise};
use grader::grade::{Grade, Grader};
use grader::verdict::Verdict;
use grader::workdir::Workdir;
use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

/// A right solution with one change.
#[derive(Clone, Copy)]
struct Mutant {
    /// The name of the solution: `reference`, or one that is named `right-...`.
    file: &'static str,
    /// The code that is replaced.
    old: &'static str,
    /// The code that replaces it.
    new: &'static str,
    /// The items that the change fails, as `failing` reads them; empty if the change breaks nothing that the exercise demands.
    fails: &'static str,
    /// The reason, in one sentence.
    why: &'static str,
}

/// Creates a mutant that is wrong.
const fn wrong(
    file: &'static str,
    old: &'static str,
    new: &'static str,
    fails: &'static str,
    why: &'static str,
) -> Mutant {
    Mutant { file, old, new, fails, why }
}

/// Creates a mutant that is as right as the solution.
const fn right(file: &'static str, old: &'static str, new: &'static str, why: &'static str) -> Mutant {
    Mutant { file, old, new, fails: "", why }
}

/// A mutant, and the exercise that it belongs to.
struct Row(&'static Exercise, Mutant);

impl Row {
    /// Returns the text with the change.
    ///
    /// # Errors
    ///
    /// The code to replace is not there exactly once, or the change changes nothing.
    fn text(&self) -> Result<String, String> {
        let Self(exercise, Mutant { file, old, new, .. }) = self;
        let text = fs::read_to_string(solution(exercise.name, file)).map_err(|error| format!("{file}: {error}"))?;
        match text.matches(old).count() {
            1 if old != new => Ok(text.replace(old, new)),
            1 => Err(format!("{file}: {old:?} is replaced by itself")),
            count => Err(format!("{file}: {old:?} is there {count} times, expected once")),
        }
    }

    /// Returns the items that decide whether the grade is an expected one. An item with a question mark is not asked about, unless all
    /// that can fail have one.
    fn decisive(&self) -> Vec<&'static Item> {
        let Self(exercise, Mutant { fails, .. }) = self;
        let (open, sure): (Vec<&str>, Vec<&str>) = fails.split(", ").partition(|item| item.ends_with('?'));
        let is_open = |item: &Item| open.iter().any(|open| open.trim_end_matches('?') == item.id);
        exercise.about.items.iter().filter(|item| sure.is_empty() || !is_open(item)).collect()
    }

    /// Grades the decisive items.
    fn grade(&self, grader: &Grader) -> Result<Grade> {
        let (Self(exercise, _), folder) = (self, Workdir::new()?);
        let text = self.text().map_err(Error::msg)?;
        compile(&grader.toolchain, (grader.isolation, grader.limits), exercise, &text, folder.path())?
            .map_err(|refusal| Error::msg(format!("{refusal:?}")))?;
        let items = grader.examine(exercise, self.decisive(), &text, folder.path())?;
        Ok(Grade { verdict: Verdict::Graded, message: String::new(), items, text, seconds: 0.0 })
    }

    /// Returns the difference between the grade and the expected ones; nothing if there is none.
    fn difference(&self, grader: &Grader) -> Option<String> {
        let Self(exercise, Mutant { file, old, new, fails, why }) = self;
        let start = Instant::now();
        let grade = self.grade(grader).unwrap();
        let (got, expected) = (in_words(&grade), failing(exercise, fails));
        println!("{:5.1} s  {} {file}: {got}: {new}", start.elapsed().as_secs_f64(), exercise.name);
        let messages: Vec<&str> = grade.items.iter().map(|item| item.message.as_str()).collect();
        (!expected.contains(&got)).then(|| {
            let name = exercise.name;
            format!(
                "{name} {file}: {got}, and expected {expected:?}: {why}\n  {old}\n  -> {new}\n  {messages:?} {}",
                grade.message
            )
        })
    }
}

/// Returns all rows of the list.
fn rows() -> Vec<Row> {
    let of = |(name, mutants): &'static (&str, &[Mutant])| {
        let exercise = exercise(name).unwrap_or_else(|| panic!("no such exercise: {name}"));
        mutants.iter().map(move |mutant| Row(exercise, *mutant))
    };
    list::ALL.iter().flat_map(of).collect()
}

#[test]
fn each_row_changes_one_place_and_each_item_is_failed_by_a_mutant() {
    let rows = rows();
    let found: Vec<String> = rows.iter().filter_map(|row| row.text().err()).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let texts: BTreeSet<String> = rows.iter().map(|row| row.text().unwrap()).collect();
    assert_eq!(texts.len(), rows.len(), "two rows have the same text");
    for exercise in EXERCISES {
        let mutants: Vec<&Mutant> = rows.iter().filter(|row| row.0.name == exercise.name).map(|row| &row.1).collect();
        // The answer of `race` is a constant, so few operators fit.
        let least = if exercise.name == "race" { 8 } else { 25 };
        assert!(mutants.len() >= least, "{}: {} mutants, expected {least}", exercise.name, mutants.len());
        assert!(mutants.iter().any(|mutant| mutant.fails.is_empty()), "{}: no right mutant", exercise.name);
        assert!(mutants.iter().all(|mutant| mutant.why.ends_with('.')), "each row has a reason");
        for item in exercise.about.items {
            let is_failed = mutants.iter().any(|mutant| mutant.fails.split(", ").any(|failed| failed == item.id));
            assert!(is_failed, "no mutant of {} fails {}", exercise.name, item.id);
        }
    }
    // A row whose code is not there, or is there twice, or stays as it is.
    let row = |old, new| Row(rows[0].0, right("reference", old, new, ""));
    let wrong = [row("no such code", ""), row("e", "f"), row("parallel_sum", "parallel_sum")];
    assert!(wrong.iter().all(|row| row.text().is_err()));
}

#[test]
fn each_mutant_fails_the_items_that_its_change_breaks_and_no_other() {
    let Some(grader) = grader() else { return };
    let mut rows = rows();
    let all = rows.len();
    if !workspace::thorough() {
        let mut number = 0;
        rows.retain(|_| {
            number += 1;
            number % 12 == 0
        });
    }
    sampled(rows.len(), all, "mutants of right solutions were graded");
    let found = for_each(&rows, |row| row.difference(grader).into_iter().collect());
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), rows.len(), found.join("\n"));
}

/// A wrong expectation is reported: a mistake that is listed as right, a right change that is listed as a mistake, and the wrong item.
#[test]
fn a_row_with_a_wrong_expectation_is_reported() {
    let Some(grader) = grader() else { return };
    let tickets = exercise("atomic").unwrap();
    let (old, too_many, as_right) = ("seen < self.count", "seen <= self.count", "seen != self.count");
    let listed = [
        (right("reference", old, too_many, ""), true),
        (wrong("reference", old, too_many, "model", ""), true),
        (wrong("reference", old, as_right, "sequence, model?", ""), true),
        (wrong("reference", old, too_many, "sequence, model?", ""), false),
        (right("reference", old, as_right, ""), false),
    ];
    for (mutant, is_reported) in listed {
        assert_eq!(
            Row(tickets, mutant).difference(grader).is_some(),
            is_reported,
            "{}: {:?}",
            mutant.new,
            mutant.fails
        );
    }
    let decisive = |fails| {
        let row = Row(tickets, wrong("reference", old, too_many, fails, ""));
        row.decisive().iter().map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!(decisive("sequence, model?"), ["sequence"]);
    assert_eq!([decisive("sequence?, model?"), decisive("model"), decisive("")], [["sequence", "model"]; 3]);
    let expected = ["fails sequence", "fails sequence, model"];
    assert_eq!(failing(tickets, "sequence, model?"), expected);
    assert_eq!(failing(tickets, "model?, sequence?"), ["fails sequence", "fails model", "fails sequence, model"]);
    assert_eq!(failing(tickets, ""), ["passes"]);
}
