//! What a submission is compiled with: the compiler, the kits and the hidden checks, all prebuilt.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the grader lies in tests/grader")
}

/// All of it.
#[derive(Debug)]
pub struct Toolbox {
    /// The compiler's folder.
    pub sysroot: PathBuf,
    /// `rustc 1.95.0 (...)`.
    pub version: String,
    /// The machine that it compiles for.
    pub target: String,
    /// A folder with the kits and all that they are made of, and without the hidden checks: the compiler of a submission sees it.
    pub crates: PathBuf,
    /// A folder with what the hidden checks are made of beside that.
    pub checks: PathBuf,
    /// The linker's driver, as it is called without links: what they lead through is not in the box.
    pub linker: PathBuf,
    /// The files of the kits and of the checks, by crate.
    pub libraries: BTreeMap<String, PathBuf>,
    /// The standard library's crates that a submission may use, and nothing else.
    pub core: Vec<PathBuf>,
}

impl Toolbox {
    /// Builds what has to be built.
    ///
    /// # Errors
    ///
    /// There is no cargo or compiler, or the checks do not build.
    pub fn prepare() -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(&cargo);
        build.args(["build", "--quiet", "--package", "judge", "--message-format", "json-render-diagnostics"]);
        let output = build.current_dir(workspace()).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
        let output = output.context("cannot start cargo")?;
        ensure!(output.status.success(), "the hidden checks do not build: cargo ended with {}", output.status);
        let libraries = artifacts(&String::from_utf8_lossy(&output.stdout));
        for name in ["judge", "kit_modelled", "kit_simulated"] {
            ensure!(libraries.contains_key(name), "cargo built no {name}");
        }
        let checks = libraries["kit_modelled"].parent().context("a library lies in a folder")?.to_path_buf();
        let crates = checks.with_file_name("grade-crates");
        link(&libraries, &crates)?;
        let rustc = |arguments: &[&str]| -> Result<String> {
            let program = Path::new(&cargo).with_file_name("rustc");
            let program = if program.is_file() { program } else { "rustc".into() };
            let output = Command::new(program)
                .args(arguments)
                .current_dir(workspace())
                .output()
                .context("cannot start rustc")?;
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
        };
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?);
        let verbose = rustc(&["-vV"])?;
        let target =
            verbose.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?.to_string();
        let standard = sysroot.join("lib/rustlib").join(&target).join("lib");
        let is_core = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_one = ["libcore-", "liballoc-", "libcompiler_builtins-"].iter().any(|start| name.starts_with(start));
            is_one && (name.ends_with(".rlib") || name.ends_with(".rmeta"))
        };
        let files = fs::read_dir(&standard).with_context(|| format!("cannot read {}", standard.display()))?;
        let core: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).filter(is_core).collect();
        ensure!(core.len() >= 3, "{} lacks core and alloc", standard.display());
        let linker =
            ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].into_iter().find_map(|path| fs::canonicalize(path).ok());
        let linker = linker.context("there is no linker: install gcc")?;
        Ok(Self { linker, sysroot, checks, version: rustc(&["--version"])?, target, crates, libraries, core })
    }
}

/// Gathers the crates that a submission is compiled against. Who reads files at compile time finds no check among them.
fn link(libraries: &BTreeMap<String, PathBuf>, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let wanted: BTreeMap<_, _> = (libraries.iter().filter(|(name, _)| *name != "judge"))
        .filter_map(|(_, path)| Some((path.file_name()?.to_os_string(), path)))
        .collect();
    for old in fs::read_dir(folder)?.filter_map(Result::ok).filter(|old| !wanted.contains_key(&old.file_name())) {
        let _ = fs::remove_file(old.path());
    }
    for (name, path) in wanted {
        let target = folder.join(name);
        let is_there = target.exists();
        if !is_there && fs::hard_link(path, &target).is_err() && !target.exists() {
            fs::copy(path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// The files that cargo says it built.
fn artifacts(messages: &str) -> BTreeMap<String, PathBuf> {
    let mut files = BTreeMap::new();
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let name = message["target"]["name"].as_str().unwrap_or_default().replace('-', "_");
        let file = message["filenames"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .find(|file| file.ends_with(".rlib"));
        if let Some(file) = file.filter(|_| message["reason"] == "compiler-artifact") {
            // The file that others are compiled against lies in deps, with a hash in its name.
            files.insert(name, PathBuf::from(file));
        }
    }
    files
}
