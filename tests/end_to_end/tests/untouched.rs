//! Checks that a run changes nothing outside its own temporary folders, and that a change would be noticed.

use end_to_end::assert_none;
use end_to_end::labs::labs;
use end_to_end::processes::signal;
use end_to_end::programs::program;
use end_to_end::run::alone;
use end_to_end::untouched::{self, Places};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

/// A home folder, a folder for temporary files and a checkout, which are removed when the test ends.
struct World {
    _folder: tempfile::TempDir,
    home: PathBuf,
    temporary: PathBuf,
    checkout: PathBuf,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [home, temporary, checkout] = ["home", "tmp", "checkout"].map(|name| folder.path().join(name));
        for place in [&home, &home.join(".cargo"), &temporary, &checkout, &checkout.join("target")] {
            fs::create_dir(place).unwrap();
        }
        fs::write(checkout.join("Cargo.lock"), "").unwrap();
        Self { _folder: folder, home, temporary, checkout }
    }

    fn places(&self) -> Places {
        Places {
            deep: vec![self.home.clone(), self.checkout.clone()],
            shallow: vec![self.temporary.clone(), "/dev/shm".into()],
            files: vec!["/var/lib/dpkg/status".into()],
            skipped: vec![self.home.join(".cargo"), self.checkout.join("target")],
            patience: Duration::ZERO,
        }
    }

    /// Runs a line of shell in this world.
    fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.checkout);
        command.env("HOME", &self.home).env("TMPDIR", &self.temporary);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Returns what is left behind in this world. Other programs use `/dev/shm` too.
    fn left_by(&self, line: &str) -> Vec<String> {
        untouched::run(self.shell(line), &self.places()).unwrap().1
    }
}

#[test]
fn what_a_command_leaves_behind_is_noticed() {
    let name = format!("labs-untouched-{}", std::process::id());
    for (line, kind, place) in [
        ("mkdir -p ~/.cache/x && echo > ~/.cache/x/y", "new: ", "home/.cache"),
        ("echo > \"$TMPDIR/forgotten\"", "new: ", "tmp/forgotten"),
        (&format!("echo > /dev/shm/{name}"), "new: ", &format!("/dev/shm/{name}")),
        ("echo changed > Cargo.lock", "changed: ", "checkout/Cargo.lock"),
        ("rm Cargo.lock", "gone: ", "checkout/Cargo.lock"),
        ("(exec sleep 600) & exit 0", "process ", ""),
    ] {
        let left = World::new().left_by(line);
        let found: Vec<_> = left.iter().filter(|thing| thing.starts_with(kind) && thing.ends_with(place)).collect();
        for process in left.iter().filter_map(|thing| thing.strip_prefix("process ")?.split(':').next()) {
            signal("KILL", process.parse().unwrap());
        }
        let _ = fs::remove_file(format!("/dev/shm/{name}"));
        assert_eq!(found.len(), 1, "{line}: {left:?}");
    }
}

#[test]
fn a_command_that_leaves_nothing_is_not_accused() {
    let world = World::new();
    let line = "echo > \"$TMPDIR/x\"; rm \"$TMPDIR/x\"; echo > target/built; echo > ~/.cargo/registry; sleep 0.01 & wait; exit 7";
    let places = Places { patience: Duration::from_secs(60), ..world.places() };
    let (status, left) = untouched::run(world.shell(line), &places).unwrap();
    assert_none(left);
    assert_eq!(status.code(), Some(7));
}

/// Runs one lab at a small size, kills another while its workers live, and grades an exercise.
#[test]
fn a_lab_a_killed_lab_and_a_grade_leave_nothing() {
    let world = World::new();
    let places = Places { patience: Duration::from_secs(60), ..world.places() };
    let Some(lab) = labs().into_iter().find(|lab| lab.has_workers && lab.takes("size")) else { return };
    let (program_of_lab, grade) = (program(&format!("lab-{}", lab.name)), program("grade"));
    let solution = end_to_end::workspace().join("labs/atomic-fix/grading/solutions/reference.rs");
    let (small, long) = (lab.small(), lab.those_of("--size 1000000 --workers 3 --repeat 10000"));
    let (lab, grade) = (program_of_lab.display(), grade.display());
    for line in [
        format!("{lab} {small}"),
        format!("{lab} {long} & sleep 0.3; kill -KILL $!; wait"),
        format!("{grade} atomic --submission {} --i-trust-this-code", solution.display()),
    ] {
        let mut command = world.shell(&line);
        for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let usual = env::home_dir().unwrap_or_default().join(folder);
            command.env(variable, env::var_os(variable).unwrap_or(usual.into()));
        }
        let (status, left) = alone(|| untouched::run(command, &places).unwrap());
        assert!(status.success() || line.contains("kill"), "{line}");
        assert_none(left);
    }
}
