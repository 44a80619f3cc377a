//! Facts about this checkout that every tool needs: where it is, which labs it has, and which cargo and rustc build it.
//!
//! There is no other list of labs. A lab is a folder in `labs/` with a package `lab-NAME`; the README's table gives the
//! order. Build scripts generate modules from it ([`modules()`]), programs and tests iterate over it ([`labs`]).

mod file;
mod modules;
mod watch;

pub use file::{special, write};
pub use modules::{counters, from_generated, generate, identifier, modules, watch};
pub use watch::Watched;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Returns the workspace's folder: the one that the program is run in, as for cargo, or else the one that the program lies
/// in, or else the one whose package cargo runs. It is found when the program runs, so that a clone that was moved or
/// copied with its target folder uses itself.
///
/// # Panics
///
/// If none of these is in a workspace.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = env::current_dir().ok();
        // On Windows, a canonical path begins with `\\?\`, which other programs do not understand, and links are rare.
        let program = env::current_exe();
        let program = if cfg!(windows) { program } else { program.and_then(|program| program.canonicalize()) }.ok();
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let found = root_of([here, program, package].into_iter().flatten());
        found.expect(
            "neither the current folder nor the program lies in a clone of the labs: change to the clone's folder",
        )
    })
}

/// Returns the folder that cargo builds the workspace in `root` into: `CARGO_TARGET_DIR`, or else `target`.
pub fn target(root: &Path) -> PathBuf {
    target_of(root, env::var_os("CARGO_TARGET_DIR"))
}

fn target_of(root: &Path, chosen: Option<OsString>) -> PathBuf {
    root.join(chosen.filter(|folder| !folder.is_empty()).unwrap_or_else(|| "target".into()))
}

/// Returns the workspace of the first place that lies in one.
fn root_of(places: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    places.into_iter().find_map(|place| place.ancestors().find(|folder| is_root(folder)).map(Path::to_path_buf))
}

fn is_root(folder: &Path) -> bool {
    folder.join("labs").is_dir()
        && folder.join("common").is_dir()
        && fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("[workspace]"))
}

/// A lab and where its folder is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lab {
    /// The package's name without its `lab-`, such as `race`.
    pub name: String,
    /// The folder's name in `labs/`, such as `data-race`.
    pub folder: String,
    /// The whole path of the folder.
    pub path: PathBuf,
}

/// Returns all labs in the order of the README's table; labs that it does not mention come last.
pub fn labs() -> Vec<Lab> {
    labs_of(root())
}

/// Returns the labs of the workspace in `root`.
pub fn labs_of(root: &Path) -> Vec<Lab> {
    let readme = fs::read_to_string(root.join("README.md")).unwrap_or_default();
    let mut labs: Vec<Lab> =
        fs::read_dir(root.join("labs")).into_iter().flatten().flatten().filter_map(|entry| lab(entry.path())).collect();
    let row = |lab: &Lab| readme.find(&format!("](labs/{}/", lab.folder)).unwrap_or(usize::MAX);
    labs.sort_by_cached_key(|lab| (row(lab), lab.folder.clone()));
    labs
}

fn lab(path: PathBuf) -> Option<Lab> {
    let manifest = fs::read_to_string(path.join("Cargo.toml")).ok()?;
    let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"lab-")?.strip_suffix('"'))?.to_string();
    Some(Lab { name, folder: path.file_name()?.to_str()?.to_string(), path })
}

/// Returns the cargo that runs this program, or the one on the `PATH`.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The rustc in the same folder as that cargo, or else the one on the `PATH`.
pub fn rustc() -> PathBuf {
    let beside = Path::new(&cargo()).with_file_name(format!("rustc{}", env::consts::EXE_SUFFIX));
    if beside.is_file() { beside } else { "rustc".into() }
}

/// Returns whether tests do everything (`THOROUGH=1`, which `.ci/run` sets) or only a sample of repeated cases. No test
/// is skipped for it, and a test that takes a sample says so on standard error.
pub fn thorough() -> bool {
    env::var_os("THOROUGH").is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labs_are_found_by_their_folders_and_ordered_by_the_readme() {
        let folder = env::temp_dir().join(format!("workspace-labs-{}", std::process::id()));
        for (lab, name) in [("a-first", "zed"), ("b-second", "beta"), ("c-third", "alpha")] {
            fs::create_dir_all(folder.join("labs").join(lab)).unwrap();
            let manifest = format!("[package]\nname = \"lab-{name}\"\n");
            fs::write(folder.join("labs").join(lab).join("Cargo.toml"), manifest).unwrap();
        }
        fs::create_dir_all(folder.join("labs/notes")).unwrap();
        fs::write(folder.join("README.md"), "| [c](labs/c-third/README.md) |\n| [a](labs/a-first/README.md) |\n")
            .unwrap();
        let names: Vec<String> = labs_of(&folder).into_iter().map(|lab| lab.name).collect();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(names, ["alpha", "zed", "beta"]);
    }

    #[test]
    fn a_copy_is_found_from_inside_and_the_first_place_counts() {
        let folder = env::temp_dir().join(format!("workspace-root-{}", std::process::id()));
        for clone in ["one", "two"] {
            for part in ["labs/race", "common", "target/debug"] {
                fs::create_dir_all(folder.join(clone).join(part)).unwrap();
            }
            fs::write(folder.join(clone).join("Cargo.toml"), "[workspace]\n").unwrap();
        }
        let [here, program] = ["one/labs/race", "two/target/debug/grade"].map(|path| folder.join(path));
        let found = root_of([here.clone(), program.clone()]);
        let moved = root_of([folder.clone(), program.clone()]);
        let none = root_of([folder.clone()]);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!((found, moved, none), (Some(folder.join("one")), Some(folder.join("two")), None));
    }

    #[test]
    fn the_target_folder_may_lie_outside_of_a_checkout_that_cannot_be_written() {
        let root = Path::new("clone");
        assert_eq!(target_of(root, None), root.join("target"));
        assert_eq!(target_of(root, Some("".into())), root.join("target"));
        assert_eq!(target_of(root, Some("built".into())), root.join("built"));
        let elsewhere = env::temp_dir();
        assert_eq!(target_of(root, Some(elsewhere.clone().into())), elsewhere);
    }

    #[test]
    fn the_workspace_of_this_test_is_found() {
        assert!(root().join("tests/workspace/Cargo.toml").is_file());
        assert!(!labs().is_empty());
    }
}
