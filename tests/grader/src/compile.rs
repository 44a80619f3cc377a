//! Compiles a submission into a program, in the sandbox. The submission and the driver of its exercise are one crate
//! without the standard library. Nothing of the checks is there: the judge asks the program from outside.

use crate::exercises::Exercise;
use crate::sandbox::{self, Contents, Isolation, Limits, Outcome};
use crate::toolchain::Toolchain;
use crate::{grade, known_good, trouble};
use anyhow::{Context as _, Result, bail, ensure};
use common::format::bytes;
use serde_json::Value;
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

/// The end of an attempt to compile.
#[derive(Debug, PartialEq)]
pub enum End {
    /// The program is there.
    Compiled,
    /// The submission is at fault.
    Refused(Refusal),
    /// The machine is at fault: no room, a missing package, a signal from outside.
    Trouble(String),
    /// The compiler failed and named no place in the submission. If it compiles a program that is known to be right, the
    /// submission is at fault, else the machine.
    Unclear(String),
}

impl End {
    /// Returns whether the submission calls in a constant what is not `const` in the kit (E0015). A static stays an error: a
    /// call would find there what an earlier one left.
    fn needs_constants(&self) -> bool {
        matches!(self, Self::Refused(Refusal::DoesNotCompile(errors))
            if errors.contains("error[E0015]") && !errors.contains(" in statics"))
    }

    /// Returns why the submission was not compiled; `None` if it was.
    pub fn reason(self) -> Option<String> {
        match self {
            Self::Compiled => None,
            Self::Refused(Refusal::DoesNotCompile(reason) | Refusal::Limit(reason))
            | Self::Trouble(reason)
            | Self::Unclear(reason) => Some(reason),
        }
    }
}

/// What a submission is compiled against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kit {
    /// Its atomics are created while the program runs.
    Usual,
    /// Its atomics can be created in constants, but the explorer knows them only by where they lie.
    WithConstants,
}

impl Kit {
    /// Returns the crate of a submission, in which `common` is the kit.
    pub fn wrapper(self) -> String {
        let common = match self {
            Self::Usual => "extern crate kit as common;",
            Self::WithConstants => "extern crate self as common; pub use kit::{constant::exercise, driver};",
        };
        format!("#![no_std]\n{common}\n{WRAPPER}")
    }
}

/// The part of the crate that is always the same. The program calls what the student declares.
const WRAPPER: &str = "#[path = \"exercise.rs\"]\npub mod student;\n#[path = \"driver.rs\"]\nmod program;\nfn main() {\n    program::main();\n}\n";

/// The file's name in the compiler's messages.
const SUBMISSION: &str = "exercise.rs";

/// Compiles into `folder/out/judged`.
///
/// # Errors
///
/// The machine or the sandbox is at fault. A submission that does not compile is a [`Refusal`], not an error.
pub fn compile(
    toolchain: &Toolchain,
    (isolation, limits): (Isolation, grade::Limits),
    exercise: &Exercise,
    text: &str,
    folder: &Path,
) -> Result<std::result::Result<(), Refusal>> {
    let attempt = |kit| attempt_with(kit, toolchain, (isolation, limits.compile), exercise, text, folder);
    let mut end = attempt(Kit::Usual)?;
    if end.needs_constants() && attempt(Kit::WithConstants)? == End::Compiled {
        end = End::Compiled;
    }
    match end {
        End::Compiled => Ok(Ok(())),
        End::Refused(refusal) => Ok(Err(refusal)),
        End::Trouble(reason) => {
            bail!("the machine, not the submission, stopped the compiler: {}", trouble::explain(&reason))
        }
        End::Unclear(reason) => {
            known_good::check(toolchain, isolation, limits)?;
            Ok(Err(Refusal::DoesNotCompile(reason)))
        }
    }
}

/// Compiles into `folder/out/judged`, and says who is at fault if that fails.
///
/// # Errors
///
/// The sandbox cannot be created, or the compiler cannot be started.
pub fn attempt(
    toolchain: &Toolchain,
    (isolation, limits): (Isolation, Limits),
    exercise: &Exercise,
    text: &str,
    folder: &Path,
) -> Result<End> {
    attempt_with(Kit::Usual, toolchain, (isolation, limits), exercise, text, folder)
}

fn attempt_with(
    kit: Kit,
    toolchain: &Toolchain,
    (isolation, limits): (Isolation, Limits),
    exercise: &Exercise,
    text: &str,
    folder: &Path,
) -> Result<End> {
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).context("cannot write into the submission's folder")
    };
    write("wrapper.rs", &kit.wrapper())?;
    write(SUBMISSION, text)?;
    write("driver.rs", exercise.driver)?;
    let outcome = in_sandbox(toolchain, (isolation, limits), folder, &command(toolchain, isolation))?;
    ensure!(outcome.code != Some(127), "the compiler cannot be started: {}", outcome.stderr.trim());
    Ok(end(&outcome, limits))
}

/// Returns the compiler's command line, as it is in the sandbox.
pub fn command(toolchain: &Toolchain, isolation: Isolation) -> Vec<String> {
    let standard = format!("/tc/lib/rustlib/{}/lib", toolchain.target);
    let mut command: Vec<String> = [
        "/tc/bin/rustc",
        "--edition=2024",
        "-Cdebuginfo=0",
        "-Cpanic=unwind",
        "-Ccodegen-units=1", // one thread, because a class is graded with one job per core
        "-Copt-level=0",
        "-Awarnings",
        "--error-format=json", // so that a text in a submission is not taken for a message about the machine
        "--sysroot=/core",
        "-Ldependency=/crates",
        "--crate-type=bin",
        "--crate-name=submission",
        "-Funsafe_code",
        "-Flong_running_const_eval",
        "-Ctarget-feature=+crt-static",
    ]
    .map(String::from)
    .into();
    command.extend([
        format!("-Ldependency={standard}"),
        format!("-Lnative={standard}/self-contained"),
        format!("--extern=kit=/crates/{}", toolchain.kit.file_name().unwrap_or_default().display()),
        format!("-Clinker={}", toolchain.linker.display()),
        "-o".to_string(),
        "/out/judged".to_string(),
        "/src/wrapper.rs".to_string(),
    ]);
    if toolchain.lld.is_some() {
        // In namespaces the linker is at its mounted path. Elsewhere a program of the compiler, which needs /proc,
        // starts it.
        let folder = match isolation {
            Isolation::Full => "/lld".to_string(),
            _ => format!("/tc/lib/rustlib/{}/bin/gcc-ld", toolchain.target),
        };
        let options = ["-fuse-ld=lld", "-Wl,--threads=1", "-Wl,-O0", "-B", &folder];
        command.extend(options.map(|option| format!("-Clink-arg={option}")));
    }
    command
}

/// Runs a compiler's command line in the sandbox, on the three sources in `folder`.
///
/// # Errors
///
/// The sandbox cannot be created.
pub fn in_sandbox(
    toolchain: &Toolchain,
    (isolation, limits): (Isolation, Limits),
    folder: &Path,
    command: &[String],
) -> Result<Outcome> {
    let standard = format!("lib/rustlib/{}/lib", toolchain.target);
    let core: Vec<_> = (toolchain.core.iter())
        .map(|file| {
            let name = file.file_name().unwrap_or_default().display();
            (file.as_path(), format!("{standard}/{name}"))
        })
        .collect();
    let core_folder = folder.join("core");
    let sources = ["wrapper.rs", SUBMISSION, "driver.rs"].map(|name| folder.join(name));
    let mut readable = vec![
        (Path::new("/usr"), "/usr".to_string()),
        (toolchain.sysroot.as_path(), "/tc".to_string()),
        (toolchain.crates.as_path(), "/crates".to_string()),
    ];
    if let Some(lld) = toolchain.lld.as_deref().filter(|_| isolation == Isolation::Full) {
        readable.push((lld, "/lld/ld.lld".to_string()));
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

/// Decides who is at fault. A message that names a place in the submission is about the submission, whatever its text is.
/// Other messages are about the machine, or about a limit of the sandbox.
fn end(outcome: &Outcome, limits: Limits) -> End {
    if outcome.timed_out {
        // A compiler that works reaches its limit of CPU time first.
        return End::Trouble(format!(
            "the compiler had less than {} s of CPU time in {} s",
            limits.cpu_seconds, limits.seconds
        ));
    }
    if outcome.code == Some(0) {
        return End::Compiled;
    }
    let messages = Messages::of(&outcome.stderr);
    if outcome.code == Some(1) && messages.is_about_the_submission() {
        return End::Refused(Refusal::DoesNotCompile(messages.first_errors()));
    }
    let limit = |reason: String| End::Refused(Refusal::Limit(reason));
    let other = messages.other;
    match outcome.code {
        Some(code) if sandbox::SENT.contains(&(code - 128)) => {
            End::Trouble(format!("signal {} ended the compiler", code - 128))
        }
        Some(152) => limit(format!("the compiler used more than {} s of CPU time", limits.cpu_seconds)),
        _ if trouble::is_about_the_machine(&other) => End::Trouble(other),
        _ if LIMITS.iter().any(|words| other.contains(words)) => {
            limit("the compiler, or the linker, ran out of memory or CPU time, or wrote too much".to_string())
        }
        Some(code) if code > 128 => limit(format!("signal {} ended the compiler", code - 128)),
        Some(101) => limit("the compiler failed (exit status 101)".to_string()),
        _ if outcome.stderr.len() >= limits.output => {
            limit(format!("the compiler printed more than {}", bytes(limits.output as u128)))
        }
        code => End::Unclear(match other.trim() {
            "" => format!("the compiler ended without a message ({code:?})"),
            other => other.to_string(),
        }),
    }
}

/// Parts of messages about the sandbox's limits.
const LIMITS: [&str; 11] = [
    "memory allocation of",
    "out of memory",
    "bad_alloc",
    "Cannot allocate memory",
    "(os error 12)",
    "File too large",
    "(os error 27)",
    "signal 24 ",
    "signal 25 ",
    "signal: 24 ",
    "signal: 25 ",
];

/// Errors that a crate is missing or cannot be read. In the driver, which names only the grader's crates, they are the
/// machine's fault.
const ABOUT_CRATES: [&str; 7] = ["E0460", "E0461", "E0462", "E0463", "E0464", "E0514", "E0786"];

/// The compiler's messages, by what they are about.
#[derive(Debug, Default)]
struct Messages {
    /// The errors that name a place in the submission.
    of_submission: Vec<String>,
    /// The errors that name only a place in the driver, which uses what the submission declares.
    of_driver: Vec<String>,
    /// All other errors, and what programs printed that the compiler started.
    other: String,
}

impl Messages {
    fn of(text: &str) -> Self {
        let mut messages = Self::default();
        for line in text.lines() {
            let message =
                serde_json::from_str::<Value>(line).ok().filter(|message| message["$message_type"] == "diagnostic");
            match message {
                Some(message) if message["level"].as_str().is_some_and(|level| level.starts_with("error")) => {
                    messages.add(&message);
                }
                Some(_) => {}
                None => messages.other.extend([line, "\n"]),
            }
        }
        messages
    }

    fn add(&mut self, message: &Value) {
        let code = message["code"]["code"].as_str().unwrap_or_default();
        let is_submission = is_at(message, "/exercise.rs");
        let is_driver = !is_submission && is_at(message, "/driver.rs") && !ABOUT_CRATES.contains(&code);
        if is_submission || is_driver {
            let errors = if is_submission { &mut self.of_submission } else { &mut self.of_driver };
            errors.push(message["rendered"].as_str().unwrap_or_default().trim_end().to_string());
        } else if !message["message"].as_str().is_some_and(|message| message.starts_with("aborting due to")) {
            let notes = message["children"].as_array().into_iter().flatten();
            for text in [message].into_iter().chain(notes).filter_map(|one| one["message"].as_str()) {
                // The linker's whole command line is of no use to a reader.
                let lines =
                    text.lines().filter(|line| !line.starts_with(" \"") && !line.contains("Program arguments:"));
                self.other.extend(lines.flat_map(|line| [line, "\n"]));
            }
        }
    }

    fn is_about_the_submission(&self) -> bool {
        !self.of_submission.is_empty() || !self.of_driver.is_empty()
    }

    /// Returns the compiler's first two errors, in at most 40 lines, with the submission's path shortened to its name.
    fn first_errors(&self) -> String {
        // What a wrong declaration leads to in the driver helps only if nothing else does.
        let is_in_driver = self.of_submission.is_empty();
        let errors = if is_in_driver { &self.of_driver } else { &self.of_submission };
        let lines = errors.iter().take(2).flat_map(|error| error.lines().chain([""]));
        let mut kept: Vec<String> = lines.take(40).map(|line| line.replace("/src/exercise.rs", SUBMISSION)).collect();
        if is_in_driver {
            kept.insert(0, "keep the names and types that the exercise declares:".to_string());
        }
        kept.join("\n").trim_end().to_string()
    }
}

/// Returns whether a message names a place in the file, also one from which a macro was expanded.
fn is_at(message: &Value, file: &str) -> bool {
    let mut waiting = vec![message];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(fields) => {
                if fields.get("file_name").and_then(Value::as_str).is_some_and(|name| name.ends_with(file)) {
                    return true;
                }
                waiting.extend(fields.values());
            }
            Value::Array(all) => waiting.extend(all),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::COMPILE;
    use serde_json::json;

    fn end_of(code: i32, stderr: &str) -> End {
        let outcome = Outcome { code: Some(code), stdout: String::new(), stderr: stderr.to_string(), timed_out: false };
        end(&outcome, COMPILE)
    }

    fn error(text: &str, code: &str, file: Option<&str>) -> String {
        let span = |file: &str| json!({ "file_name": file, "expansion": null });
        let spans: Vec<Value> = file.map(span).into_iter().collect();
        let message = json!({ "$message_type": "diagnostic", "level": "error", "message": text, "code": { "code": code },
            "spans": spans, "children": [], "rendered": format!("error: {text}\n --> {file:?}") });
        let end = json!({ "$message_type": "diagnostic", "level": "error", "message": "aborting due to 1 previous error", "spans": [] });
        format!("{message}\n{end}\n")
    }

    #[test]
    fn an_error_in_the_submission_is_the_submissions_whatever_its_text_says() {
        for text in ["No space left on device (os error 28)", "memory allocation of 8 bytes failed", "cannot find -lc"]
        {
            let end = end_of(1, &error(text, "E0308", Some("/src/exercise.rs")));
            assert!(matches!(&end, End::Refused(Refusal::DoesNotCompile(said)) if said.contains(text)), "{end:?}");
            // The same text without a place is not the submission's.
            let end = end_of(1, &error(text, "", None));
            let is_limit = matches!(end, End::Refused(Refusal::Limit(_)));
            assert_eq!((is_limit, !is_limit), (text.contains("memory"), matches!(end, End::Trouble(_))), "{end:?}");
        }
    }

    #[test]
    fn the_machines_trouble_is_not_the_submissions() {
        for (code, stderr) in [
            (1, error("failed to build archive at `/out/x`: No space left on device (os error 28)", "", None)),
            (
                1,
                error("couldn't read `/src/exercise.rs`: Permission denied (os error 13)", "", Some("/src/wrapper.rs")),
            ),
            (1, error("linking with `cc` failed", "", None) + "ld: cannot find -lc\n"),
            (101, "rustc-LLVM ERROR: IO failure on output stream: No space left on device\n".to_string()),
            (134, "rustc-LLVM ERROR: IO failure on output stream: No space left on device\n".to_string()),
            (137, String::new()),
            (143, String::new()),
            (135, String::new()),
        ] {
            let end = end_of(code, &stderr);
            assert!(matches!(end, End::Trouble(_)), "{code} {stderr}: {end:?}");
        }
        // A crate that is missing in the driver is the grader's; another error there is the submission's.
        let end = end_of(1, &error("can't find crate for `checks`", "E0463", Some("/src/driver.rs")));
        assert!(matches!(end, End::Unclear(_)), "{end:?}");
        let end = end_of(1, &error("mismatched types", "E0308", Some("/src/driver.rs")));
        assert!(
            matches!(&end, End::Refused(Refusal::DoesNotCompile(said)) if said.starts_with("keep the names")),
            "{end:?}"
        );
        let late = Outcome { code: Some(137), stdout: String::new(), stderr: String::new(), timed_out: true };
        assert!(matches!(super::end(&late, COMPILE), End::Trouble(_)));
    }

    #[test]
    fn a_compiler_that_exceeds_a_limit_is_the_submissions() {
        for (code, stderr) in [
            (152, ""),
            (153, ""),
            (139, ""),
            (134, "memory allocation of 99 bytes failed\n"),
            (101, "the compiler unexpectedly panicked\n"),
        ] {
            let end = end_of(code, stderr);
            assert!(matches!(end, End::Refused(Refusal::Limit(_))), "{code} {stderr}: {end:?}");
        }
        let flood = end_of(1, &"x".repeat(COMPILE.output));
        assert!(matches!(flood, End::Refused(Refusal::Limit(_))), "{flood:?}");
        assert_eq!(end_of(0, ""), End::Compiled);
    }

    #[test]
    fn a_place_inside_an_expanded_macro_is_found() {
        let expansion = json!({ "span": { "file_name": "/src/exercise.rs", "expansion": null } });
        let message = json!({ "spans": [{ "file_name": "/rustc/macros/mod.rs", "expansion": expansion }] });
        assert!(is_at(&message, "/exercise.rs") && !is_at(&message, "/driver.rs"));
    }
}
