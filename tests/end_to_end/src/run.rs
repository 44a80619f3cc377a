//! Runs a lab once, with a deadline.

use crate::labs::LabUnderTest;
use crate::programs;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a test waits for something that takes a second on a quiet machine. Only a hang takes so long, even on a
/// busy machine.
pub const DEADLINE: Duration = Duration::from_secs(600);

/// A lock on the machine. Small runs take it as readers. A run takes it as a writer if it needs the machine alone, because
/// it measures or because its arrays are large.
static MACHINE: RwLock<()> = RwLock::new(());

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How the process ended.
    pub status: ExitStatus,
    /// The text on standard output.
    pub stdout: String,
    /// The text on standard error.
    pub stderr: String,
}

impl Outcome {
    /// Parses the one JSON document on standard output.
    ///
    /// # Errors
    ///
    /// The text on standard output, if it is not such a document.
    pub fn json(&self) -> Result<Value, String> {
        let what = |error| format!("standard output is not one JSON document: {error}\n{}", self.stdout);
        serde_json::from_str(&self.stdout).map_err(what)
    }
}

impl LabUnderTest {
    /// Builds a command that runs this lab without a terminal, with empty standard input, and without the caller's
    /// settings.
    pub fn command(&self, line: &str) -> Command {
        let mut command = quiet(Command::new(self.program()));
        command.args(line.split_whitespace());
        command
    }

    /// Builds a command that runs a line of shell, in which `$LAB` is this lab's program.
    #[cfg(unix)]
    pub fn shell(&self, line: &str) -> Command {
        let mut command = quiet(Command::new("sh"));
        command.args(["-c", line]).env("LAB", self.program());
        command
    }

    /// Builds a command that runs this lab on the first CPU that is allowed; `None` if there is no program `taskset`.
    #[cfg(target_os = "linux")]
    pub fn on_one_cpu(&self, line: &str) -> Option<Command> {
        if Command::new("taskset").arg("--version").output().is_err() {
            crate::skipped("what a lab says on one CPU", "there is no program `taskset` to allow just one");
            return None;
        }
        let cpu = "$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')";
        Some(self.shell(&format!("exec taskset -c {cpu} \"$LAB\" {line}")))
    }

    fn program(&self) -> PathBuf {
        programs::program(&format!("lab-{}", self.name))
    }

    /// Runs the lab with these flags and waits for its end.
    pub fn run(&self, line: &str) -> Outcome {
        complete(self.command(line))
    }

    /// Runs the lab while no other run of a test is active.
    pub fn run_alone(&self, line: &str) -> Outcome {
        alone(|| finish(start(self.command(line))))
    }

    /// Runs the lab and stores the result for other tests: each line of flags runs once. A run at the lab's own size is
    /// alone on the machine, because its arrays may be large.
    pub fn run_once(&self, line: &str) -> Arc<Outcome> {
        type Runs = Mutex<BTreeMap<(&'static str, String), Arc<OnceLock<Arc<Outcome>>>>>;
        static RUNS: Runs = Mutex::new(BTreeMap::new());
        let run = {
            let mut runs = RUNS.lock().unwrap_or_else(PoisonError::into_inner);
            runs.entry((self.name, line.to_string())).or_default().clone()
        };
        let is_small = ["--size", "--increments"].iter().any(|flag| line.contains(flag));
        run.get_or_init(|| Arc::new(if is_small { self.run(line) } else { self.run_alone(line) })).clone()
    }

    /// Returns the report of such a run. Each line of flags runs once.
    ///
    /// # Errors
    ///
    /// How the run failed.
    pub fn report(&self, line: &str) -> Result<Value, String> {
        let outcome = self.run_once(&format!("{line} --json"));
        if outcome.status.success() {
            outcome.json()
        } else {
            Err(format!("lab-{} {line} --json: {}: {}", self.name, outcome.status, outcome.stderr))
        }
    }
}

fn quiet(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(variable);
    }
    command
}

/// Returns the flags of a run at the lab's default sizes: with all of its rounds, or with one in the quick tests.
pub fn rounds() -> &'static str {
    static SAID: Once = Once::new();
    if workspace::thorough() {
        return "";
    }
    SAID.call_once(|| crate::say("SAMPLED 1 round of each run at a lab's own sizes"));
    "--repeat 1"
}

/// Calls a function while no other run of a lab is active.
pub fn alone<T>(action: impl FnOnce() -> T) -> T {
    let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    action()
}

/// Calls a function together with other small runs, but not while a run has the machine alone.
pub fn among_others<T>(action: impl FnOnce() -> T) -> T {
    let _among_others = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    action()
}

/// Runs a command to its end, together with other small runs.
pub fn complete(command: Command) -> Outcome {
    among_others(|| finish(start(command)))
}

/// Runs a command to its end, with `input` on its standard input.
pub fn complete_with_input(mut command: Command, input: &str) -> Outcome {
    let _among_others = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
    let mut child = start_command(command.stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().expect("it was asked for");
    let _ = stdin.write_all(input.as_bytes()); // a lab may end without reading its input
    drop(stdin);
    finish(Running::of(child))
}

/// A running program whose output is read.
#[derive(Debug)]
pub struct Running {
    /// The process that was started.
    pub child: Child,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    fn of(mut child: Child) -> Self {
        let stdout = child.stdout.take().map(listen);
        let stderr = child.stderr.take().map(listen);
        Self { child, stdout, stderr }
    }

    /// Returns whether the process ends within this time.
    pub fn ends_within(&mut self, time: Duration) -> bool {
        within(time, || self.child.try_wait().expect("it is a child of ours").is_some())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a command and reads its output.
///
/// # Panics
///
/// If the system cannot start it.
pub fn start(mut command: Command) -> Running {
    Running::of(start_command(&mut command))
}

fn start_command(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("{:?} does not start: {error}", command.get_program()))
}

/// Waits for the end of a run.
///
/// # Panics
///
/// If it does not end before the deadline.
pub fn finish(mut running: Running) -> Outcome {
    let ended = running.ends_within(DEADLINE);
    if !ended {
        let _ = running.child.kill();
    }
    let status = running.child.wait().expect("it is a child of ours");
    let heard = |listener: Option<JoinHandle<String>>| {
        listener.map_or_else(String::new, |listener| listener.join().expect("listening does not panic"))
    };
    let (stdout, stderr) = (heard(running.stdout.take()), heard(running.stderr.take()));
    assert!(ended, "a run went on for more than {DEADLINE:?} and was stopped. It had said:\n{stdout}{stderr}");
    Outcome { status, stdout, stderr }
}

fn listen(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Returns whether a condition becomes true within this time.
pub fn within(time: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if condition() {
            return true;
        }
        if start.elapsed() > time {
            return false;
        }
        thread::sleep(Duration::from_millis(2));
    }
}
