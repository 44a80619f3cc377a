//! Compiles a submission into a program. The first step compiles the submission alone, as a crate without the standard
//! library. The second step compiles a driver that passes it to the hidden checks. Both steps run in the sandbox.

use crate::exercises::Exercise;
use crate::sandbox::{self, Contents, Isolation, Limits, Outcome};
use crate::toolchain::Toolchain;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::Path;

/// The reason why a submission was not compiled into a program.
#[derive(Debug, PartialEq)]
pub enum Refusal {
    /// The compiler rejects the submission; these are its first errors.
    DoesNotCompile(String),
    /// The compiler exceeded a limit.
    Limit(String),
}

/// Wraps a submission as a crate without a standard library.
const WRAPPER: &str = "#![no_std]\n#[path = \"exercise.rs\"]\nmod exercise;\npub use exercise::*;\n";

/// The file's name in the compiler's messages.
const SUBMISSION: &str = "exercise.rs";

/// Compiles into `folder/out/judged`.
///
/// # Errors
///
/// The sandbox cannot be created. A submission that does not compile is a [`Refusal`], not an error.
pub fn compile(
    toolchain: &Toolchain,
    (isolation, limits): (Isolation, Limits),
    exercise: &Exercise,
    text: &str,
    folder: &Path,
) -> Result<std::result::Result<(), Refusal>> {
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).context("cannot write into the submission's folder")
    };
    write("wrapper.rs", WRAPPER)?;
    write(SUBMISSION, text)?;
    write("driver.rs", exercise.driver)?;

    let library =
        |name: &str| format!("/crates/{}", toolchain.libraries[name].file_name().unwrap_or_default().display());
    let standard = format!("/tc/lib/rustlib/{}/lib", toolchain.target);
    let common = [
        "--edition=2024",
        "-Cdebuginfo=0",
        "-Cpanic=unwind",
        "-Ccodegen-units=1", // one thread, because a class is graded with one job per core
        "-Awarnings",
        "-Ldependency=/crates",
    ]
    .map(String::from);
    let mut submission = vec!["/tc/bin/rustc".to_string()];
    submission.extend(common.clone());
    submission.extend([
        "--sysroot=/core".to_string(),
        format!("-Ldependency={standard}"),
        format!("--extern=common={}", library(exercise.about.kit.krate())),
        "--crate-type=rlib".to_string(),
        "--crate-name=student".to_string(),
        "-Copt-level=1".to_string(),
        "-Funsafe_code".to_string(),
        "-Flong_running_const_eval".to_string(),
        "-o".to_string(),
        "/out/libstudent.rlib".to_string(),
        "/src/wrapper.rs".to_string(),
    ]);
    let mut driver = vec!["/tc/bin/rustc".to_string()];
    driver.extend(common);
    driver.extend([
        "--sysroot=/tc".to_string(),
        "--extern=checks=/libchecks.rlib".to_string(),
        "--extern=student=/out/libstudent.rlib".to_string(),
        "--crate-type=bin".to_string(),
        "--crate-name=driver".to_string(),
        "-Copt-level=0".to_string(),
        format!("-Clinker={}", toolchain.linker.display()),
        "-Ctarget-feature=+crt-static".to_string(),
        "-o".to_string(),
        "/out/judged".to_string(),
        "/src/driver.rs".to_string(),
    ]);
    if toolchain.lld.is_some() {
        // In namespaces the linker is at its mounted path. Elsewhere a program of the compiler, which needs /proc,
        // starts it.
        let folder = match isolation {
            Isolation::Full => "/lld".to_string(),
            _ => format!("/tc/lib/rustlib/{}/bin/gcc-ld", toolchain.target),
        };
        let options = ["-fuse-ld=lld", "-Wl,--threads=1", "-Wl,-O0", "-B", &folder];
        driver.extend(options.map(|option| format!("-Clink-arg={option}")));
    }
    for (command, sees_checks) in [(submission, false), (driver, true)] {
        let outcome = in_sandbox(toolchain, (isolation, limits), folder, &command, sees_checks)?;
        ensure!(outcome.code != Some(127), "the compiler cannot be started: {}", outcome.stderr.trim());
        if let Some(refusal) = refusal(&outcome, limits) {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(()))
}

fn in_sandbox(
    toolchain: &Toolchain,
    (isolation, limits): (Isolation, Limits),
    folder: &Path,
    command: &[String],
    sees_checks: bool,
) -> Result<Outcome> {
    let standard = format!("lib/rustlib/{}/lib", toolchain.target);
    let core: Vec<_> = (toolchain.core.iter())
        .map(|file| {
            let name = file.file_name().unwrap_or_default().display();
            (file.as_path(), format!("{standard}/{name}"))
        })
        .collect();
    let core_folder = folder.join("core");
    let sources: &[&str] = if sees_checks { &["driver.rs"] } else { &["wrapper.rs", SUBMISSION] };
    let sources: Vec<_> = sources.iter().map(|name| folder.join(name)).collect();
    let mut readable = vec![
        (Path::new("/usr"), "/usr".to_string()),
        (toolchain.sysroot.as_path(), "/tc".to_string()),
        (toolchain.crates.as_path(), "/crates".to_string()),
    ];
    if sees_checks {
        readable.push((toolchain.libraries["checks"].as_path(), "/libchecks.rlib".to_string()));
        if let Some(lld) = toolchain.lld.as_deref().filter(|_| isolation == Isolation::Full) {
            readable.push((lld, "/lld/ld.lld".to_string()));
        }
    }
    if isolation == Isolation::Full {
        readable.extend(core.iter().map(|(file, place)| (*file, format!("/core/{place}"))));
    } else {
        link(&core, &core_folder)?;
        readable.push((&core_folder, "/core".to_string()));
    }
    readable.extend(
        sources.iter().map(|path| (path.as_path(), format!("/src/{}", path.file_name().unwrap_or_default().display()))),
    );
    let contents = Contents {
        readable,
        writable: Some((&folder.join("out"), "/out")),
        filter: None,
        links: vec![("usr/lib", "/lib"), ("usr/lib64", "/lib64"), ("usr/bin", "/bin")],
        environment: vec![
            ("PATH", "/usr/bin".to_string()),
            ("LD_LIBRARY_PATH", "/tc/lib".to_string()),
            ("TMPDIR", "/out".to_string()),
            ("RUST_MIN_STACK", "67108864".to_string()),
        ],
    };
    let mut outcome = sandbox::run(isolation, limits, &contents, command, "")?;
    // Without a namespace the compiler uses the folder's real path.
    outcome.stderr = outcome.stderr.replace(&folder.display().to_string(), "/src");
    Ok(outcome)
}

/// Creates a folder of links to the compiler's libraries, for a sandbox that cannot mount them.
fn link(files: &[(&Path, String)], folder: &Path) -> Result<()> {
    for (file, place) in files {
        let at = folder.join(place);
        fs::create_dir_all(at.parent().context("it has a parent")?).context("cannot make a folder for the compiler")?;
        #[cfg(unix)]
        if !at.exists() {
            std::os::unix::fs::symlink(file, &at).context("cannot make a link for the compiler")?;
        }
        #[cfg(not(unix))]
        fs::copy(file, &at).context("cannot copy a library for the compiler")?;
    }
    Ok(())
}

fn refusal(outcome: &Outcome, limits: Limits) -> Option<Refusal> {
    if outcome.timed_out {
        return Some(Refusal::Limit(format!("the compiler took longer than {} s", limits.seconds)));
    }
    match outcome.code {
        Some(0) => None,
        Some(1) if !outcome.stderr.contains("memory allocation of") => {
            Some(Refusal::DoesNotCompile(first_errors(&outcome.stderr)))
        }
        Some(137 | 152) => Some(Refusal::Limit(format!(
            "the compiler used more than {} s of CPU time, or too much memory",
            limits.cpu_seconds
        ))),
        Some(code) if code > 128 => Some(Refusal::Limit(format!("signal {} ended the compiler", code - 128))),
        code => Some(Refusal::Limit(format!(
            "the compiler failed or ran out of memory ({})",
            code.map_or("a signal".into(), |code| format!("exit status {code}"))
        ))),
    }
}

/// Returns the compiler's first two errors, in at most 40 lines, with the submission's path shortened to its name.
fn first_errors(text: &str) -> String {
    let (mut kept, mut errors) = (Vec::new(), 0);
    for line in text.lines() {
        errors += usize::from(line.starts_with("error"));
        if errors > 2 || kept.len() >= 40 {
            break;
        }
        kept.push(line.replace("/src/exercise.rs", SUBMISSION).replace("src/exercise.rs", SUBMISSION));
    }
    if text.contains("/src/driver.rs") || kept.is_empty() {
        kept.insert(0, "keep the names and types that the exercise declares:".to_string());
    }
    kept.join("\n")
}
