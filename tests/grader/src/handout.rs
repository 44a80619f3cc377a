//! Writes the students' copy: the labs, the exercises and the grader, without solutions and without the source of the
//! hidden checks. The judge is included as a program, and the kit as a library, built for this system and this compiler, so
//! that `cargo grade` gives the same grades there as here.

use crate::toolchain::{JUDGE, PREBUILT, Toolchain};
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use std::fs;
use std::path::Path;

/// The paths that a student gets, from the workspace's folder.
const PARTS: [&str; 23] = [
    ".cargo",
    ".devcontainer",
    ".vscode",
    ".zed",
    ".gitattributes",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "common",
    "docs",
    "labs",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "slides",
    "tests/browser",
    "tests/explorer",
    "tests/grader",
    "tests/litmus",
    "tests/model",
    "tests/workspace",
];

/// The paths in these folders that a student does not get.
const SECRETS: [&str; 7] = [
    "labs/*/grading/solutions",
    "labs/*/grading/checks.rs",
    "tests/grader/corpus",
    "tests/grader/tests",
    "tests/grader/slurm",
    "tests/grader/platforms",
    "docs/grading.md",
];

/// Writes the copy into a new folder.
///
/// # Errors
///
/// The folder exists already, or a file cannot be read or written.
pub fn write(toolchain: &Toolchain, out: &Path) -> Result<()> {
    if out.exists() {
        bail!("{} already exists: name a new folder", out.display());
    }
    let root = workspace::root();
    for part in PARTS {
        copy(root, Path::new(part), out, &SECRETS)?;
    }
    set_members(&out.join("Cargo.toml"), out)?;
    if let Some(text) = pin(&toolchain.version) {
        fs::write(out.join("rust-toolchain.toml"), text).context("cannot write rust-toolchain.toml")?;
    }
    prebuilt(toolchain, &out.join(PREBUILT))
}

/// Returns the `rust-toolchain.toml` of a copy, whose kit only this compiler can read. `None` for a compiler that rustup does
/// not have under a version number: a nightly, or one that a distribution has built.
fn pin(version: &str) -> Option<String> {
    let (number, rest) = version.strip_prefix("rustc ")?.split_once(" (")?;
    let is_release = number.chars().all(|character| character.is_ascii_digit() || character == '.');
    (is_release && rest.find(')') == Some(rest.len() - 1)).then(|| {
        format!(
            "# The checks in this copy work only with this compiler. rustup installs it once, with the first command.\n\
             # If you are offline and `rustc +stable --version` prints {number}, delete this file.\n\
             [toolchain]\n\
             channel = \"{number}\"\n\
             profile = \"minimal\"\n"
        )
    })
}

/// Copies a file or folder of the workspace, without build outputs and secrets.
pub(crate) fn copy(root: &Path, part: &Path, out: &Path, secrets: &[&str]) -> Result<()> {
    if secrets.iter().any(|secret| is_named(part, secret))
        || part.file_name().is_some_and(|name| name == "target" || name == ".git")
    {
        return Ok(());
    }
    let (from, to) = (root.join(part), out.join(part));
    let about = || format!("cannot copy {}", part.display());
    if !from.is_dir() {
        fs::create_dir_all(to.parent().context("it has a parent")?).with_context(about)?;
        fs::copy(&from, &to).map(|_| ()).with_context(about)
    } else {
        fs::create_dir_all(&to).with_context(about)?;
        for entry in fs::read_dir(&from).with_context(about)? {
            copy(root, &part.join(entry.with_context(about)?.file_name()), out, secrets)?;
        }
        Ok(())
    }
}

/// Returns whether a path matches a pattern, in which `*` stands for any one folder.
fn is_named(part: &Path, pattern: &str) -> bool {
    let (mut names, mut wanted) = (part.components(), Path::new(pattern).components());
    let all_fit = wanted
        .by_ref()
        .all(|want| names.next().is_some_and(|name| want.as_os_str() == "*" || name.as_os_str() == want.as_os_str()));
    all_fit && names.next().is_none()
}

/// Removes from a copy's manifest what is not in the copy, because a dependency on a missing folder is an error.
pub(crate) fn set_members(manifest: &Path, root: &Path) -> Result<()> {
    let text = fs::read_to_string(manifest).context("cannot read Cargo.toml")?;
    fs::write(manifest, with_members(&text, &|folder| root.join(folder).join("Cargo.toml").is_file()))
        .context("cannot write Cargo.toml")
}

fn with_members(manifest: &str, is_there: &dyn Fn(&str) -> bool) -> String {
    let path = |line: &str| Some(line.split_once("= { path = \"")?.1.split_once('"')?.0.to_string());
    let is_kept = |member: &&str| member.contains('*') || is_there(member.trim_matches('"'));
    let line = |line: &str| match line.strip_prefix("members = [").and_then(|rest| rest.strip_suffix(']')) {
        Some(all) => format!("members = [{}]\n", all.split(", ").filter(is_kept).collect::<Vec<_>>().join(", ")),
        None => format!("{line}\n"),
    };
    manifest.lines().filter(|line| path(line).is_none_or(|folder| is_there(&folder))).map(line).collect()
}

/// Writes the kit, as libraries that this compiler can read, and the judge into a folder.
///
/// # Errors
///
/// Something cannot be read or written.
pub fn prebuilt(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    let crates = folder.join("crates");
    fs::create_dir_all(&crates).with_context(|| format!("cannot create {}", crates.display()))?;
    let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for entry in fs::read_dir(&toolchain.crates).context("cannot read the kit")? {
        let path = entry.context("cannot read the kit")?.path();
        fs::copy(&path, crates.join(name_of(&path))).with_context(|| format!("cannot copy {}", path.display()))?;
    }
    fs::copy(&toolchain.judge, folder.join(JUDGE)).context("cannot copy the judge")?;
    let about = json!({ "compiler": toolchain.version, "target": toolchain.target, "kit": name_of(&toolchain.kit) });
    fs::write(folder.join("toolchain.json"), format!("{about:#}\n")).context("cannot write toolchain.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_students_workspace_has_the_members_that_are_there() {
        let manifest = "[workspace]\nmembers = [\"common\", \"labs/*\", \"slides\"]\n\n[workspace.dependencies]\nspeed = { path = \"tests/speed\" }\nx = \"1\"\n";
        let text = with_members(manifest, &|folder| !["tests/speed", "slides"].contains(&folder));
        let without = manifest.replace("speed = { path = \"tests/speed\" }\n", "").replace(", \"slides\"", "");
        assert_eq!(text, without);
        assert_eq!(with_members(manifest, &|_| true), manifest);
    }

    #[test]
    fn a_copy_pins_a_compiler_that_rustup_has() {
        let pinned = pin("rustc 1.95.0 (59807616e 2026-04-14)").unwrap();
        assert!(pinned.contains("\nchannel = \"1.95.0\"\n") && pinned.lines().count() == 5, "{pinned}");
        for other in [
            "rustc 1.97.0-nightly (59807616e 2026-04-14)",
            "rustc 1.85.0 (4d91de4e4 2025-02-17) (built from a source tarball)",
            "rustc 1.95.0",
            "",
        ] {
            assert_eq!(pin(other), None, "{other}");
        }
    }

    #[test]
    fn a_star_is_one_folder() {
        let pattern = "labs/*/grading/solutions";
        for (part, is) in [
            ("labs/data-race/grading/solutions", true),
            ("labs/data-race/grading", false),
            ("labs/data-race/grading/solutions/reference.rs", false),
            ("labs/grading/solutions", false),
        ] {
            assert_eq!(is_named(Path::new(part), pattern), is, "{part}");
        }
    }
}
