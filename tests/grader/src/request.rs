//! What the command line asks for.

use crate::exercises::{EXERCISES, Exercise, exercise};
use anyhow::Result;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

const HELP: &str = "\
grade: grades exercises, and explains what fails

usage: cargo grade [EXERCISE] [--only ITEM] [--watch] [--hints]
       cargo grade --exercise EXERCISE --submission FILE --out R.json
       cargo grade export --format FORMAT R.json ...
       cargo grade gradescope OUT.zip [EXERCISE ...]
       cargo grade handout OUT
       cargo grade [EXERCISE] --all DIR --out OUT [--jobs N] [--shard I/N]

  EXERCISE           naive, shm, overhead, heavy, race, mutex or atomic
                     [default: all of them, with your progress]
  --only ITEM        only one of its items
  --watch            grades again whenever the file is saved, until Ctrl-C
  --hints            prints three hints of rising help, and grades nothing
  --submission FILE  grades that file in place of the one beside the lab
  --out R.json       writes the grade there as labs/grade/1
  --json             prints it
  --all DIR          grades a class: DIR/STUDENT/EXERCISE.rs. OUT gets a grade
                     and a feedback.txt for each student, grades.csv, and
                     index.html; started again, it goes on where it was
  --jobs N           so many at a time [default: CPUs]
  --shard I/N        only the I-th of N parts, for several machines
  --i-trust-this-code
                     grades without a box where there is none (bubblewrap on
                     Linux); the grade says so
  --format FORMAT    writes grades as gradescope, classroom50, junit, csv,
                     prairielearn, autolab or exercism read them
  gradescope OUT.zip writes what Gradescope takes as an autograder, with the
                     text of the checks: for you, and not for students
  handout OUT        writes the students' copy into OUT: no solutions, and the
                     checks as a library for this compiler
  -h, --help         this text
  -V, --version      the version

Exit status: 0 graded, whatever the grade; 2 usage; 3 the grader's own fault.
";

/// A command line that asks for something that cannot be done; exit status 2.
#[derive(Debug)]
pub struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} (--help lists all)", self.0)
    }
}

impl std::error::Error for Usage {}

/// A request to grade.
#[derive(Debug, Default)]
pub struct Request {
    /// Which exercise; all of them if none is named.
    pub exercise: Option<&'static Exercise>,
    /// Only this item.
    pub only: Option<String>,
    /// This file in place of the one beside the lab.
    pub submission: Option<PathBuf>,
    /// Where the grade goes, or the grades of a class.
    pub out: Option<PathBuf>,
    /// The folder of a class.
    pub all: Option<PathBuf>,
    /// So many at a time.
    pub jobs: Option<usize>,
    /// Which part of all, counted from 1, and of how many.
    pub shard: Option<(usize, usize)>,
    /// Whether it is printed for programs.
    pub json: bool,
    /// Whether it is graded again on every save.
    pub watch: bool,
    /// Whether hints are printed instead.
    pub hints: bool,
    /// Whether it may run without a box.
    pub trusts: bool,
}

/// The exercise of that name.
///
/// # Errors
///
/// [`Usage`]: there is none.
pub fn named(name: &str) -> Result<&'static Exercise> {
    let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
    exercise(name)
        .ok_or_else(|| Usage(format!("no exercise is called {name:?}, give one of {}", names.join(", "))).into())
}

/// A request, or a text to print.
///
/// # Errors
///
/// [`Usage`].
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<std::result::Result<Request, &'static str>> {
    use lexopt::prelude::{Long, Short, Value};
    let mut request = Request::default();
    let mut parser = lexopt::Parser::from_args(arguments);
    let wrong = |error: lexopt::Error| Usage(error.to_string());
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Short('h') | Long("help") => return Ok(Err(HELP)),
            Short('V') | Long("version") => return Ok(Err(concat!("grade ", env!("CARGO_PKG_VERSION"), "\n"))),
            Long("json") => request.json = true,
            Long("watch") => request.watch = true,
            Long("hints") => request.hints = true,
            Long("i-trust-this-code") => request.trusts = true,
            Long("only") => request.only = Some(parser.value().map_err(wrong)?.to_string_lossy().into_owned()),
            Long("submission") => request.submission = Some(parser.value().map_err(wrong)?.into()),
            Long("out") => request.out = Some(parser.value().map_err(wrong)?.into()),
            Long("all") => request.all = Some(parser.value().map_err(wrong)?.into()),
            Long("jobs") => {
                let jobs = parser
                    .value()
                    .map_err(wrong)?
                    .to_string_lossy()
                    .parse()
                    .ok()
                    .filter(|jobs| (1..=256).contains(jobs));
                request.jobs = Some(jobs.ok_or_else(|| Usage("--jobs: give a number from 1 to 256".into()))?);
            }
            Long("shard") => {
                let value = parser.value().map_err(wrong)?;
                let parts = value
                    .to_string_lossy()
                    .split_once('/')
                    .and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
                let parts = parts.filter(|(part, parts)| (1..=*parts).contains(part));
                request.shard = Some(parts.ok_or_else(|| Usage("--shard: give I/N, such as 2/4".into()))?);
            }
            Long("exercise") => request.exercise = Some(named(&parser.value().map_err(wrong)?.to_string_lossy())?),
            Value(name) if request.exercise.is_none() => request.exercise = Some(named(&name.to_string_lossy())?),
            other => return Err(Usage(other.unexpected().to_string()).into()),
        }
    }
    request.check()?;
    Ok(Ok(request))
}

impl Request {
    fn check(&self) -> Result<()> {
        let says = |text: String| Err(Usage(text).into());
        if self.all.is_some() {
            return match self.out {
                Some(_)
                    if self.only.is_some() || self.submission.is_some() || self.json || self.watch || self.hints =>
                {
                    says("--all grades a class: leave --only, --submission, --json, --watch and --hints out".into())
                }
                Some(_) => Ok(()),
                None => says("--all DIR needs --out OUT".into()),
            };
        }
        if self.jobs.is_some() || self.shard.is_some() {
            return says("--jobs and --shard are about a class: give --all DIR".into());
        }
        let Some(exercise) = self.exercise else {
            let needs = [
                ("--only", self.only.is_some()),
                ("--submission", self.submission.is_some()),
                ("--out", self.out.is_some()),
                ("--json", self.json),
                ("--watch", self.watch),
                ("--hints", self.hints),
            ];
            return match needs.into_iter().find(|(_, is_given)| *is_given) {
                Some((flag, _)) => says(format!("{flag} is about one exercise: name it")),
                None => Ok(()),
            };
        };
        if let Some(only) = &self.only
            && !exercise.about.items.iter().any(|item| item.id == only)
        {
            let ids: Vec<&str> = exercise.about.items.iter().map(|item| item.id).collect();
            return says(format!("--only {only}: {} has the items {}", exercise.name, ids.join(", ")));
        }
        if self.watch && (self.out.is_some() || self.json) {
            return says("--watch is for people: leave --out and --json out".into());
        }
        Ok(())
    }
}
