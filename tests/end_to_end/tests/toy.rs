//! Checks that a lab is declared once. A copy of this workspace gets one folder, one row in the README and one chapter
//! of the deck, and then every tool knows the new lab. The lab's files are in `tests/end_to_end/toy`.

use end_to_end::run::{Outcome, complete};
use end_to_end::{assert_none, programs, schema::Contract, workspace as root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

/// A copy of the workspace, which is removed when the test ends.
struct Copy {
    folder: tempfile::TempDir,
}

#[test]
fn a_new_lab_is_one_folder_one_row_and_one_chapter() {
    let copy = Copy::new();
    let lab = root().join("tests/end_to_end/toy");
    copy_folder(&lab.join("lab"), &copy.path("labs/toy-lab"));
    copy.append_row(&fs::read_to_string(lab.join("row.md")).unwrap());
    fs::copy(lab.join("chapter.md"), copy.path("slides/deck/14-toy.md")).unwrap();
    let changed = copy.changed();
    assert!(changed.iter().all(|file| {
        file.starts_with("labs/toy-lab") || ["README.md", "slides/deck/14-toy.md"].contains(&file.to_str().unwrap())
    }));

    // Listed.
    let labs: Vec<String> = workspace::labs_of(copy.folder.path()).into_iter().map(|lab| lab.name).collect();
    assert_eq!(labs.last().map(String::as_str), Some("toy"), "{labs:?}");
    assert_eq!(labs.len(), workspace::labs().len() + 1);
    // Building the model checker and the grader takes the longest.
    let is_whole = workspace::thorough();
    copy.build(if is_whole { &["lab-toy", "grade", "proofs"] } else { &["lab-toy"] });
    // The deck's program contains nothing of the labs, so the existing one works in the copy.
    fs::copy(programs::program("slides"), copy.path("target/debug/slides")).unwrap();

    // Run.
    let report = copy.json("lab-toy", "--increments 10 --repeat 1 --json");
    assert_eq!(texts(&report["rows"], "variant"), ["two-steps", "one-step"]);
    assert_none(Contract::named("report-1.json").problems(&report));
    let facts = copy.json("lab-toy", "--describe");
    assert_none(Contract::named("describe-1.json").problems(&facts));
    assert_eq!((&facts["lab"], &facts["folder"]), (&"toy".into(), &"labs/toy-lab".into()));

    // Tried, first as it is and then solved.
    let exercise = copy.path("labs/toy-lab/exercise.rs");
    let untouched = fs::read(&exercise).unwrap();
    let outcome = copy.tries();
    assert!(outcome.stderr.contains("not yet implemented: count the vote in one step"), "{}", outcome.stderr);
    fs::copy(copy.path(SOLUTIONS).join("reference.rs"), &exercise).unwrap();
    assert_eq!(copy.tries().stdout, "4 threads count 4000 votes, expected 4000\n");
    fs::write(&exercise, untouched).unwrap();

    if is_whole {
        copy.judges();
        copy.grades();
    } else {
        end_to_end::sampled(0, 2, "tools try a new lab: the model checker and the grader");
    }

    // Taught.
    let written = copy.run("slides", "target/deck.html");
    assert!(written.status.success(), "{}", written.stderr);
    assert!(fs::read_to_string(copy.path("target/deck.html")).unwrap().contains("Two steps lose a vote"));

    // No other file was changed, except that cargo adds the package to its lock file.
    let touched: Vec<PathBuf> = copy.changed().difference(&changed).cloned().collect();
    assert_eq!(touched, [PathBuf::from("Cargo.lock")]);
}

const SOLUTIONS: &str = "labs/toy-lab/grading/solutions";

/// Grades without a sandbox if there is none, because the graded code is ours.
const TRUST: &str = "--i-trust-this-code";

#[test]
fn without_the_folder_no_tool_knows_the_lab() {
    assert!(workspace::labs().iter().all(|lab| lab.name != "toy"));
    for (program, line) in [("proofs", "--variant two-steps"), ("grade", "toy")] {
        let mut command = Command::new(programs::program(program));
        command.args(line.split(' ')).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let outcome = complete(command);
        assert_eq!(outcome.status.code(), Some(2), "{program}: {}{}", outcome.stdout, outcome.stderr);
        assert!(!outcome.stderr.contains(", toy"), "{}", outcome.stderr);
    }
}

/// Returns a field of each item of a list.
fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|item| Some(item[field].as_str()?.to_string())).collect()
}

impl Copy {
    /// Copies the workspace, and the built external crates, which are the same in any workspace.
    fn new() -> Self {
        let built = programs::program("grade").parent().expect("programs lie in a folder").to_path_buf();
        let copy = Self { folder: folder() };
        for entry in fs::read_dir(root()).unwrap().map(Result::unwrap) {
            let name = entry.file_name();
            if entry.file_type().unwrap().is_dir() {
                if name != "target" && name != ".git" {
                    copy_folder(&entry.path(), &copy.path(&name));
                }
            } else {
                fs::copy(entry.path(), copy.path(&name)).unwrap();
            }
        }
        let ours = our_crates();
        for part in [".fingerprint", "build", "deps"] {
            let target = copy.path("target/debug").join(part);
            fs::create_dir_all(&target).unwrap();
            for entry in fs::read_dir(built.join(part)).unwrap().map(Result::unwrap) {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !ours.contains(crate_of(&name)) {
                    take(&entry.path(), &target.join(&name)).unwrap();
                }
            }
        }
        copy
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Appends a row to the README's table of labs.
    fn append_row(&self, row: &str) {
        let readme = fs::read_to_string(self.path("README.md")).unwrap();
        let last = readme.lines().rfind(|line| line.starts_with("| [")).expect("a table of labs");
        fs::write(self.path("README.md"), readme.replace(last, &format!("{last}\n{}", row.trim_end()))).unwrap();
    }

    /// Returns the files that differ from those of the workspace.
    fn changed(&self) -> BTreeSet<PathBuf> {
        let mut changed = BTreeSet::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(self.path(&folder)).unwrap().map(Result::unwrap) {
                let path = folder.join(entry.file_name());
                if !entry.file_type().unwrap().is_dir() {
                    if fs::read(entry.path()).ok() != fs::read(root().join(&path)).ok() {
                        changed.insert(path);
                    }
                } else if path != Path::new("target") {
                    folders.push(path);
                }
            }
        }
        changed
    }

    /// Builds programs with the features that they have in the whole workspace, and without optimisation.
    fn build(&self, programs: &[&str]) {
        let mut command = self.command(workspace::cargo().as_ref());
        command.args(["build", "--quiet", "--offline", "--workspace"]);
        command.args(programs.iter().flat_map(|program| ["--bin", program])).stderr(Stdio::inherit());
        assert!(command.status().expect("cargo starts").success(), "the copy does not build");
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("CARGO_TARGET_DIR", self.path("target")).env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
        command
    }

    fn run(&self, program: &str, line: &str) -> Outcome {
        let mut command = self.command(&self.path("target/debug").join(program));
        command.args(line.split_whitespace());
        complete(command)
    }

    /// Runs the lab's exercise on real threads.
    fn tries(&self) -> Outcome {
        let mut command = self.command(workspace::cargo().as_ref());
        command.args(["try", "toy"]).env("CARGO_NET_OFFLINE", "true");
        complete(command)
    }

    fn json(&self, program: &str, line: &str) -> Value {
        let outcome = self.run(program, line);
        outcome.json().unwrap_or_else(|error| panic!("{program} {line}: {error}{}", outcome.stderr))
    }

    /// Checks that the model checker gives each of the lab's counters its verdict.
    fn judges(&self) {
        for (counter, verdict) in [("two-steps", "can lose updates"), ("one-step", "no execution loses one")] {
            let verdicts = texts(&self.json("proofs", &format!("--variant {counter} --json"))["rows"], "verdict");
            assert!(!verdicts.is_empty() && verdicts.iter().all(|found| found == verdict), "{counter}: {verdicts:?}");
        }
    }

    /// Checks that the grader grades the lab's exercise.
    fn grades(&self) {
        let solution =
            |name: &str| self.json("grade", &format!("toy --submission {SOLUTIONS}/{name}.rs --json {TRUST}"));
        let right = solution("reference");
        assert_eq!((&right["score"], &right["max_score"]), (&10.0.into(), &10.0.into()), "{right}");
        let wrong = solution("wrong-load-then-store");
        assert_eq!(texts(&wrong["items"], "status"), ["pass", "fail"], "{wrong}");
        assert!(self.run("grade", TRUST).stdout.contains("\n  toy "), "among the grades of all exercises");
        assert!(self.run("grade", "nonesuch").stderr.contains(", toy"));
    }
}

/// Creates a folder whose name has spaces, a quote and letters beyond ASCII, as folders of students do. It is on the same
/// file system as the target folder, so that files can be linked.
fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("Übung 1 – Ana's ").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Returns the names of the workspace's own crates: its packages, and their libraries, programs and tests.
fn our_crates() -> BTreeSet<String> {
    let mut command = Command::new(workspace::cargo());
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(root());
    let metadata: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let targets = packages.iter().flat_map(|package| texts(&package["targets"], "name"));
    let names = texts(&metadata["packages"], "name").into_iter().chain(targets);
    let names = names.filter(|name| name != "build-script-build");
    names.flat_map(|name| [name.replace('-', "_"), name]).collect()
}

/// Returns the crate or package of a file in the target folder, such as `lib` `serde_json` `-6702ea9bdb108b1e.rlib`.
fn crate_of(file: &str) -> &str {
    let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
    let name = stem.rsplit_once('-').map_or(stem, |(name, _)| name);
    name.strip_prefix("lib").filter(|_| file.contains(".r")).unwrap_or(name)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Reuses a built file, with the time of its build. Libraries are linked, since a compiler replaces them. cargo
/// overwrites its own small files, so those are copied.
fn take(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)?.flatten() {
            take(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    let is_library = from.extension().is_some_and(|end| end == "rlib" || end == "rmeta" || end == "so");
    if is_library && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to)?;
    fs::File::options().write(true).open(to)?.set_modified(fs::metadata(from)?.modified()?)
}

#[test]
fn the_crate_of_a_built_file_is_found() {
    for (file, name) in [
        ("libserde_json-6702ea9bdb108b1e.rlib", "serde_json"),
        ("libmodel-67.rmeta", "model"),
        ("lab-race-b4b5fe1814af4fe5", "lab-race"),
        ("libc-b4b5fe1814af4fe5", "libc"),
        ("proofs-e5.d", "proofs"),
    ] {
        assert_eq!(crate_of(file), name);
    }
}
