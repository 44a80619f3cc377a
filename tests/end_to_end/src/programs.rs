//! The labs' programs, built the way plain `cargo run` builds them.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Something that cargo built.
#[derive(Debug)]
pub struct Artifact {
    /// The name of the package.
    pub package: String,
    /// The program's name: that of the package, unless there are several.
    pub name: String,
    /// Whether it only runs while something else is built.
    pub is_build_script: bool,
    /// The program, if it is one.
    pub executable: Option<PathBuf>,
    /// What cargo says about how it was compiled: `opt_level`, `overflow_checks`, `debug_assertions` and more.
    pub profile: Value,
}

/// Everything that the labs' programs are made of. Built once, by the cargo that runs the tests, into the same target folder.
pub fn artifacts() -> &'static [Artifact] {
    static ARTIFACTS: OnceLock<Vec<Artifact>> = OnceLock::new();
    ARTIFACTS.get_or_init(|| {
        // All programs together, so that they share their dependencies with the tests; one that does not compile is missed only
        // by those who ask for it.
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
    // A package's id ends with "#name@version", or with "/name#version" where the folder has its name.
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

/// A program by its name; that of a lab has the name of its package.
///
/// # Panics
///
/// If it does not compile; cargo has said why on standard error.
pub fn program(name: &str) -> PathBuf {
    let is_it = |artifact: &&Artifact| artifact.name == name && artifact.profile["test"] == false;
    let mut found = artifacts().iter().filter(is_it).filter(|artifact| artifact.executable.is_some());
    found
        .next()
        .and_then(|artifact| artifact.executable.clone())
        .unwrap_or_else(|| panic!("cargo built no program {name}"))
}
