//! Builds the labs' programs as plain `cargo run` does.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A crate that cargo built.
#[derive(Debug)]
pub struct Artifact {
    /// The name of the package.
    pub package: String,
    /// The name of the program, which is the package's name unless it has several programs.
    pub name: String,
    /// Whether it runs only during a build.
    pub is_build_script: bool,
    /// The path of the program, if it is one.
    pub executable: Option<PathBuf>,
    /// The compiler settings that cargo reports: `opt_level`, `overflow_checks`, `debug_assertions` and more.
    pub profile: Value,
}

/// Returns all crates of the labs' programs. They are built once, by the cargo that runs the tests, in the same target
/// folder.
pub fn artifacts() -> &'static [Artifact] {
    static ARTIFACTS: OnceLock<Vec<Artifact>> = OnceLock::new();
    ARTIFACTS.get_or_init(|| {
        // All programs are built together, so that they share their dependencies with the tests. A program that does
        // not compile fails only the tests that need it.
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--workspace", "--bins", "--tests", "--keep-going", "--message-format=json"]);
        let output = command.current_dir(crate::workspace()).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.expect("cargo starts, since it has started this test");
        let messages = output.stdout.split(|byte| *byte == b'\n');
        let messages = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        messages.filter(|message| message["reason"] == "compiler-artifact").map(artifact).collect()
    })
}

fn artifact(message: Value) -> Artifact {
    let package = message["package_id"].as_str().unwrap_or_default();
    // A package's id ends with "#name@version", or with "/name#version" if the folder has the same name.
    let (path, fragment) = package.rsplit_once('#').unwrap_or_default();
    let name = fragment.split_once('@').map_or_else(|| path.rsplit('/').next().unwrap_or(path), |(name, _)| name);
    Artifact {
        package: name.to_string(),
        name: message["target"]["name"].as_str().unwrap_or_default().to_string(),
        is_build_script: message["target"]["kind"][0] == "custom-build",
        executable: message["executable"].as_str().map(PathBuf::from),
        profile: message["profile"].clone(),
    }
}

/// Returns the path of a program. The program of a lab has the name of its package.
///
/// # Panics
///
/// If it does not compile. cargo has printed why on standard error.
pub fn program(name: &str) -> PathBuf {
    let is_it = |artifact: &&Artifact| artifact.name == name && artifact.profile["test"] == false;
    let mut found = artifacts().iter().filter(is_it).filter(|artifact| artifact.executable.is_some());
    found
        .next()
        .and_then(|artifact| artifact.executable.clone())
        .unwrap_or_else(|| panic!("cargo built no program {name}"))
}
