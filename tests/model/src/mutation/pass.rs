//! One pass: all mutants are compiled into one program, and each is judged in a process of its own.

use super::trial::identity;
use super::{Fate, How, Mutant, Trial};
use crate::size::Size;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, thread};

/// The longest that a mutant may take. Only a loop without operations takes as long, because explorations end at a
/// bound on states.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Judges mutants, some at a time, at all [`SIZES`](crate::table::SIZES), and tells of each as it is done. Returns them in
/// the order in which they came.
///
/// The program and its source are left in the folder `mutants` beside cargo's `deps`, in the target folder. Two passes take turns
/// there.
///
/// # Errors
///
/// What is missing: the build of this library, a compiler, or room for files.
pub fn run(mutants: Vec<Mutant>, deadline: Duration, mut tell: impl FnMut(&Trial)) -> Result<Vec<Trial>, String> {
    let dependencies = dependencies().map_err(|error| format!("where this program is remains unknown: {error}"))?;
    let at = |folder: &Path, error| format!("{}: {error}", folder.display());
    let libraries = libraries(&dependencies).map_err(|error| at(&dependencies, error))?;
    let folder = dependencies.with_file_name("mutants");
    let _mine = lock(&folder).map_err(|error| at(&folder, error))?;
    write_all(&mutants, &folder).map_err(|error| at(&folder, error))?;
    let (program, errors) = compile(&mutants, &libraries, &folder)?;
    let fate = |index: usize| match errors.get(&index) {
        Some(error) => Ok(Fate::DoesNotCompile(error.clone())),
        None => judge(&program, index, deadline).map_err(|error| at(&program, error)),
    };
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut fates = BTreeMap::new();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let (sender, next, fate) = (sender.clone(), &next, &fate);
            let count = mutants.len();
            scope.spawn(move || {
                let numbers = std::iter::repeat_with(|| next.fetch_add(1, Relaxed)).take_while(|&index| index < count);
                for index in numbers {
                    let _ = sender.send((index, fate(index))); // if the receiver is gone, the pass has an error already or will get one
                }
            });
        }
        drop(sender);
        for (index, fate) in receiver {
            let trial = Trial { mutant: mutants[index].clone(), fate: fate? };
            tell(&trial);
            fates.insert(index, trial);
        }
        Ok::<_, String>(())
    })?;
    Ok(fates.into_values().collect())
}

/// The folder with what cargo built for the program that runs: a test lies in it, and any other program beside it.
fn dependencies() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let beside = program.parent().unwrap_or(Path::new("."));
    let is_there = beside.file_name().is_some_and(|name| name == "deps");
    Ok(if is_there { beside.to_path_buf() } else { beside.join("deps") })
}

/// Waits until no other pass uses the folder.
fn lock(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    file.lock()?;
    Ok(file)
}

/// Builds of this library, the newest first.
fn libraries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned()))?;
        if name.starts_with("libmodel-") && name.ends_with(".rlib") {
            found.push((fs::metadata(&path)?.modified()?, path));
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// Each mutant's file, which is a module of the program.
fn write_all(mutants: &[Mutant], folder: &Path) -> io::Result<()> {
    let mut numbered = mutants.iter().enumerate();
    numbered.try_for_each(|(index, mutant)| fs::write(folder.join(format!("m{index}.rs")), mutant.source()))
}

/// The program, and the first error of each mutant that is not in it because it does not compile.
///
/// Cargo is not asked: it would have to be told with which packages this program was built, or would build it again with other
/// features. So the program is linked with the builds that are there until it contains the one that this program contains.
fn compile(
    mutants: &[Mutant],
    libraries: &[PathBuf],
    folder: &Path,
) -> Result<(PathBuf, BTreeMap<usize, String>), String> {
    let program = folder.join(format!("mutants{}", env::consts::EXE_SUFFIX));
    let mut said = String::from("there is none");
    for library in libraries {
        let mut errors = BTreeMap::new();
        loop {
            let output = fs::write(folder.join("mutants.rs"), main(mutants, &errors))
                .and_then(|()| rustc(folder, library, &program))
                .map_err(|error| format!("rustc in {}: {error}", folder.display()))?;
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() && is_same_build(&program) {
                return Ok((program, errors));
            }
            let known = errors.len();
            errors.extend(errors_by_mutant(&said));
            if output.status.success() || errors.len() == known {
                break; // another build, or an error that does not belong to a mutant
            }
        }
    }
    Err(format!("no build of the model that lies beside this program is the one in it: {said}"))
}

fn is_same_build(program: &Path) -> bool {
    Command::new(program).output().is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == identity())
}

/// The program's main file.
fn main(mutants: &[Mutant], without: &BTreeMap<usize, String>) -> String {
    let (mut modules, mut entries) =
        (String::from("mod sync { pub use model::sync::*; }\nuse sync::Counter as _;\n"), String::new());
    for (index, mutant) in mutants.iter().enumerate().filter(|(index, _)| !without.contains_key(index)) {
        let (variant, name) = (mutant.counter.variant, mutant.counter.type_name());
        let _ = writeln!(modules, "mod m{index};");
        let _ = writeln!(
            entries,
            "    ({index}, {variant:?}, |threads| Box::new(m{index}::{name}::for_threads(threads))),"
        );
    }
    format!("{modules}\nfn main() {{\n    model::mutation::trial::main(&[\n{entries}    ]);\n}}\n")
}

/// The compiler is the one that lies beside the cargo that runs this, since both must be of one version.
fn rustc(folder: &Path, library: &Path, program: &Path) -> io::Result<Output> {
    let mut command = Command::new(workspace::rustc());
    command.args(["mutants.rs", "--crate-name", "mutants", "--edition", "2024", "--error-format", "short"]);
    command.args(["--cap-lints", "allow", "-C", "debuginfo=0", "-C", "opt-level=0"]);
    command.args(["-C", "strip=debuginfo", "-C", "codegen-units=2"]);
    command.arg("-L").arg(format!("dependency={}", library.with_file_name("").display()));
    command.arg("--extern").arg(format!("model={}", library.display()));
    command.arg("-o").arg(program).current_dir(folder).stdin(Stdio::null()).output()
}

/// The first error of each mutant, of lines such as `m12.rs:13:5: error[E0308]: mismatched types`.
fn errors_by_mutant(said: &str) -> BTreeMap<usize, String> {
    let mut errors = BTreeMap::new();
    for line in said.lines().filter(|line| line.contains(": error")) {
        let mutant = line.split_once(".rs:").and_then(|(file, _)| file.strip_prefix('m')?.parse().ok());
        if let Some(mutant) = mutant {
            errors.entry(mutant).or_insert_with(|| line.to_string());
        }
    }
    errors
}

/// Judges a mutant in a process. Whatever ends that process, but for a word that nothing was found, is a finding.
fn judge(program: &Path, index: usize, deadline: Duration) -> io::Result<Fate> {
    let mut command = Command::new(program);
    command.arg(index.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let (mut child, start) = (command.spawn()?, Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > deadline {
            child.kill()?;
            child.wait()?;
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let mut said = String::new();
    child.stdout.take().map_or(Ok(0), |mut stdout| stdout.read_to_string(&mut said))?;
    let report: Option<Value> = serde_json::from_str(&said).ok();
    let silent = |how, claim| Fate::Caught { how, size: None, claim };
    Ok(match (status, report) {
        (None, _) => silent(How::DoesNotEnd, format!("It was stopped after {deadline:?}.")),
        (Some(status), Some(report)) if status.success() && report["found"].is_null() => Fate::Survived,
        (Some(status), report) => report
            .filter(|_| status.success())
            .and_then(|report| caught(&report["found"]))
            .unwrap_or_else(|| silent(How::EndsItsProcess, format!("Its process ended with {status}."))),
    })
}

/// What a mutant's process says of a finding.
fn caught(found: &Value) -> Option<Fate> {
    let size = Size::new(usize::try_from(found["threads"].as_u64()?).ok()?, found["increments"].as_u64()?);
    let how = How::named(found["how"].as_str()?)?;
    Some(Fate::Caught { how, size: Some(size), claim: found["claim"].as_str()?.to_string() })
}
