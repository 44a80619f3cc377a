//! The command line: what to grade, and how to tell.

use crate::class::Class;
use crate::exercises::{EXERCISES, Exercise};
use crate::export;
use crate::grade::Grader;
use crate::handout;
use crate::render;
pub use crate::request::Usage;
use crate::request::{Request, named, parse};
use crate::sandbox::Isolation;
use crate::toolchain::Toolchain;
use crate::upload;
use crate::workdir;
use anyhow::{Context as _, Result};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

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
    if arguments.next_if(|first| first == "gradescope").is_some() {
        return uploaded(&arguments.collect::<Vec<_>>());
    }
    #[cfg(target_os = "linux")]
    if arguments.next_if(|first| first == "wall").is_some() {
        return crate::sandbox::wall::enter(arguments).map(|never| match never {});
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
    handout::write(&Toolchain::prepare()?, Path::new(out))?;
    print(&format!("{}\n", Path::new(out).display()))
}

fn uploaded(arguments: &[OsString]) -> Result<()> {
    let usage = || Usage("gradescope: name a zip that is not there yet, and then exercises, or none for all".into());
    let (out, names) = arguments.split_first().ok_or_else(usage)?;
    let named = names.iter().map(|name| named(&name.to_string_lossy())).collect::<Result<Vec<_>>>()?;
    let exercises = if named.is_empty() { EXERCISES.iter().collect() } else { named };
    upload::write(&Toolchain::prepare()?, Path::new(out), &exercises)?;
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

impl Request {
    fn serve(&self) -> Result<()> {
        if let (true, Some(exercise)) = (self.hints, self.exercise) {
            let hints = exercise.about.hints.iter().enumerate().map(|(index, hint)| format!("{}. {hint}\n", index + 1));
            return print(&hints.collect::<String>());
        }
        let isolation = match (Isolation::probe(), self.trusts) {
            (Some(isolation), _) => isolation,
            (None, true) => Isolation::LimitsOnly,
            (None, false) => {
                anyhow::bail!("no box works here: install bubblewrap (Linux), or give --i-trust-this-code")
            }
        };
        if isolation != Isolation::Full {
            eprintln!("grade: WARNING: isolation is {}; every grade says so", isolation.name());
        }
        workdir::sweep();
        let grader = Grader { toolchain: Toolchain::prepare()?, isolation };
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
        let file = self.submission.clone().unwrap_or_else(|| workspace::root().join(exercise.file));
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
                print(&render::grade(exercise, &grade))?;
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
    for exercise in EXERCISES {
        eprint!("{} ... ", exercise.name);
        let grade = grader.grade(exercise, &workspace::root().join(exercise.file), None)?;
        eprintln!("{:.1} s", grade.seconds);
        grades.push((exercise, grade));
    }
    print(&render::progress(&grades))?;
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
