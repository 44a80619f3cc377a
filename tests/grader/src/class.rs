//! Grades a class: many submissions, several at a time, each once. If grading is interrupted, the next run continues. A
//! grade is written completely or not at all, and a submission is graded again only if its key has changed.

use crate::exercises::{EXERCISES, Exercise};
use crate::grade::Grader;
use crate::submission::{Folder, Student, Submission};
use crate::summary::{Cell, Row, Summary};
use crate::text::counted;
use crate::verdict::Verdict;
use crate::{feedback, render, summary, text};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind::{NotADirectory, NotFound};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// The task of grading a class.
#[derive(Debug)]
pub struct Class<'a> {
    /// The folder with a folder for each student.
    pub submissions: &'a Path,
    /// The folder for the grades.
    pub out: &'a Path,
    /// The only exercise to grade; all of them if it is `None`.
    pub only: Option<&'static Exercise>,
    /// How many submissions are graded at the same time.
    pub jobs: usize,
    /// The part of the submissions to grade, counted from 1, and the number of parts.
    pub shard: (usize, usize),
}

/// The result of grading a class, as numbers of submissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The submissions that were graded now.
    pub graded: usize,
    /// The submissions that had been graded before.
    pub kept: usize,
    /// The submissions that could not be graded.
    pub failed: usize,
}

impl Class<'_> {
    /// Returns the exercises that are graded.
    fn exercises(&self) -> Vec<&'static Exercise> {
        EXERCISES.iter().filter(|exercise| self.only.is_none_or(|only| only.name == exercise.name)).collect()
    }

    /// Returns all submissions of the students, in the students' order.
    ///
    /// # Errors
    ///
    /// The folder holds no submission.
    fn all(&self, students: &[Student]) -> Result<Vec<Submission>> {
        let of = |student: &Student| {
            let student = student.clone();
            self.exercises().into_iter().map(move |exercise| Submission {
                file: student.path.join(format!("{}.rs", exercise.name)),
                student: student.clone(),
                exercise,
            })
        };
        // A broken link is a submission too, and so is a file in a folder that cannot be entered.
        let is_missing = |one: &Submission| {
            one.file.symlink_metadata().is_err_and(|error| [NotFound, NotADirectory].contains(&error.kind()))
        };
        let all: Vec<_> = students.iter().flat_map(of).filter(|submission| !is_missing(submission)).collect();
        ensure!(!all.is_empty(), "{} holds no STUDENT/EXERCISE.rs, such as ada/race.rs", self.submissions.display());
        Ok(all)
    }

    /// Grades the submissions that are not graded yet, and summarises all grades.
    ///
    /// # Errors
    ///
    /// Files cannot be read or written. A single submission that cannot be graded is counted, and is not an error.
    pub fn grade(&self, grader: &Grader) -> Result<Done> {
        let folder = Folder::read(self.submissions)?;
        let all = self.all(&folder.students)?;
        for warning in self.warnings(&folder, &all) {
            eprintln!("grade: WARNING: {warning}");
        }
        let (part, parts) = self.shard;
        let mine: Vec<&Submission> =
            all.iter().enumerate().filter(|(index, _)| index % parts == part - 1).map(|(_, one)| one).collect();
        let start = Instant::now();
        let (done, failures) = each(&mine, self.jobs, |index, submission, done| {
            readable(&submission.file)?;
            let what = self.one(grader, submission, done)?;
            let (name, count) = (submission.exercise.name, mine.len());
            eprintln!(
                "[{}/{count}] {} {name}: {} ({:.0} s)",
                index + 1,
                submission.student.name,
                text::plain(&what),
                start.elapsed().as_secs_f64()
            );
            Ok(what)
        });
        let failures = failures.into_iter().map(|(index, reason)| (mine[index].file.as_path(), reason)).collect();
        self.sum_up(grader, &folder.students, &all, &failures)?;
        Ok(done)
    }

    fn one(&self, grader: &Grader, submission: &Submission, done: &mut Done) -> Result<String> {
        let path = submission.grade(self.out);
        let text = crate::scan::read(&submission.file).unwrap_or_default();
        let key = grader.key(submission.exercise, &text);
        if let Some(kept) =
            read(&path).filter(|kept| kept["key"] == key.as_str() && Verdict::of(kept) != Some(Verdict::Error))
        {
            done.kept += 1;
            return Ok(format!("{}, as before", points(&kept)));
        }
        let name = format!("{}/{}.rs", submission.student.name, submission.exercise.name);
        let grade = match grader.grade(submission.exercise, &submission.file, None) {
            Ok(grade) => grade,
            Err(error) => {
                // Nothing is stored, not even an older grade, so the next run grades this submission.
                done.failed += 1;
                [&path, &path.with_extension("txt")].into_iter().for_each(|old| drop(fs::remove_file(old)));
                return Ok(format!("could not be graded: {error:#}"));
            }
        };
        let document = grader.document(submission.exercise, &name, &grade);
        let feedback = render::grade(submission.exercise, &grade);
        done.graded += 1;
        workspace::write(&path.with_extension("txt"), &feedback)?;
        workspace::write(&path, format!("{document:#}\n"))?; // last, so that the other files exist if this one does
        Ok(format!("{} ({})", points(&document), document["verdict"].as_str().unwrap_or_default()))
    }

    /// Returns a sentence about each thing in the folder that an instructor may not expect.
    fn warnings(&self, folder: &Folder, all: &[Submission]) -> Vec<String> {
        let file = self.only.map_or("EXERCISE.rs".to_string(), |only| format!("{}.rs", only.name));
        let mut warnings = Vec::new();
        for other in &folder.others {
            warnings.push(format!("{other} is not a student's folder, so it is not graded: use STUDENT/EXERCISE.rs"));
        }
        for student in folder.students.iter().filter(|student| all.iter().all(|one| one.student != **student)) {
            let entries = fs::read_dir(&student.path).into_iter().flatten().flatten();
            let mut names: Vec<String> = entries.map(|entry| text::name(&entry.file_name())).collect();
            names.sort();
            let holds = if names.is_empty() { "is empty".into() } else { format!("holds only {}", names.join(", ")) };
            warnings.push(format!("{} handed in no {file}: the folder {holds}", student.name));
        }
        warnings
    }

    /// Writes a CSV file for a spreadsheet, a page for the instructor, and the feedback for each student. `failures` says
    /// which files could not be graded now, and why.
    fn sum_up(
        &self,
        grader: &Grader,
        students: &[Student],
        all: &[Submission],
        failures: &BTreeMap<&Path, String>,
    ) -> Result<()> {
        let write = |path: PathBuf, text: &str| workspace::write(&self.out.join(path), text);
        let by_file: BTreeMap<&Path, &Submission> = all.iter().map(|one| (one.file.as_path(), one)).collect();
        let mut summary = Summary { exercises: self.exercises(), rows: Vec::new() };
        for student in students {
            let cell = |exercise: &&Exercise| {
                let file = student.path.join(format!("{}.rs", exercise.name));
                let Some(submission) = by_file.get(file.as_path()) else { return Cell::Missing };
                let text = crate::scan::read(&submission.file).ok();
                let key = grader.key(exercise, text.as_deref().unwrap_or_default());
                if let Some(reason) = failures.get(file.as_path()) {
                    return Cell::Failed(text::plain(reason));
                }
                match read(&submission.grade(self.out)).filter(|grade| grade["key"] == key.as_str()) {
                    // The feedback exists if the grade does.
                    Some(grade) if Verdict::of(&grade) != Some(Verdict::Error) => {
                        let path = submission.grade(self.out).with_extension("txt");
                        Cell::Graded { grade, source: text, feedback: fs::read_to_string(path).unwrap_or_default() }
                    }
                    Some(_) => Cell::Failed("the grader failed".into()),
                    None => Cell::Waiting,
                }
            };
            let cells = summary.exercises.iter().map(cell).collect();
            summary.rows.push(Row { student: student.clone(), cells });
        }
        for row in &summary.rows {
            let folder = Path::new(&row.student.folder);
            for (exercise, cell) in summary.exercises.iter().zip(&row.cells) {
                if let Cell::Graded { source: Some(source), .. } = cell {
                    write(folder.join(format!("{}.rs", exercise.name)), source)?;
                }
            }
            write(folder.join("feedback.txt"), &feedback::text(&summary.exercises, row))?;
            write(folder.join("feedback.html"), &feedback::page(&summary.exercises, row))?;
        }
        write("grades.csv".into(), &summary::csv(&summary))?;
        write("index.html".into(), &summary::page(&summary))?;
        Ok(())
    }
}

/// Formats the points of a grade.
fn points(grade: &Value) -> String {
    let number = |name: &str| grade[name].as_f64().unwrap_or(0.0);
    format!("{} of {}", number("score"), counted(number("max_score"), "point"))
}

/// Returns an error if the system does not let the grader look at a file. A folder or a link is readable, and the grader
/// rejects it.
fn readable(file: &Path) -> Result<()> {
    let about = || format!("cannot read {}", text::name(file.as_os_str()));
    if file.symlink_metadata().with_context(about)?.is_file() {
        fs::File::open(file).with_context(about)?;
    }
    Ok(())
}

/// Calls `work` with the index of each item and the item, on `jobs` threads. Returns the sum of what was done, and the
/// reason for each item that could not be graded: an error, a panic, or a count in [`Done::failed`].
fn each<T: Sync>(
    items: &[T],
    jobs: usize,
    work: impl Fn(usize, &T, &mut Done) -> Result<String> + Sync,
) -> (Done, BTreeMap<usize, String>) {
    let next = AtomicUsize::new(0);
    let all = Mutex::new((Done::default(), BTreeMap::new()));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Relaxed);
            let Some(item) = items.get(index) else { return };
            let mut done = Done::default();
            let result = catch_unwind(AssertUnwindSafe(|| work(index, item, &mut done)));
            let reason = match result {
                Ok(Ok(what)) => (done.failed > 0).then_some(what),
                Ok(Err(error)) => Some(format!("{error:#}")),
                Err(panic) => {
                    let text = panic.downcast_ref::<String>().map(String::as_str);
                    let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
                    Some(format!("the grader panicked: {text}"))
                }
            };
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(reason) = reason {
                done = Done { failed: 1, ..Done::default() };
                eprintln!("grade: could not grade submission {}: {}", index + 1, text::plain(&reason));
                all.1.insert(index, reason);
            }
            let sum = &mut all.0;
            *sum =
                Done { graded: sum.graded + done.graded, kept: sum.kept + done.kept, failed: sum.failed + done.failed };
        }
    };
    thread::scope(|scope| (0..jobs).for_each(|_| drop(scope.spawn(worker))));
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn read(path: &Path) -> Option<Value> {
    Some(text::plain_document(serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_numbers_with_their_noun() {
        let all = [0.0, 1.0, 2.5].map(|most| points(&serde_json::json!({ "score": 0.0, "max_score": most })));
        assert_eq!(all, ["0 of 0 points", "0 of 1 point", "0 of 2.5 points"]);
    }

    #[test]
    fn a_panic_costs_one_submission_its_grade_and_no_other() {
        let work = |_: usize, item: &i32, done: &mut Done| match item {
            2 => panic!("on {item}"),
            3 => anyhow::bail!("no room"),
            4 => {
                done.failed += 1;
                Ok("no compiler".to_string())
            }
            _ => {
                done.graded += 1;
                Ok("10 of 10".to_string())
            }
        };
        for jobs in [1, 3] {
            let (done, failures) = each(&[1, 2, 3, 4, 5], jobs, work);
            assert_eq!(done, Done { graded: 2, kept: 0, failed: 3 });
            let failures: Vec<(usize, &str)> = failures.iter().map(|(at, why)| (*at, why.as_str())).collect();
            assert_eq!(failures, [(1, "the grader panicked: on 2"), (2, "no room"), (3, "no compiler")]);
        }
    }
}
