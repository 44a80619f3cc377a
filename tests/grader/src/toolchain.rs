//! The compiler and the kit that a submission is compiled with, and the judge. Both are built from source. A student's copy
//! has no source of the checks, and contains the kit as a library and the judge as a program.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeSet;
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
    /// A folder with the kit and what it is made of. The compiler of a submission can read it.
    pub crates: PathBuf,
    /// The kit, in that folder.
    pub kit: PathBuf,
    /// The program that asks a submission and decides. It is never in a submission's sandbox.
    pub judge: PathBuf,
    /// The linker's driver, with all links resolved, because the links are not in the sandbox.
    pub linker: PathBuf,
    /// The compiler's own linker, if it has one. It takes a quarter of the time of the system's linker.
    pub lld: Option<PathBuf>,
    /// The SHA-256 of the sources of the checks and of all that they use, in hexadecimal.
    pub checks: String,
    /// The only crates of the standard library that a submission may name, and those that unwind, which only the compiler
    /// may name.
    pub core: Vec<PathBuf>,
}

impl Toolchain {
    /// Builds the kit and the judge, where necessary.
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
            let is_one = CORE.iter().any(|start| name.starts_with(start));
            is_one && (name.ends_with(".rlib") || name.ends_with(".rmeta"))
        };
        let files = fs::read_dir(&standard).with_context(|| format!("cannot read {}", standard.display()))?;
        let core: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).filter(is_core).collect();
        ensure!(core.len() >= CORE.len(), "{} does not contain core, alloc and what they need", standard.display());
        let drivers = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"];
        let linker = drivers.into_iter().find_map(|path| fs::canonicalize(path).ok());
        let linker = linker.context("there is no linker: install gcc")?;
        let tools = sysroot.join("lib/rustlib").join(&target).join("bin");
        let lld = Some(tools.join("rust-lld")).filter(|lld| lld.is_file() && tools.join("gcc-ld/ld.lld").is_file());
        let folder = workspace::root().join(PREBUILT);
        let Built { crates, kit, judge } =
            if folder.join("toolchain.json").is_file() { prebuilt(&folder, &version, &target)? } else { build()? };
        let output = Command::new(&judge).output().with_context(|| format!("cannot start {}", judge.display()))?;
        let checks = String::from_utf8_lossy(&output.stdout).trim().to_string();
        ensure!(checks.len() == 64, "{} does not name its checks", judge.display());
        Ok(Self { sysroot, version, target, crates, kit, judge, linker, lld, checks, core })
    }
}

fn rustc(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new(workspace::rustc());
    let output = command.args(arguments).current_dir(workspace::root()).output().context("cannot start rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

const CORE: [&str; 5] = ["libcore-", "liballoc-", "libcompiler_builtins-", "libpanic_unwind-", "libunwind-"];

/// What was built for grading.
struct Built {
    crates: PathBuf,
    kit: PathBuf,
    judge: PathBuf,
}

/// Finds the kit and the judge of a student's copy. A library can be read only by the compiler version that wrote it.
fn prebuilt(folder: &Path, version: &str, target: &str) -> Result<Built> {
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
    let kit = crates.join(about["kit"].as_str().context("toolchain.json names no kit")?);
    Ok(Built { crates, kit, judge: folder.join(JUDGE) })
}

/// The crates that a submission is compiled against: the kit, and what it is made of.
const CRATES: [&str; 6] = ["kit", "explorer", "corosensei", "cfg_if", "libc", "scopeguard"];

/// The name of the judge's program.
pub const JUDGE: &str = if cfg!(windows) { "judge.exe" } else { "judge" };

fn build() -> Result<Built> {
    let mut build = Command::new(workspace::cargo());
    // The kit is built as what the checks are made of: its file then lies where the explorer's does.
    build.args(["build", "--package", "checks", "--message-format", "json-render-diagnostics"]);
    let output = told(build.current_dir(workspace::root()).stdin(Stdio::null())).context("cannot start cargo")?;
    ensure!(output.status.success(), "the hidden checks do not build: cargo ended with {}", output.status);
    let messages = String::from_utf8_lossy(&output.stdout);
    let file = |name: &str, is_it: fn(&str) -> bool| {
        artifact(&messages, name, is_it).with_context(|| format!("cargo did not build {name}"))
    };
    let libraries = CRATES.iter().map(|name| file(name, |file| file.ends_with(".rlib"))).collect::<Result<Vec<_>>>()?;
    let all = libraries[0].parent().context("a library lies in a folder")?;
    let crates = all.with_file_name("grade-crates");
    link(libraries.iter().map(PathBuf::as_path), &crates)?;
    let kit = crates.join(libraries[0].file_name().context("a library has a name")?);
    Ok(Built { crates, kit, judge: file("judge", |_| true)? })
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

/// Links the crates that a submission is compiled against into one folder. Nothing else is in it, because a submission could
/// read files of that folder at compile time.
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

/// Returns a file of a crate that cargo reports to have built.
fn artifact(messages: &str, name: &str, is_it: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let mut parsed = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    parsed.find_map(|message| {
        if message["reason"] != "compiler-artifact" || message["target"]["name"] != name {
            return None;
        }
        let files = message["filenames"].as_array()?;
        files.iter().filter_map(Value::as_str).find(|file| is_it(file)).map(PathBuf::from)
    })
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
