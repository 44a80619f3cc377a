//! Runs the lecture's Python programs at the same sizes as the lab.

use crate::lab::{Lab, PythonProgram};
use crate::report::{Comparison, Report};
use crate::timing::{Progress, Summary};
use crate::{Arguments, warning::Warning};
use serde_json::Value;
use std::io::{self, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// The most runs of a Python program. Python is so slow that three runs take as long as all runs of the lab.
const MOST_REPEATS: usize = 3;

/// The exit status of our Python programs when numpy is missing.
const NUMPY_IS_MISSING: i32 = 3;

/// How long an interpreter may take to print its version.
const ANSWER: Duration = Duration::from_secs(10);

/// How long a program may run. At the labs' own sizes, none takes a minute.
const LONGEST_RUN: Duration = Duration::from_secs(600);

/// How long an interrupted program may take to stop its own processes.
const GRACE: Duration = Duration::from_secs(3);

/// The oldest Python that has `multiprocessing.shared_memory`.
const OLDEST: (u32, u32) = (3, 8);

const INSTALL: &str = "install Python 3.8 or newer (python.org, or your system's package python3)";

/// Prints the version as two numbers, and 1 if pip refuses to install packages because they belong to the system (PEP 668).
/// Python 2 can run it too.
const PROBE: &str = "
import os, sys, sysconfig
in_venv = sys.prefix != getattr(sys, 'base_prefix', sys.prefix)
mark = os.path.join(sysconfig.get_path('stdlib'), 'EXTERNALLY-MANAGED')
print('%d %d %d' % (sys.version_info[0], sys.version_info[1], not in_venv and os.path.exists(mark)))
";

/// The commands that may start Python 3, the preferred one first. On Windows a virtual environment has only `python`, and
/// `py` is the launcher that python.org installs.
const NAMES: &[&[&str]] =
    if cfg!(windows) { &[&["python"], &["python3"], &["py", "-3"]] } else { &[&["python3"], &["python"]] };

/// A Python that can run the lecture's programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interpreter {
    words: &'static [&'static str],
    is_managed: bool,
}

/// The reason why no interpreter can be used, and how to get one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What was wrong with the interpreter that was found, or that none was found.
    pub why: String,
    /// How to get one.
    pub advice: &'static str,
}

impl Interpreter {
    /// Finds the first Python 3.8 or newer.
    ///
    /// # Errors
    ///
    /// What is wrong with the first interpreter that was found: it is too old, does not answer, or does not work.
    pub fn find() -> Result<Self, Missing> {
        Self::find_among(NAMES, ANSWER)
    }

    fn find_among(names: &'static [&'static [&'static str]], limit: Duration) -> Result<Self, Missing> {
        let mut missing = None;
        for words in names {
            match Self::probe(words, limit) {
                Ok(found) => return Ok(found),
                Err(found) => missing = missing.or(found),
            }
        }
        Err(missing
            .unwrap_or_else(|| Missing { why: format!("{} was not found", names[0].join(" ")), advice: INSTALL }))
    }

    /// Returns the interpreter. The error says what is wrong with it, and is `None` if the program was not found.
    fn probe(words: &'static [&'static str], limit: Duration) -> Result<Self, Option<Missing>> {
        let mut interpreter = Self { words, is_managed: false };
        let name = words.join(" ");
        let missing = |why: String, advice| Some(Missing { why, advice });
        let output = match limited(interpreter.command().args(["-c", PROBE]), limit) {
            Ok(output) => output,
            Err(Failure::NotStarted(error)) if error.kind() == io::ErrorKind::NotFound => return Err(None),
            Err(why) => {
                return Err(missing(format!("{name} {why}"), "type python3 --version to see why, and repair it"));
            }
        };
        let said = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<u32> = said.split_whitespace().map_while(|word| word.parse().ok()).collect();
        match numbers[..] {
            [major, minor, is_managed] if output.status.success() && (major, minor) >= OLDEST => {
                interpreter.is_managed = is_managed == 1;
                Ok(interpreter)
            }
            [major, minor, _] if output.status.success() => {
                Err(missing(format!("{name} is Python {major}.{minor}, which is too old"), INSTALL))
            }
            _ => {
                let why = last_line(&output.stderr).unwrap_or_else(|| "it prints no version".into());
                Err(missing(format!("{name} does not work ({why})"), INSTALL))
            }
        }
    }

    /// Returns the command that starts it, without a program.
    pub fn command(&self) -> Command {
        let mut command = Command::new(self.words[0]);
        command.args(&self.words[1..]);
        command
    }

    /// Returns how to install numpy for it.
    pub fn numpy_advice(&self) -> &'static str {
        match self.is_managed {
            true => "python3 -m venv target/python && . target/python/bin/activate && pip install numpy",
            false if cfg!(windows) => "python -m pip install numpy",
            false => "python3 -m pip install numpy",
        }
    }
}

/// The reason why a command has no output.
#[derive(Debug)]
enum Failure {
    NotStarted(io::Error),
    TooLong(Duration),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotStarted(error) => write!(f, "does not start ({error})"),
            Self::TooLong(limit) => write!(f, "did not end within {} seconds", limit.as_secs_f64()),
        }
    }
}

/// Runs a command and returns its output. After `limit` the command is interrupted, as by Ctrl-C, and then killed.
fn limited(command: &mut Command, limit: Duration) -> Result<Output, Failure> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Failure::NotStarted)?;
    let (stdout, stderr) = (listen(child.stdout.take()), listen(child.stderr.take()));
    let Some(status) = ends_within(&mut child, limit) else {
        interrupt(&child);
        if ends_within(&mut child, GRACE.min(limit)).is_none() {
            let _ = child.kill();
            let _ = child.wait();
        }
        return Err(Failure::TooLong(limit));
    };
    // A process that the command has left behind may hold the pipes open.
    let heard = |stream: Receiver<Vec<u8>>| stream.recv_timeout(GRACE.min(limit)).map_err(|_| Failure::TooLong(limit));
    Ok(Output { status, stdout: heard(stdout)?, stderr: heard(stderr)? })
}

fn ends_within(child: &mut Child, limit: Duration) -> Option<std::process::ExitStatus> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            _ if start.elapsed() >= limit => return None,
            _ => thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn listen(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
        let _ = sender.send(bytes); // after the limit, no one receives it
    });
    receiver
}

/// Interrupts a program, so that it can stop its own processes and remove its shared memory. Without `kill` it is only stopped.
#[cfg(unix)]
fn interrupt(child: &Child) {
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
}

/// Does nothing: this system cannot interrupt one program.
#[cfg(not(unix))]
fn interrupt(_child: &Child) {}

fn last_line(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(String::from)
}

/// Runs the lab's Python programs and adds their figures to the report. A program that cannot run becomes a warning.
pub fn compare(lab: &Lab, arguments: &Arguments, report: &mut Report) {
    if lab.python.is_empty() {
        report.warnings.push(Warning::Python {
            message: "the lecture has no Python program for this lab".into(),
            advice: "see lab-mutex, whose programs repair the same counter with a lock",
        });
        return;
    }
    let interpreter = match Interpreter::find() {
        Ok(interpreter) => interpreter,
        Err(Missing { why, advice }) => {
            let message = format!("{why}, so the lecture's programs were not run");
            return report.warnings.push(Warning::Python { message, advice });
        }
    };
    let progress = Progress::new();
    for program in lab.python {
        progress.say(format_args!("{} {}", interpreter.words.join(" "), program.file));
        match run(lab, &interpreter, program, arguments) {
            Ok(document) => match comparison(program, &document, report) {
                Some(comparison) => report.python.push(comparison),
                None => report.warnings.push(failed(program, "its output has no such figure")),
            },
            Err(warning) => report.warnings.push(warning),
        }
    }
}

fn run(lab: &Lab, interpreter: &Interpreter, program: &PythonProgram, arguments: &Arguments) -> Result<Value, Warning> {
    let mut command = interpreter.command();
    command.arg(lab.file(program.file)).arg("--json");
    for (flag, parameter) in program.flags {
        if let Some(value) = arguments.get(parameter) {
            command.arg(format!("--{flag}")).arg(value.to_string());
        }
    }
    command.arg("--repeat").arg(arguments.repeat().min(MOST_REPEATS).to_string());
    let output = limited(&mut command, LONGEST_RUN).map_err(|failure| match failure {
        Failure::TooLong(_) => Warning::Python {
            message: format!("{} {failure}, so it was stopped", program.file),
            advice: "ask for a smaller --size, or for fewer --increments",
        },
        Failure::NotStarted(error) => failed(program, &error.to_string()),
    })?;
    if output.status.code() == Some(NUMPY_IS_MISSING) {
        return Err(Warning::Python {
            message: format!("numpy was not found, so {} was not run", program.file),
            advice: interpreter.numpy_advice(),
        });
    }
    if !output.status.success() {
        return Err(failed(program, &last_line(&output.stderr).unwrap_or_else(|| "no message".into())));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| failed(program, &format!("its output is not valid JSON: {error}")))
}

fn comparison(program: &PythonProgram, document: &Value, report: &Report) -> Option<Comparison> {
    let figures = document["figures"][program.name].as_array()?;
    Some(Comparison {
        program: program.file,
        figure: program.figure,
        version: document["python"].as_str()?.to_string(),
        numpy: document["numpy"].as_str().map(String::from),
        python: Summary::of(figures.iter().filter_map(Value::as_f64))?,
        ours: report.figure(program.ours),
        lecture: program.lecture,
    })
}

fn failed(program: &PythonProgram, why: &str) -> Warning {
    Warning::Python {
        message: format!("{} ended without a result: {why}", program.file),
        advice: "run it by hand to see all that it says: python3, then its path in the lab's folder",
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(1500);

    /// Finds among interpreters that are lines of shell.
    macro_rules! among {
        ($($line:literal),+) => { Interpreter::find_among(&[$(&["sh", "-c", $line, "sh"]),+], SOON) };
    }

    fn why(found: Result<Interpreter, Missing>) -> String {
        let Missing { why, advice } = found.unwrap_err();
        assert!(!why.contains('\n') && !advice.is_empty());
        why.replace("sh -c ", "")
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri starts no processes")]
    fn the_first_interpreter_that_works_is_taken() {
        let found = among!("echo 2 7 0", "exit 127", "echo 3 14 1", "echo 3 13 0").unwrap();
        assert!(found.words[2] == "echo 3 14 1" && found.numpy_advice().contains("venv"), "{found:?}");
        let found = among!("echo 3 8 0").unwrap();
        assert!(!found.numpy_advice().contains("venv"), "{found:?}");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri starts no processes")]
    fn an_interpreter_that_does_not_work_is_named_with_its_reason() {
        assert_eq!(why(among!("echo 3 7 0")), "echo 3 7 0 sh is Python 3.7, which is too old");
        assert_eq!(why(among!("echo 2 7 0", "echo 3 6 0")), "echo 2 7 0 sh is Python 2.7, which is too old");
        let broken = why(among!("printf 'first\\nno encodings\\n\\n' >&2; exit 1"));
        assert!(broken.ends_with("sh does not work (no encodings)"), "{broken}");
        assert_eq!(why(among!("echo hello")), "echo hello sh does not work (it prints no version)");
        assert_eq!(why(among!("echo 3 11 0; exit 1")), "echo 3 11 0; exit 1 sh does not work (it prints no version)");
        let none = Interpreter::find_among(&[&["no-such-python"], &["nor-this"]], SOON);
        assert_eq!(why(none), "no-such-python was not found");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri starts no processes")]
    fn an_interpreter_that_hangs_is_stopped() {
        let start = Instant::now();
        assert_eq!(why(among!("exec sleep 60")), "exec sleep 60 sh did not end within 1.5 seconds");
        // One that ignores Ctrl-C, and one that leaves a process behind with the same output.
        assert!(why(among!("trap '' INT; exec sleep 60")).ends_with("within 1.5 seconds"));
        assert!(why(among!("sleep 9 & echo 3 11 0")).ends_with("within 1.5 seconds"));
        assert!(start.elapsed() < Duration::from_secs(50), "{:?}", start.elapsed());
        assert!(among!("exec sleep 60", "echo 3 11 0").is_ok(), "the next one is tried");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri starts no processes")]
    fn an_interrupted_program_can_clean_up() {
        let folder = std::env::temp_dir().join(format!("labs-python-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mark = folder.join("mark");
        let mut command = Command::new("sh");
        command.args(["-c", "trap 'rm \"$0\"; exit 130' INT; : > \"$0\"; while :; do sleep 0.05; done"]).arg(&mark);
        let ended = limited(&mut command, SOON);
        let is_clean = !mark.exists();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(ended, Err(Failure::TooLong(SOON))) && is_clean);
    }
}
