//! Unpacks Gradescope's zip, runs its setup script, and grades a right submission, a wrong one, and none. The scripts run on a small
//! system made for the test: it has the programs that they need, and stand-ins for those that install something.

use crate::support::schema::problem;
use crate::support::skipped::{has_a_sandbox, sampled};
use crate::support::{built, processes_with, solution};
use grader::exercises::exercise;
use grader::handout;
use grader::toolchain::{PREBUILT, Toolchain};
use grader::upload;
use serde_json::Value;
use std::env;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The programs that the scripts need, in addition to the compiler.
const PROGRAMS: [&str; 13] =
    ["bash", "bwrap", "cc", "cp", "env", "ld", "mkdir", "mktemp", "prlimit", "rm", "sh", "cat", "chmod"];

/// The programs that install or download something, which stand-ins replace.
const INSTALLERS: [&str; 9] = ["apt-get", "apt", "curl", "dnf", "dpkg", "rustup", "sudo", "wget", "yum"];

/// A system for the scripts: programs, a home folder, temporary files, and a log of the calls of installers.
struct System {
    folder: PathBuf,
}

impl System {
    /// Creates a system without some programs.
    fn new(folder: &Path, lacks: &[&str]) -> Self {
        let system = Self { folder: folder.to_path_buf() };
        for part in ["bin", "home", "tmp"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        // A submission runs as another user, who must be able to enter the folder.
        fs::set_permissions(folder.join("tmp"), PermissionsExt::from_mode(0o755)).unwrap();
        let path = env::var_os("PATH").unwrap();
        let find = |name: &str| env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
        let rust = [("cargo", PathBuf::from(workspace::cargo())), ("rustc", workspace::rustc())];
        let rust = rust.map(|(name, path)| (name, Some(path)));
        for (name, path) in PROGRAMS.map(|name| (name, find(name))).into_iter().chain(rust) {
            if let Some(path) = path.filter(|_| !lacks.contains(&name)) {
                symlink(path, folder.join("bin").join(name)).unwrap();
            }
        }
        for name in INSTALLERS {
            system.stand_in(name, "");
        }
        system
    }

    /// Creates a stand-in that logs how it was called and then runs some commands.
    fn stand_in(&self, name: &str, then: &str) {
        let (path, calls) = (self.folder.join("bin").join(name), self.folder.join("calls"));
        let text = format!("#!/bin/sh\necho {name} \"$@\" >>{}\n{then}\n", calls.display());
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    /// Returns the logged calls of the stand-ins.
    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.join("calls")).unwrap_or_default();
        text.lines().map(str::to_string).collect()
    }

    /// Returns what the scripts left in the home folder and among the temporary files.
    fn left_behind(&self) -> Vec<PathBuf> {
        let all = ["home", "tmp"].map(|part| fs::read_dir(self.folder.join(part)).unwrap());
        all.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    /// Runs a script as Gradescope does, with a temporary folder instead of `/autograder`.
    fn run(&self, root: &Path, script: &str) -> Output {
        let home = |name: &str, folder: &str| {
            env::var_os(name).map_or_else(|| Path::new(&env::var_os("HOME").unwrap()).join(folder), PathBuf::from)
        };
        let mut command = Command::new(root.join(script));
        command.current_dir(root).env_clear().env("PATH", self.folder.join("bin")).env("AUTOGRADER", root);
        command.env("HOME", self.folder.join("home")).env("TMPDIR", self.folder.join("tmp"));
        command.env("CARGO_HOME", home("CARGO_HOME", ".cargo")).env("CARGO_NET_OFFLINE", "true");
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0"); // the workspace's own crates are built here, and run for a moment
        command.output().unwrap()
    }
}

#[test]
fn the_zip_grades_a_submission_as_the_course_does() {
    if !has_a_sandbox("no zip was tried") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (zip, root) = (folder.path().join("autograder.zip"), folder.path().join("autograder"));
    let toolchain = Toolchain::prepare().unwrap();
    let exercises = ["race", "shm", "atomic"].map(|name| exercise(name).unwrap());
    upload::write(&toolchain, &zip, &exercises).unwrap();
    let again = upload::write(&toolchain, &zip, &exercises).unwrap_err().to_string();
    assert!(again.contains("already exists"), "{again}");

    let mut archive = zip::ZipArchive::new(File::open(&zip).unwrap()).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(["setup.sh", "run_autograder"].iter().all(|script| names.iter().any(|name| name == script)), "at its root");
    let secret = ["solutions/", "corpus/", "target/", ".git/"];
    let given = names.iter().filter(|name| secret.iter().any(|secret| name.contains(secret)));
    assert_eq!(given.collect::<Vec<_>>(), [""; 0]);
    archive.extract(root.join("source")).unwrap();
    fs::copy(root.join("source/run_autograder"), root.join("run_autograder")).unwrap();

    // The sources in the zip are compiled, or replaced by what was already built from the same sources.
    let workspace = root.join("source/workspace");
    let lacks: &[&str] = if workspace::thorough() { &[] } else { &["cargo"] };
    let system = System::new(&folder.path().join("system"), lacks);
    if workspace::thorough() {
        built::fill(&workspace.join("target"));
    } else {
        sampled(0, 1, "zips were compiled");
        system.stand_in("cargo", "");
        fs::create_dir_all(workspace.join("target/debug")).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_grade"), workspace.join("target/debug/grade")).unwrap();
        handout::prebuilt(&toolchain, &workspace.join(PREBUILT)).unwrap();
    }
    let output = system.run(&root, "source/setup.sh");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let built = "cargo build --package grader --package checks".to_string();
    let expected = if workspace::thorough() { Vec::new() } else { vec![built] };
    assert_eq!(system.calls(), expected, "all of it is there, so nothing is installed");
    let submission = root.join("submission");
    fs::create_dir(&submission).unwrap();
    for (name, file) in [("race", "reference"), ("shm", "wrong-load-then-store")] {
        let solution = solution(name, file);
        fs::copy(solution, submission.join(format!("{name}.rs"))).unwrap();
    }
    let output = system.run(&root, "run_autograder");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results: Value = serde_json::from_slice(&fs::read(root.join("results/results.json")).unwrap()).unwrap();
    assert_eq!(problem(&workspace::root().join("tests/grader/platforms/gradescope.json"), &results), None);
    assert_eq!(results["score"], 13.0, "10 for race, 3 for the bins of shm, and nothing for what was not handed in");
    assert!(results["output"].as_str().unwrap().contains("race: graded") && results.to_string().contains("T1 load 0"));

    // If the grader fails, the script must fail too, and must not leave the result of an earlier submission.
    fs::remove_file(root.join("results/results.json")).unwrap();
    fs::remove_file(root.join("source/workspace/target/debug/grade")).unwrap();
    assert!(!system.run(&root, "run_autograder").status.success() && !root.join("results/results.json").exists());
    assert_eq!(system.left_behind(), [""; 0].map(PathBuf::from));
    assert_eq!(processes_with(&root.display().to_string()), [""; 0]);
}

#[test]
fn a_container_is_given_what_it_lacks_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (zip, root) = (folder.path().join("autograder.zip"), folder.path().join("autograder"));
    upload::write(&Toolchain::prepare().unwrap(), &zip, &[exercise("race").unwrap()]).unwrap();
    zip::ZipArchive::new(File::open(&zip).unwrap()).unwrap().extract(root.join("source")).unwrap();
    let calls = |name: &str, lacks: &[&str], curl: bool| {
        let system = System::new(&folder.path().join(name), &[lacks, &["cargo"]].concat());
        // rustup's script installs cargo in the home folder.
        let cargo = format!("echo cargo \"$@\" >>{}", system.folder.join("calls").display());
        let cargo = format!("mkdir -p $HOME/.cargo/bin; (echo \"#!/bin/sh\"; echo '{cargo}') >$HOME/.cargo/bin/cargo");
        system.stand_in("curl", &format!("cat <<'END'\n{cargo}; chmod +x $HOME/.cargo/bin/cargo\nEND"));
        if !lacks.contains(&"cargo") {
            system.stand_in("cargo", "");
        }
        if !curl {
            fs::rename(system.folder.join("bin/curl"), system.folder.join("curl")).unwrap();
            let install = format!("cp {0}/curl {0}/bin/curl", system.folder.display());
            system.stand_in("apt-get", &install);
        }
        let output = system.run(&root, "source/setup.sh");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        system.calls()
    };
    let install = |packages: &str| format!("apt-get install -y --no-install-recommends {packages}");
    let (update, build) = ("apt-get update".to_string(), "cargo build --package grader --package checks".to_string());
    let rustup = "curl -sSf https://sh.rustup.rs".to_string();
    assert_eq!(calls("whole", &[], true), [build.as_str()]);
    assert_eq!(
        calls("bare", &["bwrap", "cc"], true),
        [update.clone(), install("gcc libc6-dev bubblewrap"), build.clone()]
    );
    assert_eq!(calls("without-bubblewrap", &["bwrap"], true), [update.clone(), install("bubblewrap"), build.clone()]);
    assert_eq!(calls("without-rust", &["cargo"], true), [rustup.clone(), build.clone()]);
    assert_eq!(calls("without-curl", &["cargo"], false), [update, install("curl ca-certificates"), rustup, build]);
}
