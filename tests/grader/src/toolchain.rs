//! The compiler, the kits and the hidden checks that a submission is compiled with. The kits and checks are built from
//! source. A student's copy has no source of the checks, and contains both as libraries.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// The folder of the checks in a student's copy, from the workspace's folder.
pub const PREBUILT: &str = "tests/grader/prebuilt";

/// The compiler and the crates that compile a submission.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// The folder of the compiler.
    pub sysroot: PathBuf,
    /// The version, such as `rustc 1.95.0 (...)`.
    pub version: String,
    /// The target that it compiles for.
    pub target: String,
    /// A folder with the kits and their dependencies, but without the hidden checks. The compiler of a submission can
    /// read it.
    pub crates: PathBuf,
    /// The linker's driver, with all links resolved, because the links are not in the sandbox.
    pub linker: PathBuf,
    /// The compiler's own linker, if it has one. It takes a quarter of the time of the system's linker.
    pub lld: Option<PathBuf>,
    /// The files of the kits and of the checks, by crate.
    pub libraries: BTreeMap<String, PathBuf>,
    /// The SHA-256 of the hidden checks.
    pub checks: [u8; 32],
    /// The only crates of the standard library that a submission may use.
    pub core: Vec<PathBuf>,
}

impl Toolchain {
    /// Builds the kits and the checks, where necessary.
    ///
    /// # Errors
    ///
    /// cargo or the compiler is missing, the checks do not build, or they were built with another compiler.
    pub fn prepare() -> Result<Self> {
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"])?);
        let version = rustc(&["--version"])?;
        let verbose = rustc(&["-vV"])?;
        let target = verbose
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("rustc -vV prints no host")?
            .to_string();
        let standard = sysroot.join("lib/rustlib").join(&target).join("lib");
        let is_core = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_one = ["libcore-", "liballoc-", "libcompiler_builtins-"].iter().any(|start| name.starts_with(start));
            is_one && (name.ends_with(".rlib") || name.ends_with(".rmeta"))
        };
        let files = fs::read_dir(&standard).with_context(|| format!("cannot read {}", standard.display()))?;
        let core: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).filter(is_core).collect();
        ensure!(core.len() >= 3, "{} does not contain core, alloc and compiler_builtins", standard.display());
        let drivers = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"];
        let linker = drivers.into_iter().find_map(|path| fs::canonicalize(path).ok());
        let linker = linker.context("there is no linker: install gcc")?;
        let tools = sysroot.join("lib/rustlib").join(&target).join("bin");
        let lld = Some(tools.join("rust-lld")).filter(|lld| lld.is_file() && tools.join("gcc-ld/ld.lld").is_file());
        let folder = workspace::root().join(PREBUILT);
        let (crates, libraries) =
            if folder.join("toolchain.json").is_file() { prebuilt(&folder, &version, &target)? } else { build()? };
        let checks = hmac_sha256::Hash::hash(&fs::read(&libraries["checks"]).context("cannot read the checks")?);
        Ok(Self { sysroot, version, target, crates, linker, lld, libraries, checks, core })
    }
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(workspace::rustc());
    let output = command.args(arguments).current_dir(workspace::root()).output().context("cannot start rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

type Libraries = (PathBuf, BTreeMap<String, PathBuf>);

/// Finds the checks of a student's copy. A library can be read only by the compiler version that wrote it.
fn prebuilt(folder: &Path, version: &str, target: &str) -> Result<Libraries> {
    let text = fs::read_to_string(folder.join("toolchain.json")).context("cannot read toolchain.json")?;
    let about: Value = serde_json::from_str(&text).context("toolchain.json is not valid JSON")?;
    let (compiler, machine) =
        (about["compiler"].as_str().unwrap_or_default(), about["target"].as_str().unwrap_or_default());
    ensure!(
        compiler == version && machine == target,
        "the checks were built with {compiler} for {machine}, but this is {version} for {target}: install that compiler with rustup, \
         or ask for a copy for this one"
    );
    let crates = folder.join("crates");
    let kits = about["kits"].as_object().context("toolchain.json names no kits")?;
    let mut libraries: BTreeMap<String, PathBuf> =
        kits.iter().map(|(kit, file)| (kit.clone(), crates.join(file.as_str().unwrap_or_default()))).collect();
    libraries.insert("checks".to_string(), folder.join("libchecks.rlib"));
    Ok((crates, libraries))
}

fn build() -> Result<Libraries> {
    let mut build = Command::new(workspace::cargo());
    build.args(["build", "--package", "checks", "--message-format", "json-render-diagnostics"]);
    let output = told(build.current_dir(workspace::root()).stdin(Stdio::null())).context("cannot start cargo")?;
    ensure!(output.status.success(), "the hidden checks do not build: cargo ended with {}", output.status);
    let built = artifacts(&String::from_utf8_lossy(&output.stdout));
    let file = |name: &str| {
        let found = built.iter().find(|(krate, _)| krate == name);
        found.map(|(_, path)| (name.to_string(), path.clone())).with_context(|| format!("cargo did not build {name}"))
    };
    let libraries: BTreeMap<String, PathBuf> =
        ["checks", "kit_modelled", "kit_simulated"].into_iter().map(file).collect::<Result<_>>()?;
    let all = libraries["kit_modelled"].parent().context("a library lies in a folder")?;
    let crates = all.with_file_name("grade-crates");
    link(built.iter().filter(|(name, _)| name != "checks").map(|(_, path)| path.as_path()), &crates)?;
    Ok((crates, libraries))
}

/// Runs cargo, and says on standard error what it does if that takes time.
fn told(cargo: &mut Command) -> io::Result<Output> {
    let mut child = cargo.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stderr = child.stderr.take().map(BufReader::new);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut builds = false;
            for line in stderr.into_iter().flat_map(BufRead::lines).map_while(io::Result::ok) {
                news(&line, &mut builds).iter().for_each(|line| eprintln!("{line}"));
            }
        });
        child.wait_with_output()
    })
}

/// Returns what to print for a line of cargo. `builds` says whether cargo has built something before.
fn news(line: &str, builds: &mut bool) -> Vec<String> {
    match line.split_whitespace().next() {
        Some("Finished") => Vec::new(),
        Some("Blocking") => vec![format!("grade: another cargo works in this clone: {}", line.trim())],
        Some("Compiling" | "Downloading" | "Updating") if !*builds => {
            *builds = true;
            let why = "grade: building the checks, once per version of their source. It takes up to some minutes.";
            vec![why.to_string(), line.to_string()]
        }
        _ => vec![line.to_string()],
    }
}

/// Links the crates that a submission is compiled against into one folder. The checks are not among them, because a
/// submission could read files of that folder at compile time.
fn link<'a>(libraries: impl Iterator<Item = &'a Path>, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut wanted = BTreeSet::new();
    for path in libraries {
        let name = path.file_name().context("a library has a name")?;
        wanted.insert(name.to_os_string());
        let target = folder.join(name);
        if is_current(path, &target) {
            continue;
        }
        // Another grader may do the same now, so each file is written under a temporary name and then renamed.
        let beside = folder.join(format!(".{}-{}", std::process::id(), name.display()));
        let _ = fs::remove_file(&beside);
        let linked = fs::hard_link(path, &beside).or_else(|_| fs::copy(path, &beside).map(drop));
        linked
            .and_then(|()| fs::rename(&beside, &target))
            .with_context(|| format!("cannot copy {}", path.display()))?;
        let _ = fs::remove_file(&beside); // renaming a link onto itself does nothing, so it is still there
    }
    let is_old = |name: &OsString| !wanted.contains(name) && !name.to_string_lossy().starts_with('.');
    for old in fs::read_dir(folder)?.filter_map(Result::ok).filter(|old| is_old(&old.file_name())) {
        let _ = fs::remove_file(old.path());
    }
    Ok(())
}

/// Returns whether the copy has the same length as the original and is not older. cargo rebuilds a changed crate under
/// the same name.
fn is_current(path: &Path, target: &Path) -> bool {
    let about = |path: &Path| fs::metadata(path).and_then(|about| Ok((about.len(), about.modified()?))).ok();
    matches!((about(path), about(target)), (Some((len, built)), Some((other, kept))) if len == other && built <= kept)
}

/// Returns the libraries that cargo reports to have built, with the names of their crates.
fn artifacts(messages: &str) -> Vec<(String, PathBuf)> {
    let parsed = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    parsed
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter_map(|message| {
            let name = message["target"]["name"].as_str()?.replace('-', "_");
            let files = message["filenames"].as_array()?;
            let library = files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".rlib"))?;
            Some((name, PathBuf::from(library)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_time_is_said_and_what_does_not_is_not() {
        let mut builds = false;
        assert!(news("    Finished `dev` profile in 0.1s", &mut builds).is_empty() && !builds);
        let waits = news("    Blocking waiting for file lock on build directory", &mut builds);
        assert_eq!(
            waits,
            ["grade: another cargo works in this clone: Blocking waiting for file lock on build directory"]
        );
        let first = news("   Compiling checks v0.1.0", &mut builds);
        assert!(first.len() == 2 && first[0].contains("building the checks, once"), "{first:?}");
        assert_eq!(news("   Compiling model v0.1.0", &mut builds), ["   Compiling model v0.1.0"]);
        assert_eq!(news("error: no room", &mut builds), ["error: no room"]);
    }

    #[test]
    fn a_crate_that_is_built_again_under_its_name_replaces_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let (library, crates) = (folder.path().join("libcommon-1.rlib"), folder.path().join("crates"));
        let linked = || {
            link([library.as_path()].into_iter(), &crates).unwrap();
            let names: Vec<OsString> = fs::read_dir(&crates).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert_eq!(names, ["libcommon-1.rlib"]);
            fs::read_to_string(crates.join("libcommon-1.rlib")).unwrap()
        };
        fs::write(&library, "one").unwrap();
        assert_eq!((linked(), linked()), ("one".to_string(), "one".to_string()));
        // A compiler also replaces the old file by a new one.
        fs::write(folder.path().join("new"), "two").unwrap();
        fs::rename(folder.path().join("new"), &library).unwrap();
        assert_eq!(linked(), "two");
        fs::write(crates.join("libold-1.rlib"), "of a crate that no longer exists").unwrap();
        assert_eq!(linked(), "two");
    }
}
