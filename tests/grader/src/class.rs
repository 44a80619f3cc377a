//! Grades a class: many submissions, several at a time, each once. If grading is interrupted, the next run continues. A
//! grade is written completely or not at all, and a submission is graded again only if its key has changed.

use crate::exercises::{EXERCISES, Exercise};
use crate::grade::Grader;
use crate::submission::Submission;
use crate::verdict::Verdict;
use crate::{render, summary};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
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
    /// Returns all submissions, in the order of the students' names.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or is empty.
    pub fn all(&self) -> Result<Vec<Submission>> {
        let read =
            || fs::read_dir(self.submissions).with_context(|| format!("cannot read {}", self.submissions.display()));
        let mut students: Vec<String> = read()?
            .filter_map(|entry| entry.ok())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        students.sort();
        let wanted = || EXERCISES.iter().filter(|exercise| self.only.is_none_or(|only| only.name == exercise.name));
        let of = |student: String| {
            wanted().map(move |exercise| Submission {
                file: self.submissions.join(&student).join(format!("{}.rs", exercise.name)),
                student: student.clone(),
                exercise,
            })
        };
        // A broken link is a submission too, and gets a verdict.
        let all: Vec<_> =
            students.into_iter().flat_map(of).filter(|submission| submission.file.symlink_metadata().is_ok()).collect();
        ensure!(!all.is_empty(), "{} holds no STUDENT/EXERCISE.rs, such as ada/race.rs", self.submissions.display());
        Ok(all)
    }

    /// Grades the submissions that are not graded yet, and summarises all grades.
    ///
    /// # Errors
    ///
    /// Files cannot be read or written. A single submission that cannot be graded gets a verdict, not an error.
    pub fn grade(&self, grader: &Grader) -> Result<Done> {
        let all = self.all()?;
        let (part, parts) = self.shard;
        let mine: Vec<&Submission> =
            all.iter().enumerate().filter(|(index, _)| index % parts == part - 1).map(|(_, one)| one).collect();
        let (next, start) = (AtomicUsize::new(0), Instant::now());
        let work = || {
            let mut done = Done::default();
            loop {
                let index = next.fetch_add(1, Relaxed);
                let Some(submission) = mine.get(index) else { return Ok(done) };
                let what = self.one(grader, submission, &mut done)?;
                let (name, count) = (submission.exercise.name, mine.len());
                eprintln!(
                    "[{}/{count}] {} {name}: {what} ({:.0} s)",
                    index + 1,
                    submission.student,
                    start.elapsed().as_secs_f64()
                );
            }
        };
        let results: Vec<Result<Done>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread of the grader panicked"))))
                .collect()
        });
        let mut done = Done::default();
        for result in results {
            let part = result?;
            (done.graded, done.kept, done.failed) =
                (done.graded + part.graded, done.kept + part.kept, done.failed + part.failed);
        }
        self.sum_up(&all)?;
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
            return Ok(format!("{} of {}, as before", kept["score"], kept["max_score"]));
        }
        let name = format!("{}/{}.rs", submission.student, submission.exercise.name);
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
        Ok(format!(
            "{} of {} ({})",
            document["score"],
            document["max_score"],
            document["verdict"].as_str().unwrap_or_default()
        ))
    }

    /// Writes a CSV file for a spreadsheet, a page for the instructor, and a file for each student.
    fn sum_up(&self, all: &[Submission]) -> Result<()> {
        let mut by_student: BTreeMap<&str, Vec<(&Submission, Value)>> = BTreeMap::new();
        for submission in all {
            if let Some(document) = read(&submission.grade(self.out)) {
                by_student.entry(&submission.student).or_default().push((submission, document));
            }
        }
        let write = |name: &str, text: &str| workspace::write(&self.out.join(name), text);
        write("grades.csv", &summary::csv(&by_student))?;
        write("index.html", &summary::page(&by_student))?;
        for (student, grades) in &by_student {
            let texts = grades.iter().map(|(submission, _)| {
                fs::read_to_string(submission.grade(self.out).with_extension("txt")).unwrap_or_default()
            });
            write(&format!("{student}/feedback.txt"), &texts.collect::<Vec<_>>().join("\n"))?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}
