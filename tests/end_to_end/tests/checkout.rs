//! Checks that a clone has the same files on every system, and that its compiler is chosen without a needless download.

use end_to_end::{assert_none, skipped, workspace};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A repository beside the workspace, with an index of the workspace's files. The workspace itself need not be a clone.
struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// Returns `None` if git is not installed.
    fn new() -> Option<Self> {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        let git = repository.git(&["init", "--quiet"], repository.folder.path()).output();
        if git.is_err() {
            skipped("what a clone with core.autocrlf contains", "there is no git");
            return None;
        }
        repository.run(&["add", "--all"], workspace());
        Some(repository)
    }

    fn git(&self, arguments: &[&str], work_tree: &Path) -> Command {
        let mut command = Command::new("git");
        // Git for Windows sets core.autocrlf unless one asks it not to.
        command.args(["-c", "core.autocrlf=true", "-c", "core.safecrlf=false"]).args(arguments);
        command.env("GIT_DIR", self.folder.path().join("git")).env("GIT_WORK_TREE", work_tree).current_dir(work_tree);
        command
    }

    fn run(&self, arguments: &[&str], work_tree: &Path) -> String {
        let output = self.git(arguments, work_tree).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the files that a checkout on Windows writes with other bytes.
    fn changed(&self) -> Vec<String> {
        let out = tempfile::tempdir().unwrap();
        self.run(&["checkout-index", "--all"], out.path());
        let names = self.run(&["ls-files", "-z"], out.path());
        let is_changed = |name: &&str| fs::read(out.path().join(name)).ok() != fs::read(workspace().join(name)).ok();
        names.split_terminator('\0').filter(is_changed).map(str::to_string).collect()
    }
}

#[test]
fn a_clone_on_windows_has_the_same_bytes() {
    let Some(repository) = Repository::new() else { return };
    assert_none(repository.changed());

    // The twin: without `.gitattributes`, texts and scripts get CR LF.
    repository.run(&["rm", "--quiet", "--cached", ".gitattributes"], workspace());
    let changed = repository.changed();
    assert!(changed.iter().any(|name| name == ".ci/run") && changed.len() > 100, "{changed:?}");
}

/// Returns what is wrong with the oldest supported compiler: a crate needs a newer one, or no crate needs it.
fn floor_problems(metadata: &Value, floor: &str) -> Vec<String> {
    let number = |version: &str| -> Vec<u32> { version.split('.').filter_map(|part| part.parse().ok()).collect() };
    let of = |package: &Value| package["rust_version"].as_str().map_or_else(Vec::new, number);
    let outside =
        || metadata["packages"].as_array().into_iter().flatten().filter(|package| package["source"].is_string());
    let mut problems: Vec<String> = outside()
        .filter(|package| of(package) > number(floor))
        .map(|package| format!("{} needs rustc {}", package["name"], package["rust_version"]))
        .collect();
    if outside().all(|package| of(package) < number(floor)) {
        problems.push(format!("no crate needs rustc {floor}: lower rust-version in Cargo.toml to what is needed"));
    }
    problems
}

/// Returns the value of `name = "value"` or `name: value` in a file.
fn setting(text: &str, name: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix(['=', ':']))?;
    Some(value.split('#').next()?.trim().trim_matches('"').to_string())
}

#[test]
fn the_oldest_supported_compiler_is_the_one_that_the_crates_need() {
    let about = Command::new("rustc").arg("-vV").current_dir(workspace()).output().unwrap();
    let about = String::from_utf8_lossy(&about.stdout).to_string();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let mut command = Command::new(env!("CARGO"));
    // The crates of other systems need not be there.
    command.args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host]);
    command.current_dir(workspace());
    let output = command.output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("cargo metadata: {error}: {}", String::from_utf8_lossy(&output.stderr)));
    let floor = setting(&end_to_end::read("Cargo.toml"), "rust-version").unwrap();
    assert_none(floor_problems(&metadata, &floor));
    assert!(floor_problems(&metadata, "1.90").iter().any(|problem| problem.contains("parking_lot")));
    assert_eq!(floor_problems(&metadata, "1.1000").len(), 1);
}

/// Returns what in a `rust-toolchain.toml` makes rustup download something although a stable compiler is installed.
fn download_problems(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
    lines.filter(|line| *line != "channel = \"stable\"").map(|line| format!("rust-toolchain.toml: {line}")).collect()
}

#[test]
fn a_clone_downloads_no_second_compiler() {
    let text = end_to_end::read("rust-toolchain.toml");
    assert_none(download_problems(&text));
    for other in ["channel = \"1.95\"", "channel = \"stable\"\ncomponents = [\"clippy\"]"] {
        assert_eq!(download_problems(&format!("[toolchain]\n{other}\n")).len(), 1);
    }
}

/// A new stable compiler has new lints and other instruction counts, so CI names its compiler.
#[test]
fn ci_and_the_container_use_the_compiler_that_the_instructions_were_counted_with() {
    let counted = end_to_end::read("tests/speed/instructions.txt");
    let counted = counted.split_once("with rustc ").and_then(|(_, rest)| rest.split(' ').next()).unwrap().to_string();
    for file in ["ci.yml", "release.yml"] {
        let workflow = end_to_end::read(format!(".github/workflows/{file}"));
        assert_eq!(setting(&workflow, "RUSTUP_TOOLCHAIN"), Some(counted.clone()), "{file}");
    }
    let image = end_to_end::read(".devcontainer/Dockerfile");
    for line in [format!("FROM rust:{counted}-"), format!("ENV RUSTUP_TOOLCHAIN={counted}\n")] {
        assert!(image.contains(&line), ".devcontainer/Dockerfile lacks {line}");
    }
    let manifest = end_to_end::read("Cargo.toml");
    assert_eq!(setting(&end_to_end::read("CITATION.cff"), "version"), setting(&manifest, "version"));
}
