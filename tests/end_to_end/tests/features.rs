//! Checks that crates are built once: any command builds each crate with the features that `cargo test --workspace`
//! uses. The root `Cargo.toml` pins the features that would differ.

use end_to_end::assert_none;
use std::collections::BTreeSet;
use std::process::Command;

/// Crates that one command builds a second time, and why they are not pinned. Each takes less than a second.
const BUILT_AGAIN: [(&str, &str); 6] = [
    ("lab-atomic", "crossbeam-deque"), // a pin would make a lab depend on a crate that it does not use
    ("lab-atomic", "crossbeam-utils"),
    ("lab-mutex", "smallvec"),
    ("lab-overhead", "either"),
    ("slides", "bitflags"),
    ("slides", "syn"),
];

/// Returns the external crates that some packages are built with, each with its version and features.
fn crates(choice: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(workspace::cargo());
    command.args(["tree", "--prefix", "none", "--offline", "--locked", "--format", "{p} {f}"]).args(choice);
    let output = command.current_dir(workspace::root()).output().expect("cargo starts");
    assert!(output.status.success(), "{choice:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)").replace("(proc-macro) ", ""));
    lines.filter(|line| !line.is_empty() && !line.contains('(')).collect() // our own crates have a path in brackets
}

/// Returns what a package alone is built with, but the whole workspace is not.
fn differences(package: &str, own: &BTreeSet<String>, whole: &BTreeSet<String>) -> Vec<String> {
    let is_known = |line: &&String| {
        let name = line.split(' ').next().unwrap_or_default();
        BUILT_AGAIN.contains(&(package, name))
    };
    let unknown = own.difference(whole).filter(|line| !is_known(line));
    unknown.map(|line| format!("{package} alone builds another {line}: pin its features in Cargo.toml")).collect()
}

#[test]
fn no_command_builds_a_crate_with_other_features() {
    let whole = crates(&["--workspace", "--edges", "normal,build,dev"]);
    let packages = workspace::labs().into_iter().map(|lab| format!("lab-{}", lab.name));
    let packages = packages.chain(["checks", "grader", "model", "slides"].map(String::from));
    let problems = |package: String| {
        let own = crates(&["--package", &package, "--edges", "normal,build"]);
        assert!(own.len() > 5, "{package} is built with {own:?}");
        differences(&package, &own, &whole)
    };
    assert_none(packages.flat_map(problems).collect());

    // The twin: a crate with one feature less.
    let less = whole.iter().map(|line| line.replace("alloc,result,std", "std")).collect();
    assert_eq!(differences("lab-race", &less, &whole).len(), 1);
}
