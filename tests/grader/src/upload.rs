//! Builds a zip file that Gradescope accepts as an autograder. It contains the grader with its checks, a script that
//! prepares a container, and a script that grades in it (gradescope-autograders.readthedocs.io, "Autograder
//! Specifications"). It contains the source of the checks, so only instructors may have it. It contains no solutions.

use crate::exercises::Exercise;
use crate::handout::{copy, set_members};
use crate::toolchain::Toolchain;
use anyhow::{Context as _, Result, ensure};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use zip::write::{SimpleFileOptions, ZipWriter};

const PARTS: [&str; 14] = [
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "common",
    "labs",
    "slides/assets",
    "tests/browser",
    "tests/checks",
    "tests/explorer",
    "tests/grader",
    "tests/kit",
    "tests/litmus",
    "tests/model",
    "tests/workspace",
];
const LEFT_OUT: [&str; 5] = [
    "labs/*/grading/solutions",
    "tests/grader/corpus",
    "tests/grader/tests",
    "tests/grader/slurm",
    "tests/grader/platforms",
];

/// The script that prepares the container once, with network access. Later runs need no network.
const SETUP: &str = r#"#!/usr/bin/env bash
# Gradescope runs this once, when it builds the container.
set -euo pipefail
root=${AUTOGRADER:-/autograder}
export PATH="$HOME/.cargo/bin:$PATH"
missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v bwrap >/dev/null || missing+=(bubblewrap)
command -v cargo >/dev/null || command -v curl >/dev/null || missing+=(curl ca-certificates)
if [ "${#missing[@]}" -gt 0 ]; then apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; fi
command -v cargo >/dev/null ||
  curl -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal --default-toolchain TOOLCHAIN
cd "$root/source/workspace"
cargo build --package grader --package checks
"#;

/// The script that grades a submission. If it fails, it leaves no result, so Gradescope reports an error instead of zero
/// points.
const RUN: &str = r#"#!/usr/bin/env bash
# Gradescope runs this for every submission.
set -euo pipefail
root=${AUTOGRADER:-/autograder}
export PATH="$HOME/.cargo/bin:$PATH"
exercises=(EXERCISES)
# If the container allows neither bubblewrap nor Landlock, nothing is graded. To grade without a sandbox: flags=(--i-trust-this-code)
flags=()
grades=$(mktemp -d)
trap 'rm -r "$grades"' EXIT
cd "$root/source/workspace"
files=()
for exercise in "${exercises[@]}"; do
  file=$root/submission/$exercise.rs
  # In the students' copy the file has this name.
  if [ ! -e "$file" ] && [ "${#exercises[@]}" = 1 ]; then file=$root/submission/exercise.rs; fi
  target/debug/grade --exercise "$exercise" --submission "$file" --out "$grades/$exercise.json" "${flags[@]}"
  files+=("$grades/$exercise.json")
done
target/debug/grade export --format gradescope "${files[@]}" >"$grades/results.json"
mkdir -p "$root/results"
cp "$grades/results.json" "$root/results/results.json"
"#;

/// Writes the zip for these exercises.
///
/// # Errors
///
/// The file exists already, or a file cannot be read or written.
pub fn write(toolchain: &Toolchain, out: &Path, exercises: &[&Exercise]) -> Result<()> {
    ensure!(!out.exists(), "{} already exists: name a new file", out.display());
    let about = || format!("cannot write {}", out.display());
    let folder = tempfile::tempdir().context("cannot make a folder for the zip")?;
    for part in PARTS {
        copy(workspace::root(), Path::new(part), folder.path(), &LEFT_OUT)?;
    }
    set_members(&folder.path().join("Cargo.toml"), folder.path())?;

    let names: Vec<&str> = exercises.iter().map(|exercise| exercise.name).collect();
    let toolchain = toolchain.version.split(' ').nth(1).context("rustc --version prints no version")?;
    let mut zip = ZipWriter::new(File::create_new(out).with_context(about)?);
    let script = SimpleFileOptions::default().unix_permissions(0o755);
    for (name, text) in [
        ("setup.sh", SETUP.replace("TOOLCHAIN", toolchain)),
        ("run_autograder", RUN.replace("EXERCISES", &names.join(" "))),
    ] {
        zip.start_file(name, script).with_context(about)?;
        zip.write_all(text.as_bytes()).with_context(about)?;
    }
    add(&mut zip, folder.path(), folder.path())?;
    zip.finish().with_context(about)?;
    Ok(())
}

fn add(zip: &mut ZipWriter<File>, root: &Path, folder: &Path) -> Result<()> {
    let mut all: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    all.sort_by_key(fs::DirEntry::path);
    for path in all.iter().map(fs::DirEntry::path) {
        if path.is_dir() {
            add(zip, root, &path)?;
        } else {
            let name = Path::new("workspace").join(path.strip_prefix(root)?);
            zip.start_file_from_path(name, SimpleFileOptions::default())?;
            io::copy(&mut File::open(&path)?, zip)?;
        }
    }
    Ok(())
}
