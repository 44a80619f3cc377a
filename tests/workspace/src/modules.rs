//! Generates modules from the labs' files, for build scripts, so that the compiled file is the one that a student
//! reads.

use crate::Lab;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Generates one `pub mod NAME` for each lab that has `file`, followed by what `more` writes about those labs. Prints
/// which files cargo must watch.
pub fn modules(file: &str, more: impl FnOnce(&[Lab]) -> String) -> String {
    watch("README.md");
    watch("labs");
    let labs: Vec<Lab> = crate::labs().into_iter().filter(|lab| lab.path.join(file).is_file()).collect();
    let mut text = String::new();
    for lab in &labs {
        let path = from_generated(&lab.path.join(file));
        writeln!(text, "#[path = {path:?}]\npub mod {};", identifier(&lab.name)).expect("a string takes all");
    }
    text + &more(&labs)
}

/// Tells cargo to run the build script again when this file or folder of the workspace changes. cargo stores the path
/// relative to the package, so that a copy of the clone watches its own files.
pub fn watch(path: &str) {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("only build scripts watch files"));
    let to = relative(&crate::root().join(path), &package).unwrap_or_else(|| crate::root().join(path));
    println!("cargo::rerun-if-changed={}", to.display());
}

/// Returns the path of a file of the workspace from the folder of generated code. It is relative, so that a copy of the
/// clone with its target folder compiles its own files; it is absolute if the target folder lies elsewhere.
///
/// # Panics
///
/// If the caller is not a build script.
pub fn from_generated(path: &Path) -> PathBuf {
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("only build scripts generate code"));
    relative(path, &folder).unwrap_or_else(|| path.to_path_buf())
}

/// Returns the path from a folder of the workspace to another path of it; `None` if one of them lies outside.
fn relative(path: &Path, folder: &Path) -> Option<PathBuf> {
    let (path, folder) = (path.strip_prefix(crate::root()).ok()?, folder.strip_prefix(crate::root()).ok()?);
    Some(folder.components().map(|_| Path::new("..")).collect::<PathBuf>().join(path))
}

/// Generates one module for each lab that has counters, and `COUNTERS`: each lab's name with its table. `counters.rs`
/// finds its primitives in `crate::sync` of the crate that is built.
pub fn counters() -> String {
    modules("src/counters.rs", |labs| {
        let row = |lab: &Lab| format!("    ({:?}, {}::COUNTERS),\n", lab.name, identifier(&lab.name));
        let rows: String = labs.iter().map(row).collect();
        format!(
            "/// The counters of every lab, by the lab's name.\n#[allow(unused_qualifications)]\npub static COUNTERS: &[(&str, &[sync::Declaration])] = &[\n{rows}];\n"
        )
    })
}

/// Writes generated code to the output folder of a build script. `include!(concat!(env!("OUT_DIR"), "/NAME"))` includes
/// it.
///
/// # Panics
///
/// If the file cannot be written, or if the caller is not a build script.
pub fn generate(name: &str, text: &str) {
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("only build scripts generate code"));
    fs::write(Path::new(&folder).join(name), text).expect("cargo's folder can be written to");
}

/// Converts a lab's name into a Rust name.
pub fn identifier(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_inside_the_workspace_is_relative() {
        let root = crate::root();
        let folder = root.join("target/debug/build/x/out");
        assert_eq!(relative(&root.join("labs/a.rs"), &folder), Some("../../../../../labs/a.rs".into()));
        assert_eq!(relative(&root.join("labs"), root), Some("labs".into()));
        assert_eq!(relative(Path::new("/elsewhere"), &folder), None);
        assert_eq!(relative(&root.join("labs"), Path::new("/elsewhere")), None);
    }
}
