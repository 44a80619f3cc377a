//! Executes the grader's command line.

use crate::class::Class;
use crate::exercises::{EXERCISES, Exercise};
use crate::export;
use crate::grade::{Grader, Limits};
use crate::handout;
use crate::known_good;
use crate::render;
use crate::request::{ClassGrading, Grading, Request};
use crate::sandbox::Isolation;
use crate::text::counted;
use crate::toolchain::Toolchain;
use crate::upload;
use crate::workdir;
use anyhow::{Result, ensure};
use common::command_line::print;
use std::env;
use std::ffi::OsString;
use std::path::{self, Path, PathBuf};
use std::thread;
use workspace::Watched;

/// Parses a command line and executes it.
///
/// # Errors
///
/// [`common::Error::Usage`] for a wrong command line; any other error if the grader itself failed.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<()> {
    match Request::parse(arguments)? {
        Request::Print(text) => print(&text)?,
        Request::Hint { exercise, number } => print(&render::hint(exercise, number))?,
        Request::Grade(grading) => grade(&grading)?,
        Request::Class(class) => grade_class(&class)?,
        Request::Export { format, files } => print(&export::export(&format, &files)?)?,
        Request::Gradescope { out, exercises } => {
            upload::write(&Toolchain::prepare()?, &out, &exercises)?;
            print(&format!("{}\n", out.display()))?;
        }
        Request::Handout { out } => {
            handout::write(&Toolchain::prepare()?, &out)?;
            print(&format!("{}\n", out.display()))?;
        }
        #[cfg(target_os = "linux")]
        Request::Sandbox(arguments) => match crate::sandbox::reduced::enter(arguments)? {},
        #[cfg(not(target_os = "linux"))]
        Request::Sandbox(_) => anyhow::bail!("the reduced sandbox needs Linux"),
    }
    Ok(())
}

/// Creates a grader with the best sandbox that works here.
fn grader(trusts: bool) -> Result<Grader> {
    let (isolation, weaker_because) = match Isolation::probe() {
        Ok(found) => found,
        Err(_) if trusts => (Isolation::LimitsOnly, Vec::new()),
        Err(reasons) => return Err(reasons.into()),
    };
    if isolation != Isolation::Full {
        eprintln!("grade: WARNING: isolation is {}; every grade says so", isolation.name());
        weaker_because.iter().for_each(|reason| eprintln!("grade: {reason}"));
    }
    workdir::sweep();
    let (toolchain, limits) = (Toolchain::prepare()?, Limits::default());
    known_good::check(&toolchain, isolation, limits)?;
    Ok(Grader { toolchain, isolation, limits })
}

fn grade(grading: &Grading) -> Result<()> {
    let grader = grader(grading.trusts)?;
    match grading.exercise {
        None => all(&grader),
        Some(exercise) => one(&grader, exercise, grading),
    }
}

fn grade_class(class: &ClassGrading) -> Result<()> {
    let grader = grader(class.trusts)?;
    let jobs = class.jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let ClassGrading { only, submissions, out, shard, .. } = class;
    let done = Class { submissions, out, only: *only, jobs, shard: *shard }.grade(&grader)?;
    let file = out.join("grades.csv");
    print(&format!(
        "{} graded, {} as before, {} could not be graded: {}\n",
        done.graded,
        done.kept,
        done.failed,
        file.display()
    ))?;
    ensure!(
        done.failed == 0,
        "{} could not be graded: mend what the lines above name, and run the same command again",
        counted(done.failed, "submission")
    );
    Ok(())
}

fn one(grader: &Grader, exercise: &'static Exercise, grading: &Grading) -> Result<()> {
    let file = grading.submission.clone().unwrap_or_else(|| workspace::root().join(exercise.file));
    let shown = match &grading.submission {
        Some(file) => render::File { path: file.display().to_string(), is_given: true },
        None => render::File { path: from_here(&file), is_given: false },
    };
    let name = if shown.is_given { &shown.path } else { exercise.file };
    // The program of one clone may be started in another clone.
    eprintln!("grade: grading {}", path::absolute(&file).unwrap_or_else(|_| file.clone()).display());
    let mut watched = Watched::new(vec![file.clone()], None);
    loop {
        let grade = grader.grade(exercise, &file, grading.only.as_deref())?;
        let document = format!("{:#}\n", grader.document(exercise, name, &grade));
        if let Some(out) = &grading.out {
            workspace::write(out, &document)?;
        }
        if grading.json {
            print(&document)?;
        } else if grading.out.is_none() {
            print(&render::grade_of(exercise, &grade, &shown))?;
        }
        if !grading.watch {
            return Ok(());
        }
        eprintln!("Watching {name}; press Ctrl-C to stop.");
        watched.wait();
    }
}

/// Returns the path of a file of the workspace as the reader's terminal opens it.
fn from_here(file: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    relative(file, &here, workspace::root()).display().to_string()
}

/// Returns the path of a file of the workspace from a folder in the workspace; from elsewhere, the whole path.
fn relative(file: &Path, from: &Path, root: &Path) -> PathBuf {
    let above = from.ancestors().take_while(|folder| folder.starts_with(root)).enumerate();
    let paths = above.filter_map(|(steps, folder)| Some((steps, file.strip_prefix(folder).ok()?)));
    let mut paths = paths.map(|(steps, rest)| (0..steps).map(|_| Path::new("..")).chain([rest]).collect());
    paths.next().unwrap_or_else(|| file.to_path_buf())
}

fn all(grader: &Grader) -> Result<()> {
    eprintln!("grade: grading the exercises in {}", workspace::root().display());
    let mut grades = Vec::new();
    for exercise in EXERCISES {
        eprint!("{} ... ", exercise.name);
        let grade = grader.grade(exercise, &workspace::root().join(exercise.file), None)?;
        eprintln!("{:.1} s", grade.seconds);
        grades.push((exercise, grade));
    }
    print(&render::progress(&grades))?;
    print("\ncargo grade EXERCISE shows which checks fail, and why. cargo grade EXERCISE --hint 1 prints a hint.\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_as_the_readers_terminal_opens_it() {
        let (root, file) = (Path::new("/w"), Path::new("/w/labs/x/exercise.rs"));
        for (here, path) in [
            ("/w", "labs/x/exercise.rs"),
            ("/w/labs/x", "exercise.rs"),
            ("/w/labs/x/src", "../exercise.rs"),
            ("/w/docs", "../labs/x/exercise.rs"),
            ("/", "/w/labs/x/exercise.rs"),
            ("/other", "/w/labs/x/exercise.rs"),
        ] {
            assert_eq!(relative(file, Path::new(here), root), Path::new(path), "{here}");
        }
    }
}
