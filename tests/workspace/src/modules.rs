//! Generates modules from the labs' files, for build scripts, so that the compiled file is the one that a student
//! reads.

use crate::Lab;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Generates one `pub mod NAME` for each lab that has `file`, followed by what `more` writes about those labs. Prints
/// which files cargo must watch.
pub fn modules(file: &str, more: impl FnOnce(&[Lab]) -> String) -> String {
    let root = crate::root();
    println!("cargo::rerun-if-changed={}", root.join("README.md").display());
    println!("cargo::rerun-if-changed={}", root.join("labs").display());
    let labs: Vec<Lab> = crate::labs().into_iter().filter(|lab| lab.path.join(file).is_file()).collect();
    let mut text = String::new();
    for lab in &labs {
        let path = lab.path.join(file);
        writeln!(text, "#[path = {path:?}]\npub mod {};", identifier(&lab.name)).expect("a string takes all");
    }
    text + &more(&labs)
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
