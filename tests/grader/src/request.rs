//! Parses the command line of the grader.

use crate::exercises::{EXERCISES, Exercise, exercise};
use crate::export::FORMATS;
use common::Error;
use common::command_line::{number, usage};
use common::format::wrap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const HELP: &str = "\
grade: grades exercises, and explains what fails

usage: cargo grade [EXERCISE] [--only ITEM] [--watch]
       cargo grade EXERCISE --hint N
       cargo grade --exercise EXERCISE --submission FILE --out R.json
       cargo grade export --format FORMAT R.json ...
       cargo grade gradescope OUT.zip [EXERCISE ...]
       cargo grade handout OUT
       cargo grade [EXERCISE] --all DIR --out OUT [--jobs N] [--shard I/N]

  EXERCISE           EXERCISES;
                     or the folder of its lab, such as labs/data-race
                     [default: all of them, with your progress]
  --only ITEM        grades only this item
  --watch            grades again whenever the file is saved, until Ctrl-C
  --hint N           prints hint N, from 1 to 3, and grades nothing. Each hint
                     is more detailed than the one before
  --submission FILE  grades this file instead of the one beside the lab
  --out R.json       writes the grade to this file, as labs/grade/1
  --json             prints the grade as JSON
  --all DIR          grades a class: DIR/STUDENT/EXERCISE.rs. Writes to OUT the
                     grades and a feedback.txt per student, grades.csv, and
                     index.html. If it is interrupted, run it again
  --jobs N           grades N submissions at a time [default: CPUs]
  --shard I/N        grades only part I of N, for several machines
  --i-trust-this-code
                     grades without a sandbox if none works here (on Linux,
                     install bubblewrap); the grade says so
  --format FORMAT    writes grades in the format of another system: FORMATS
  gradescope OUT.zip writes an autograder for Gradescope; it contains the source
                     of the checks, so do not give it to students
  handout OUT        writes the students' copy to OUT, without solutions, and
                     with the checks as a program for this compiler
  -h, --help         prints this text
  -V, --version      prints the version

Exit status: 0 graded, good or bad; 2 wrong command line; 3 the grader failed.
";

/// The task that a command line requests.
#[derive(Debug)]
pub enum Request {
    /// Print a text: the help, or the version.
    Print(String),
    /// Print one hint of an exercise.
    Hint {
        /// The exercise whose hint is printed.
        exercise: &'static Exercise,
        /// The number of the hint, counted from 1.
        number: usize,
    },
    /// Grade one exercise, or all.
    Grade(Grading),
    /// Grade the submissions of a class.
    Class(ClassGrading),
    /// Write grades in the format of another system.
    Export {
        /// The name of the format.
        format: String,
        /// The files with the grades.
        files: Vec<PathBuf>,
    },
    /// Write the zip for Gradescope.
    Gradescope {
        /// Where the zip is written.
        out: PathBuf,
        /// The exercises that the zip grades.
        exercises: Vec<&'static Exercise>,
    },
    /// Write the students' copy.
    Handout {
        /// Where the copy is written.
        out: PathBuf,
    },
    /// Run a command in the reduced sandbox; the grader starts itself in this way.
    Sandbox(Vec<OsString>),
}

/// What to grade, and how to show it.
#[derive(Debug, Default)]
pub struct Grading {
    /// The exercise to grade; all of them if it is `None`.
    pub exercise: Option<&'static Exercise>,
    /// The only item to grade; all of them if it is `None`.
    pub only: Option<String>,
    /// The file to grade instead of the one beside the lab.
    pub submission: Option<PathBuf>,
    /// The file for the grade.
    pub out: Option<PathBuf>,
    /// Whether to print the grade as JSON.
    pub json: bool,
    /// Whether to grade again on every save.
    pub watch: bool,
    /// Whether it may run without a sandbox.
    pub trusts: bool,
}

/// The class to grade.
#[derive(Debug)]
pub struct ClassGrading {
    /// The only exercise to grade; all of them if it is `None`.
    pub only: Option<&'static Exercise>,
    /// The folder with a folder for each student.
    pub submissions: PathBuf,
    /// The folder for the grades.
    pub out: PathBuf,
    /// How many submissions are graded at the same time; the number of CPUs if it is `None`.
    pub jobs: Option<usize>,
    /// The part of the submissions to grade, counted from 1, and the number of parts.
    pub shard: (usize, usize),
    /// Whether it may run without a sandbox.
    pub trusts: bool,
}

impl Request {
    /// Parses a command line.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a wrong command line.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let mut arguments = arguments.into_iter().peekable();
        let command = |first: &OsString| COMMANDS.into_iter().find(|(name, _)| first == name);
        match arguments.peek().and_then(command) {
            Some((_, parse)) => parse(arguments.skip(1).collect()),
            None => Flags::parse(arguments)?.request(),
        }
    }
}

type Parse = fn(Vec<OsString>) -> Result<Request, Error>;

/// The command words, which come first on a command line, with their parsers.
const COMMANDS: [(&str, Parse); 4] = [
    ("export", export),
    ("gradescope", gradescope),
    ("handout", handout),
    ("sandbox", |rest| Ok(Request::Sandbox(rest))),
];

fn export(arguments: Vec<OsString>) -> Result<Request, Error> {
    use lexopt::prelude::{Long, Value};
    let (mut format, mut files) = (None, Vec::new());
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("format") => format = Some(parser.value().map_err(usage)?.to_string_lossy().into_owned()),
            Value(file) => files.push(PathBuf::from(file)),
            other => return Err(usage(other.unexpected())),
        }
    }
    let format =
        format.ok_or_else(|| usage(format!("export: --format is missing: give one of {}", FORMATS.join(", "))))?;
    Ok(Request::Export { format, files })
}

fn gradescope(arguments: Vec<OsString>) -> Result<Request, Error> {
    let Some((out, names)) = arguments.split_first() else {
        return Err(usage("gradescope: name a new zip file, then exercises, or none to include all"));
    };
    let named = names.iter().map(|name| named(&name.to_string_lossy())).collect::<Result<Vec<_>, _>>()?;
    let exercises = if named.is_empty() { EXERCISES.iter().collect() } else { named };
    is_new(out, "file")?;
    Ok(Request::Gradescope { out: out.into(), exercises })
}

fn handout(arguments: Vec<OsString>) -> Result<Request, Error> {
    match &arguments[..] {
        [out] => {
            is_new(out, "folder")?;
            Ok(Request::Handout { out: out.into() })
        }
        _ => Err(usage("handout: name one new folder")),
    }
}

/// Rejects a path that exists already, even as a broken link.
fn is_new(out: &OsString, kind: &str) -> Result<(), Error> {
    let out = Path::new(out);
    match out.symlink_metadata() {
        Ok(_) => Err(usage(format!("{} already exists: name a new {kind}", out.display()))),
        Err(_) => Ok(()),
    }
}

/// Returns the exercise with this name, or at this path.
fn named(name: &str) -> Result<&'static Exercise, Error> {
    let found = exercise(name).or_else(|| EXERCISES.iter().find(|exercise| is_at(exercise, Path::new(name))));
    found.ok_or_else(|| {
        let names = names().join(", ");
        usage(format!("no exercise is called {name:?}: give one of {names}, or the folder of its lab"))
    })
}

/// Returns whether a path leads to the exercise's folder, or to its file. A folder of another clone does not count.
fn is_at(exercise: &Exercise, path: &Path) -> bool {
    let Ok(path) = path.canonicalize() else { return false };
    let own = [exercise.folder, exercise.file].map(|own| workspace::root().join(own).canonicalize());
    own.into_iter().flatten().any(|own| own == path)
}

fn names() -> Vec<&'static str> {
    EXERCISES.iter().map(|exercise| exercise.name).collect()
}

fn help() -> String {
    // A long list is wrapped within the second column.
    let listed = |names: &[&str]| {
        let (last, others) = names.split_last().expect("there is one");
        let lines = wrap(&format!("{} or {last}", others.join(", ")), 59, "");
        lines.trim_end().replace('\n', &format!("\n{:21}", ""))
    };
    let formats = format!("writes grades in the format of another system:\n{:21}{}", "", listed(&FORMATS));
    HELP.replace("EXERCISE           EXERCISES", &format!("EXERCISE           {}", listed(&names())))
        .replace("writes grades in the format of another system: FORMATS", &formats)
}

/// The flags of a command line, before they are combined.
#[derive(Debug, Default)]
struct Flags {
    print: Option<String>,
    hint: Option<usize>,
    all: Option<PathBuf>,
    jobs: Option<usize>,
    shard: Option<(usize, usize)>,
    grading: Grading,
}

impl Flags {
    fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        use lexopt::prelude::{Long, Short, Value};
        let mut flags = Self::default();
        let grading = &mut flags.grading;
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(usage)? {
            let value = |parser: &mut lexopt::Parser| parser.value().map_err(usage);
            match argument {
                Short('h') | Long("help") => return Ok(Self { print: Some(help()), ..Self::default() }),
                Short('V') | Long("version") => {
                    let version = concat!("grade ", env!("CARGO_PKG_VERSION"), "\n").to_string();
                    return Ok(Self { print: Some(version), ..Self::default() });
                }
                Long("json") => grading.json = true,
                Long("watch") => grading.watch = true,
                Long("hint") => {
                    let most = EXERCISES[0].about.hints.len();
                    flags.hint = Some(number("--hint", &value(&mut parser)?.to_string_lossy(), 1..=most)?);
                }
                Long("i-trust-this-code") => grading.trusts = true,
                Long("only") => grading.only = Some(value(&mut parser)?.to_string_lossy().into_owned()),
                Long("submission") => grading.submission = Some(value(&mut parser)?.into()),
                Long("out") => grading.out = Some(value(&mut parser)?.into()),
                Long("all") => flags.all = Some(value(&mut parser)?.into()),
                Long("jobs") => flags.jobs = Some(number("--jobs", &value(&mut parser)?.to_string_lossy(), 1..=256)?),
                Long("shard") => flags.shard = Some(shard(&value(&mut parser)?.to_string_lossy())?),
                Long("exercise") => grading.exercise = Some(named(&value(&mut parser)?.to_string_lossy())?),
                Value(name) if grading.exercise.is_none() => grading.exercise = Some(named(&name.to_string_lossy())?),
                other => return Err(usage(other.unexpected())),
            }
        }
        Ok(flags)
    }

    /// Combines the flags into a request.
    fn request(self) -> Result<Request, Error> {
        let Self { print, hint, all, jobs, shard, grading } = self;
        if let Some(text) = print {
            return Ok(Request::Print(text));
        }
        let Grading { exercise, ref only, ref submission, ref out, json, watch, trusts } = grading;
        if let Some(submissions) = all {
            let out = out.clone().ok_or_else(|| usage("--all DIR needs --out OUT"))?;
            if only.is_some() || submission.is_some() || json || watch || hint.is_some() {
                let flags = "--only, --submission, --json, --watch and --hint";
                return Err(usage(format!("--all grades a class: leave {flags} out")));
            }
            // A link to a folder is good enough, because the folder is not replaced.
            if out.symlink_metadata().is_ok() && !out.is_dir() {
                let out = out.display();
                return Err(usage(format!("--out {out}: it is not a folder: name a folder or a new one")));
            }
            let shard = shard.unwrap_or((1, 1));
            return Ok(Request::Class(ClassGrading { only: exercise, submissions, out, jobs, shard, trusts }));
        }
        if jobs.is_some() || shard.is_some() {
            return Err(usage("--jobs and --shard need --all DIR"));
        }
        let Some(exercise) = exercise else {
            let about_one = [
                ("--only", only.is_some()),
                ("--submission", submission.is_some()),
                ("--out", out.is_some()),
                ("--json", json),
                ("--watch", watch),
                ("--hint", hint.is_some()),
            ];
            return match about_one.into_iter().find(|(_, is_given)| *is_given) {
                Some((flag, _)) => Err(usage(format!("{flag} needs an exercise: name one of {}", names().join(", ")))),
                None => Ok(Request::Grade(grading)),
            };
        };
        let ids: Vec<&str> = exercise.about.items.iter().map(|item| item.id).collect();
        if let Some(only) = only.as_deref().filter(|only| !ids.contains(only)) {
            return Err(usage(format!(
                "--only {only}: {} has no such item: give one of {}",
                exercise.name,
                ids.join(", ")
            )));
        }
        if let Some((out, kind)) = out.as_ref().and_then(|out| Some((out.display(), workspace::special(out)?))) {
            return Err(usage(format!("--out {out}: it is {kind}: name a regular file or a new one")));
        }
        if watch && (out.is_some() || json) {
            return Err(usage("--watch prints each grade as text: leave --out and --json out"));
        }
        let Some(number) = hint else { return Ok(Request::Grade(grading)) };
        if only.is_some() || submission.is_some() || out.is_some() || json || watch {
            let flags = "--only, --submission, --out, --json and --watch";
            return Err(usage(format!("--hint {number} prints a hint and grades nothing: leave {flags} out")));
        }
        Ok(Request::Hint { exercise, number })
    }
}

fn shard(value: &str) -> Result<(usize, usize), Error> {
    let parts = value.split_once('/').and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
    let parts = parts.filter(|(part, parts)| (1..=*parts).contains(part));
    parts.ok_or_else(|| usage(format!("--shard {value}: give I/N with I from 1 to N, such as 2/4")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise_of(argument: &str) -> Result<&'static str, String> {
        match Request::parse([argument.into()]) {
            Ok(Request::Grade(grading)) => Ok(grading.exercise.expect("it is named").name),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    }

    /// An editor knows the folder of the open file, and a shell completes it.
    #[test]
    fn an_exercise_has_a_name_and_a_folder() {
        for exercise in EXERCISES {
            let folder = workspace::root().join(exercise.folder);
            for path in [folder.clone(), folder.join(""), folder.join("src/../exercise.rs")] {
                assert_eq!(exercise_of(path.to_str().unwrap()), Ok(exercise.name));
            }
            assert_eq!(exercise_of(exercise.name), Ok(exercise.name));
        }
        let other = workspace::root().join("labs/data-race/src");
        let clone = tempfile::tempdir().unwrap();
        let clone = clone.path().join("labs/data-race");
        std::fs::create_dir_all(&clone).unwrap();
        for path in ["data-race", "labs", "", other.to_str().unwrap(), clone.to_str().unwrap()] {
            let refused = exercise_of(path).unwrap_err();
            assert!(
                refused.contains("no exercise is called") && refused.contains("the folder of its lab"),
                "{refused}"
            );
        }
    }
}
