//! Fills the target folder of a copy of the workspace with the external crates that this build has compiled, so that only the
//! workspace's own crates are built there.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

/// Fills `target/debug` with the artefacts of registry crates. Libraries are linked; files that cargo overwrites are copied.
pub fn fill(target: &Path) {
    let from = Path::new(env!("CARGO_BIN_EXE_grade")).parent().unwrap();
    let own = own_crates();
    for part in ["build", "deps", ".fingerprint"] {
        let to = target.join("debug").join(part);
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(from.join(part)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let krate = name.strip_prefix("lib").filter(|_| part == "deps").unwrap_or(&name);
            let krate = krate.rsplit_once('-').map_or(krate, |(krate, _)| krate).replace('-', "_");
            let is_library = [".rlib", ".rmeta", ".so", ".d"].iter().any(|end| name.ends_with(end));
            if !own.contains(&krate) && (part != "deps" || is_library) {
                copy(&entry.path(), &to.join(&name));
            }
        }
    }
}

/// Returns the names of the workspace's crates.
fn own_crates() -> BTreeSet<String> {
    let mut command = Command::new(workspace::cargo());
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(workspace::root());
    let metadata: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| package["name"].as_str().unwrap().replace('-', "_")).collect()
}

/// Copies a file with its time, because cargo compares times.
fn copy(from: &Path, to: &Path) {
    let about = fs::metadata(from).unwrap();
    if about.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
        return;
    }
    let is_large = about.len() > 64 * 1024;
    if !is_large || fs::hard_link(from, to).is_err() {
        fs::copy(from, to).unwrap();
        let _ = File::options().write(true).open(to).and_then(|file| file.set_modified(about.modified()?));
    }
}
