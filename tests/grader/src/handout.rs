//! The students' copy: the labs, the exercises and the grader, without solutions and without the text of the hidden checks. The checks are in
//! it as a library, built for this system and this compiler, so that `cargo grade` says the same there as here.

use crate::toolbox::{PREBUILT, Toolbox, workspace};
use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a student gets, from the workspace's folder.
const PARTS: [&str; 15] = [
    ".cargo",
    ".vscode",
    ".zed",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "common",
    "docs",
    "labs",
    "rustfmt.toml",
    "slides",
    "tests/grader",
];

/// What not, though it lies in there.
const SECRETS: [&str; 9] = [
    "tests/grader/judge",
    "tests/grader/solutions",
    "tests/grader/corpus",
    "tests/grader/tests",
    "tests/grader/slurm",
    "tests/grader/platforms",
    "tests/grader/kit-modelled",
    "tests/grader/kit-simulated",
    "docs/grading.md",
];

/// Writes the copy into a folder that must not be there yet.
///
/// # Errors
///
/// The folder is there, or something cannot be read or written.
pub fn write(toolbox: &Toolbox, out: &Path) -> Result<()> {
    if out.exists() {
        bail!("{} is there already: name a folder that is not", out.display());
    }
    let root = workspace();
    for part in PARTS {
        copy(root, Path::new(part), out, &SECRETS)?;
    }
    let members = ["common", "labs/*", "slides", "tests/grader", "tests/grader/exercises"];
    set_members(&out.join("Cargo.toml"), &members)?;
    prebuilt(toolbox, &out.join(PREBUILT))
}

/// Copies a file or folder of the workspace, without what is built and without what is secret.
pub(crate) fn copy(root: &Path, part: &Path, out: &Path, secrets: &[&str]) -> Result<()> {
    if secrets.iter().any(|secret| part == Path::new(secret))
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

/// Leaves these members to a copy of the workspace.
pub(crate) fn set_members(manifest: &Path, members: &[&str]) -> Result<()> {
    let text = fs::read_to_string(manifest).context("cannot read Cargo.toml")?;
    fs::write(manifest, with_members(&text, members)?).context("cannot write Cargo.toml")
}

fn with_members(manifest: &str, members: &[&str]) -> Result<String> {
    let (before, rest) = manifest.split_once("members = [").context("Cargo.toml names no members")?;
    let (_, after) = rest.split_once(']').context("Cargo.toml names no members")?;
    // A folder that is not there is no dependency either.
    let after: Vec<&str> = after.lines().filter(|line| !line.starts_with("speed = { path")).collect();
    Ok(format!("{before}members = {members:?}{}\n", after.join("\n")))
}

/// The checks and what they are made of, as libraries.
fn prebuilt(toolbox: &Toolbox, folder: &Path) -> Result<()> {
    let crates = folder.join("crates");
    fs::create_dir_all(&crates).with_context(|| format!("cannot make {}", crates.display()))?;
    let wanted = dependencies()?;
    let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for entry in fs::read_dir(&toolbox.crates).context("cannot read the checks")? {
        let path = entry.context("cannot read the checks")?.path();
        let name = name_of(&path);
        let krate = name.strip_prefix("lib").and_then(|name| name.rsplit_once('-')).map_or("", |(krate, _)| krate);
        if wanted.contains(krate) {
            fs::copy(&path, crates.join(&name)).with_context(|| format!("cannot copy {name}"))?;
        }
    }
    fs::copy(&toolbox.libraries["judge"], folder.join("libjudge.rlib")).context("cannot copy the checks")?;
    let kits = ["kit_modelled", "kit_simulated"].map(|kit| (kit.to_string(), json!(name_of(&toolbox.libraries[kit]))));
    let about =
        json!({ "compiler": toolbox.version, "target": toolbox.target, "kits": serde_json::Map::from_iter(kits) });
    fs::write(folder.join("toolbox.json"), format!("{about:#}\n")).context("cannot write toolbox.json")
}

/// The crates that the checks are linked with; not those that only helped to build them.
fn dependencies() -> Result<BTreeSet<String>> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["tree", "--package", "judge", "--edges", "normal,no-proc-macro", "--prefix", "none", "--offline"]);
    let output = command.current_dir(workspace()).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().filter_map(|line| line.split(' ').next()).map(|name| name.replace('-', "_")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_students_workspace_has_the_members_that_are_there() {
        let text = with_members("[workspace]\nmembers = [\n  \"a\",\n]\n\n[workspace.dependencies]\nspeed = { path = \"tests/speed\" }\nx = \"1\"\n", &["common", "tests/grader/exercises"]).unwrap();
        assert!(
            text.contains("\"tests/grader/exercises\"]\n")
                && !text.contains("judge")
                && !text.contains("speed")
                && text.contains("x = \"1\"")
        );
    }
}
