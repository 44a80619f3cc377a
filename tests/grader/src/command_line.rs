//! The command line: what to grade, and how to tell.

use crate::boxes::Isolation;
use crate::catalogue::{EXERCISES, Exercise, exercise};
use crate::class::Class;
use crate::export;
use crate::grade::Grader;
use crate::handout;
use crate::text;
use crate::toolbox::{Toolbox, workspace};
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

const HELP: &str = "\
grade: grades exercises, and explains what fails

usage: cargo grade [EXERCISE] [--only ITEM] [--watch] [--hints]
       cargo grade --exercise EXERCISE --submission FILE --out R.json
       cargo grade export --format FORMAT R.json ...
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

#[derive(Debug, Default)]
struct Request {
    exercise: Option<&'static Exercise>,
    only: Option<String>,
    submission: Option<PathBuf>,
    out: Option<PathBuf>,
    all: Option<PathBuf>,
    jobs: Option<usize>,
    shard: Option<(usize, usize)>,
    json: bool,
    watch: bool,
    hints: bool,
    trusts: bool,
}

/// Does what the command line asks for.
///
/// # Errors
///
/// [`Usage`], or what the grader could not do.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    let mut arguments = arguments.into_iter().peekable();
    if arguments.next_if(|first| first == "handout").is_some() {
        return handed_out(&arguments.collect::<Vec<_>>());
    }
    if arguments.next_if(|first| first == "export").is_some() {
        return exported(arguments);
    }
    match parse(arguments)? {
        Ok(request) => request.serve(),
        Err(text) => print(text),
    }
}

fn handed_out(arguments: &[OsString]) -> Result<()> {
    let [out] = arguments else { return Err(Usage("handout: name one folder that is not there yet".into()).into()) };
    handout::write(&Toolbox::prepare()?, Path::new(out))?;
    print(&format!("{}\n", Path::new(out).display()))
}

fn exported(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    use lexopt::prelude::{Long, Value};
    let (mut format, mut files) = (None, Vec::new());
    let mut parser = lexopt::Parser::from_args(arguments);
    let wrong = |error: lexopt::Error| Usage(error.to_string());
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Long("format") => format = Some(parser.value().map_err(wrong)?.to_string_lossy().into_owned()),
            Value(file) => files.push(PathBuf::from(file)),
            other => return Err(Usage(other.unexpected().to_string()).into()),
        }
    }
    let format =
        format.ok_or_else(|| Usage(format!("export: give --format, one of {}", export::FORMATS.join(", "))))?;
    print(&export::export(&format, &files)?)
}

fn named(name: &str) -> Result<&'static Exercise> {
    let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
    exercise(name)
        .ok_or_else(|| Usage(format!("no exercise is called {name:?}, give one of {}", names.join(", "))).into())
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<std::result::Result<Request, &'static str>> {
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
            && !exercise.items.iter().any(|item| item.id == only)
        {
            let ids: Vec<&str> = exercise.items.iter().map(|item| item.id).collect();
            return says(format!("--only {only}: {} has the items {}", exercise.name, ids.join(", ")));
        }
        if self.watch && (self.out.is_some() || self.json) {
            return says("--watch is for people: leave --out and --json out".into());
        }
        Ok(())
    }

    fn serve(&self) -> Result<()> {
        if let (true, Some(exercise)) = (self.hints, self.exercise) {
            let hints = exercise.hints.iter().enumerate().map(|(index, hint)| format!("{}. {hint}\n", index + 1));
            return print(&hints.collect::<String>());
        }
        let isolation = match (Isolation::probe(), self.trusts) {
            (Some(isolation), _) => isolation,
            (None, true) => {
                eprintln!("grade: no box works here: the code runs with limits alone, because you trust it");
                Isolation::LimitsOnly
            }
            (None, false) => {
                anyhow::bail!("no box works here: install bubblewrap (Linux), or give --i-trust-this-code")
            }
        };
        let grader = Grader { toolbox: Toolbox::prepare()?, isolation };
        if let (Some(submissions), Some(out)) = (&self.all, &self.out) {
            return self.class(&grader, submissions, out);
        }
        match self.exercise {
            None => all(&grader),
            Some(exercise) => self.one(&grader, exercise),
        }
    }

    fn class(&self, grader: &Grader, submissions: &Path, out: &Path) -> Result<()> {
        let jobs = self.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
        let class = Class { submissions, out, only: self.exercise, jobs, shard: self.shard.unwrap_or((1, 1)) };
        let done = class.grade(grader)?;
        let files = out.join("grades.csv").display().to_string();
        print(&format!(
            "{} graded, {} as before, {} could not be graded: {files}\n",
            done.graded, done.kept, done.failed
        ))
    }

    fn one(&self, grader: &Grader, exercise: &'static Exercise) -> Result<()> {
        let file = self.submission.clone().unwrap_or_else(|| workspace().join(exercise.file));
        loop {
            let saved = time(&file);
            let grade = grader.grade(exercise, &file, self.only.as_deref())?;
            let document = grader.document(
                exercise,
                &self.submission.as_ref().map_or(exercise.file.into(), |file| file.display().to_string()),
                &grade,
            );
            if let Some(out) = &self.out {
                write(out, &format!("{document:#}\n"))?;
            }
            if self.json {
                print(&format!("{document:#}\n"))?;
            } else if self.out.is_none() {
                print(&text::grade(exercise, &grade))?;
            }
            if !self.watch {
                return Ok(());
            }
            eprintln!("Watching {}; Ctrl-C ends.", exercise.file);
            while time(&file) == saved {
                thread::sleep(Duration::from_millis(250));
            }
        }
    }
}

fn all(grader: &Grader) -> Result<()> {
    let mut grades = Vec::new();
    for exercise in &EXERCISES {
        eprint!("{} ... ", exercise.name);
        let grade = grader.grade(exercise, &workspace().join(exercise.file), None)?;
        eprintln!("{:.1} s", grade.seconds);
        grades.push((exercise, grade));
    }
    print(&text::progress(&grades))?;
    print("\ncargo grade EXERCISE says what fails, and why; --hints helps.\n")
}

fn time(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// Beside it first, and then in its place: a grade is whole or not there.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let beside = path.with_file_name(name);
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn print(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
