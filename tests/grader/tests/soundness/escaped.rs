//! Grades a submission that has escaped the scan and the language: it is compiled with the standard library and with `unsafe`. Only the
//! sandboxes and the judge are left, and they must hold by themselves.

use anyhow::Result;
use grader::compile;
use grader::exercises::Exercise;
use grader::grade::{Grade, Graded, Grader};
use grader::verdict::{Cause, Status, Verdict};
use grader::workdir::Workdir;
use std::fs;

/// Compiles and grades a text.
///
/// # Errors
///
/// The grader itself failed.
pub fn grade(grader: &Grader, exercise: &'static Exercise, text: String) -> Result<Grade> {
    let folder = Workdir::new()?;
    let wrapper = compile::Kit::Usual.wrapper().replace("#![no_std]", "");
    for (name, text) in [("wrapper.rs", wrapper.as_str()), ("exercise.rs", &text), ("driver.rs", exercise.driver)] {
        fs::write(folder.path().join(name), text)?;
    }
    let place = (grader.isolation, grader.limits.compile);
    let outcome = compile::in_sandbox(&grader.toolchain, place, folder.path(), &command(grader))?;
    let (verdict, items) = if outcome.code == Some(0) {
        (Verdict::Graded, grader.examine(exercise, exercise.about.items, &text, folder.path())?)
    } else {
        let (status, cause, witness) = (Status::Fail, Cause::Other, None);
        let refused = |item: &grader::exercises::Item| Graded {
            id: item.id,
            status,
            message: outcome.stderr.clone(),
            cause,
            witness: witness.clone(),
        };
        (Verdict::DoesNotCompile, exercise.about.items.iter().map(refused).collect())
    };
    Ok(Grade { verdict, message: String::new(), items, text, seconds: 0.0 })
}

/// Returns the grader's command line without the options that restrict the language.
fn command(grader: &Grader) -> Vec<String> {
    let mut command = compile::command(&grader.toolchain, grader.isolation);
    let all = command.len();
    command.retain(|word| word != "-Funsafe_code");
    assert_eq!(command.len(), all - 1, "unsafe code is forbidden by this option");
    let sysroot =
        command.iter_mut().find(|word| *word == "--sysroot=/core").expect("the standard library is hidden by it");
    *sysroot = "--sysroot=/tc".to_string();
    command
}

/// The twin of the corpus: a right answer that needs the standard library and `unsafe` passes without the layers, and only then. So a file
/// of the corpus that fails in the same way fails because of a later layer.
#[test]
fn a_right_answer_passes_without_the_language() {
    let Some(grader) = super::grader() else { return };
    let exercise = grader::exercises::exercise("naive").unwrap();
    let text = "use common::exercise::*;
pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let mut all = std::collections::HashMap::new();
    all.insert(0, workers);
    let workers = unsafe { *std::ptr::addr_of!(all[&0]) };
    let bound = |worker: usize| numbers.len() * worker / workers;
    in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
";
    let words = |grade: Result<Grade>| super::in_words(&grade.unwrap());
    assert_eq!(words(grade(grader, exercise, text.to_string())), "passes");
    assert_eq!(words(grader.past_the_scan(exercise, text.to_string(), None)), "does-not-compile");
}
