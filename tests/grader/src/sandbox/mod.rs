//! The sandboxes: one to compile in, one to run in. bubblewrap creates separate namespaces that contain only what is
//! needed: no network, no other process, no environment, and limits on time, memory, files and processes. Where
//! bubblewrap does not work, Landlock and seccomp are used instead ([`reduced`]).

#[cfg(target_os = "linux")]
pub mod reduced;

use crate::trouble;
use anyhow::{Context as _, Result, ensure};
use std::env;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The strength of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Separate namespaces, no privileges, limits.
    Full,
    /// Landlock and seccomp, without separate namespaces: the program can name files and processes outside, but not open
    /// or signal them.
    Reduced,
    /// Only limits, because `--i-trust-this-code` was given.
    LimitsOnly,
}

impl Isolation {
    /// Returns the name that a grade shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Reduced => "reduced: Landlock and seccomp, no namespaces (bubblewrap does not work here)",
            Self::LimitsOnly => "none: limits only (--i-trust-this-code)",
        }
    }

    /// Returns the strongest isolation that works here, and why stronger ones do not.
    ///
    /// # Errors
    ///
    /// No sandbox works here. The error gives the reason and the command of each.
    pub fn probe() -> Result<(Self, Vec<Unavailable>), Unusable> {
        let mut failed = Vec::new();
        for isolation in [Self::Full, Self::Reduced] {
            match isolation.try_out() {
                Ok(()) => return Ok((isolation, failed)),
                Err(reason) => failed.push(reason),
            }
        }
        Err(Unusable(failed))
    }

    /// Returns whether this isolation works here.
    pub fn works(self) -> bool {
        self.try_out().is_ok()
    }

    /// Runs a program in this sandbox.
    ///
    /// # Errors
    ///
    /// The sandbox does not work here.
    pub fn try_out(self) -> Result<(), Unavailable> {
        let readable = ["/usr", "/lib", "/lib64"].map(|path| (Path::new(path), path));
        let contents = match self {
            Self::Full => Contents {
                links: vec![("usr/lib", "/lib"), ("usr/lib64", "/lib64")],
                ..Contents::of(readable.into_iter().take(1), None)
            },
            _ => Contents::of(readable.into_iter().filter(|(path, _)| path.exists()), None),
        };
        let limits = Limits { seconds: 10, file: 0, ..COMPILE };
        let program = ["/usr/bin/true".to_string()];
        let outcome = match run(self, limits, &contents, &program, "") {
            Ok(Outcome { code: Some(0), .. }) => return Ok(()),
            Ok(outcome) if outcome.timed_out => format!("it did not end within {} s", limits.seconds),
            Ok(outcome) => {
                let status = outcome.code.map_or("a signal".into(), |code| format!("exit status {code}"));
                format!("{status} {}", outcome.stderr.trim()).trim().to_string()
            }
            Err(error) => format!("{error:#}"),
        };
        let command = self.command(limits, &contents, &program);
        let command = command.map_or_else(|error| format!("{error:#}"), |command| format!("{command:?}"));
        Err(Unavailable { isolation: self, reason: outcome, command })
    }

    /// Builds the command that runs another command in this sandbox.
    fn command(self, limits: Limits, contents: &Contents<'_>, command: &[String]) -> Result<Command> {
        let mut prlimit = Command::new("prlimit");
        prlimit.arg(format!("--as={}", limits.memory));
        // At the first number the kernel sends SIGXCPU. A SIGKILL is therefore not from this limit.
        prlimit.arg(format!("--cpu={}:{}", limits.cpu_seconds, limits.cpu_seconds + 1));
        prlimit.arg(format!("--fsize={}", limits.file)).args(["--core=0", "--nofile=64", "--stack=67108864"]);
        match self {
            Self::Full => contents.bubblewrap(&mut prlimit, command),
            Self::Reduced | Self::LimitsOnly => {
                if self == Self::Reduced {
                    prlimit.arg(own_program()?).arg("sandbox");
                    prlimit.args(contents.writable.is_none().then_some("--unprivileged"));
                    prlimit.args(contents.filter.is_some().then_some("--strict"));
                    prlimit.args(contents.readable.iter().flat_map(|(outside, _)| [Path::new("--read"), outside]));
                    prlimit.args(contents.writable.iter().flat_map(|(outside, _)| [Path::new("--write"), outside]));
                }
                prlimit.args(command.iter().map(|word| contents.outside(word))).current_dir("/").env_clear();
                prlimit.envs(contents.environment.iter().map(|(name, value)| (name, contents.outside(value))));
            }
        }
        Ok(prlimit)
    }
}

/// A sandbox that does not work here.
#[derive(Debug)]
pub struct Unavailable {
    isolation: Isolation,
    /// The reason, with a fix.
    pub reason: String,
    command: String,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.isolation {
            Isolation::Full => "bubblewrap",
            Isolation::Reduced => "Landlock with seccomp",
            Isolation::LimitsOnly => "prlimit",
        };
        write!(f, "{name} does not work here: {} (tried: {})", self.reason, self.command)
    }
}

/// The reasons why no sandbox works here.
#[derive(Debug)]
pub struct Unusable(Vec<Unavailable>);

impl Error for Unusable {}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<String> = self.0.iter().map(Unavailable::to_string).collect();
        write!(f, "no sandbox works here; mend one of them, or give --i-trust-this-code:\n{}", reasons.join("\n"))
    }
}

const NAMESPACES: [&str; 10] = [
    "--unshare-all",
    "--unshare-user",
    "--uid",
    "65534",
    "--gid",
    "65534",
    "--die-with-parent",
    "--new-session",
    "--cap-drop",
    "ALL",
];

/// The limits of a sandbox.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most elapsed time, in seconds.
    pub seconds: u64,
    /// The most CPU time, in seconds.
    pub cpu_seconds: u64,
    /// The most memory, in bytes.
    pub memory: u64,
    /// The largest file, in bytes.
    pub file: u64,
    /// The most bytes of output that are stored.
    pub output: usize,
}

/// The limits for compiling. The elapsed time is large, so that it ends a compiler that hangs, and not one on a busy machine.
pub const COMPILE: Limits = Limits { seconds: 300, cpu_seconds: 10, memory: 3 << 30, file: 64 << 20, output: 1 << 20 };
/// The limits for the program of a submission. It answers all questions in less than a second of processor time; the elapsed
/// time is large for the same reason.
pub const RUN: Limits = Limits { seconds: 600, cpu_seconds: 20, memory: 2 << 30, file: 0, output: 256 * 1024 };

/// The limits for the judge, which is outside of the sandbox.
pub const JUDGE: Limits = Limits { seconds: 600, cpu_seconds: 120, memory: 4 << 30, file: 0, output: 1 << 20 };

/// The signals from outside, which neither a submission's code nor a limit causes: SIGHUP, SIGINT, SIGQUIT, SIGBUS (a mapped file has no
/// room on the disk), SIGKILL (the system ran out of memory) and SIGTERM.
pub const SENT: [i32; 6] = [1, 2, 3, 7, 9, 15];

/// The result of a command in a sandbox.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status, or 128 plus the signal that ended it, as in a shell.
    pub code: Option<i32>,
    /// The first bytes of its standard output.
    pub stdout: String,
    /// The first bytes of its standard error.
    pub stderr: String,
    /// Whether it was stopped because of the time limit.
    pub timed_out: bool,
}

/// The content of a sandbox, as pairs of paths: outside, inside. There is no default, so that the filter is never left
/// out by accident.
#[derive(Debug)]
pub struct Contents<'a> {
    /// Readable files and folders: outside, inside.
    pub readable: Vec<(&'a Path, String)>,
    /// A writable folder, for commands that may start processes.
    pub writable: Option<(&'a Path, &'a str)>,
    /// A file with the system call filter for a submission's program. bubblewrap reads it; the reduced sandbox builds its own.
    pub filter: Option<&'a Path>,
    /// Symbolic links: their target, their path.
    pub links: Vec<(&'a str, &'a str)>,
    /// The environment variables, with their values.
    pub environment: Vec<(&'a str, String)>,
}

/// Writes the system call filter for a submission's program into a folder. Returns its path; `None` where there is no
/// seccomp.
///
/// # Errors
///
/// The folder is full, or there is no filter for this architecture.
pub fn filter_in(folder: &Path) -> Result<Option<PathBuf>> {
    #[cfg(target_os = "linux")]
    {
        let path = folder.join("filter");
        fs::write(&path, reduced::filter()?).context("cannot write into the submission's folder")?;
        Ok(Some(path))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        Ok(None)
    }
}

/// Runs a command in a sandbox, with `input` on its standard input.
///
/// # Errors
///
/// The sandbox cannot be created: that is the grader's fault, not the submission's.
pub fn run(
    isolation: Isolation,
    limits: Limits,
    contents: &Contents<'_>,
    command: &[String],
    input: &str,
) -> Result<Outcome> {
    let mut running = start(isolation, limits, contents, command)?;
    let stdout = running.output.take().map(|stdout| listen(stdout, limits.output));
    if let Some(mut stdin) = running.input.take() {
        let _ = stdin.write_all(input.as_bytes()); // the command may end without reading its input
    }
    let timed_out = running.wait(Duration::from_secs(limits.seconds), None)? != Waited::Ended;
    let stdout = stdout.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let outcome = running.end(contents, isolation)?;
    Ok(Outcome { stdout: contents.inside(stdout, isolation), timed_out, ..outcome })
}

/// Starts a command in a sandbox.
///
/// # Errors
///
/// The sandbox cannot be created.
pub fn start(isolation: Isolation, limits: Limits, contents: &Contents<'_>, command: &[String]) -> Result<Running> {
    let mut prlimit = isolation.command(limits, contents, command)?;
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut prlimit, 0);
    let child = prlimit.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.context("cannot start prlimit: is util-linux installed?")?;
    let errors = listen(child.stderr.take().context("it has one")?, limits.output);
    Ok(Running { input: child.stdin.take(), output: child.stdout.take(), errors: Some(errors), child })
}

/// The end of a wait for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The command ended by itself, with an exit status or by a signal.
    Ended,
    /// It was killed, because it took too long.
    Late,
    /// It was killed, because it and what it talks with waited for each other.
    Asleep,
}

/// Looks at processes that talk with each other, one per second.
struct Looks {
    last: Instant,
    /// How many looks in a row found all processes asleep, with the same processor time.
    asleep: u32,
    /// The processor time of all processes at the last look, in the system's ticks.
    ticks: u64,
}

/// Looks after which processes that sleep will not wake up. A process that gets an answer is at once ready to run, however busy
/// the machine is. So one look would do, if all processes could be looked at in the same moment.
const ENOUGH_LOOKS: u32 = 5;

impl Looks {
    /// Returns whether these processes, and all that they started, wait for each other.
    fn are_asleep(&mut self, roots: [u32; 2]) -> bool {
        if self.last.elapsed() < Duration::from_secs(1) {
            return false;
        }
        self.last = Instant::now();
        let found = family(&roots);
        let ticks = found.iter().map(|process| process.ticks).sum();
        // A process that waits for a CPU is in state R, and one that waits for a disk in state D.
        let all_sleep = !found.is_empty() && found.iter().all(|process| process.state == "S");
        self.asleep = if all_sleep && ticks == self.ticks { self.asleep + 1 } else { 0 };
        self.ticks = ticks;
        self.asleep >= ENOUGH_LOOKS
    }
}

/// A process as the system describes it.
struct Process {
    number: u32,
    parent: u32,
    state: String,
    ticks: u64,
}

impl Process {
    /// Reads a line `NUMBER (NAME) STATE PARENT ...`. A name may contain spaces and parentheses.
    fn read(line: &str) -> Option<Self> {
        let (number, rest) = (line.split(' ').next()?, line.rsplit_once(") ")?.1);
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
        Some(Self {
            number: number.parse().ok()?,
            parent: fields.get(1)?.parse().ok()?,
            state: (*fields.first()?).to_string(),
            ticks: ticks(11)? + ticks(12)?,
        })
    }
}

/// Returns processes with all that they started; none without `/proc`.
fn family(roots: &[u32]) -> Vec<Process> {
    let all = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let mut others: Vec<Process> =
        all.filter_map(|process| Process::read(&fs::read_to_string(process.path().join("stat")).ok()?)).collect();
    let mut found: Vec<Process> = others.extract_if(.., |process| roots.contains(&process.number)).collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.number) {
        found.extend(others.extract_if(.., |process| process.parent == parent));
        next += 1;
    }
    found
}

/// A command that runs in a sandbox. If it is dropped, it and all that it started are killed.
#[derive(Debug)]
pub struct Running {
    /// The pipe to its standard input.
    pub input: Option<ChildStdin>,
    /// The pipe from its standard output.
    pub output: Option<ChildStdout>,
    errors: Option<thread::JoinHandle<String>>,
    child: Child,
}

impl Running {
    /// Waits until the command ends. After `patience`, kills it and the processes that it started. If it talks with the
    /// process of number `other`, kills it also if both wait for each other.
    ///
    /// # Errors
    ///
    /// The system does not say whether it has ended.
    pub fn wait(&mut self, patience: Duration, other: Option<u32>) -> Result<Waited> {
        let start = Instant::now();
        let (mut waited, mut pause) = (Waited::Ended, Duration::from_micros(500));
        let mut looks = Looks { last: start, asleep: 0, ticks: 0 };
        while !has_ended(&mut self.child)? {
            if waited == Waited::Ended {
                if start.elapsed() > patience {
                    waited = Waited::Late;
                } else if other.is_some_and(|other| looks.are_asleep([self.child.id(), other])) {
                    waited = Waited::Asleep;
                }
                if waited != Waited::Ended {
                    end_group(&mut self.child);
                }
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
        Ok(waited)
    }

    /// Kills what is left of the command, and returns how it ended and what it wrote to standard error.
    ///
    /// # Errors
    ///
    /// The sandbox could not be created, or the system does not say how the command ended.
    pub fn end(mut self, contents: &Contents<'_>, isolation: Isolation) -> Result<Outcome> {
        end_group(&mut self.child);
        let status = self.child.wait().context("cannot wait for the sandbox")?;
        let stderr = self.errors.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        let stderr = contents.inside(stderr, isolation);
        let is_ours = ["bwrap: ", "prlimit: ", "grade: "].iter().any(|name| stderr.starts_with(name));
        // These programs write their messages before the command starts, so a message of theirs comes first.
        let is_ours = is_ours && status.code().is_some_and(|code| code != 0);
        ensure!(!is_ours, "{}", trouble::explain(stderr.trim()));
        Ok(Outcome { code: code(status), stdout: String::new(), stderr, timed_out: false })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `end` the process is gone. Its number is not used again before it is waited for.
        if matches!(self.child.try_wait(), Ok(None)) {
            end_group(&mut self.child);
            let _ = self.child.wait();
        }
    }
}

#[cfg(unix)]
fn code(status: ExitStatus) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().or_else(|| Some(128 + status.signal()?))
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> Option<i32> {
    status.code()
}

/// Returns the program that enters the reduced sandbox: `grade`, which is this program, or is next to this test's
/// folder.
fn own_program() -> Result<PathBuf> {
    let own = env::current_exe().context("cannot find the grader's own program")?;
    let all = own.ancestors().skip(1).take(2).map(|folder| folder.join("grade"));
    all.into_iter().find(|path| path.is_file()).context("cannot find the program grade")
}

/// Returns whether the process has ended, without reaping it. So its number stays reserved, and no other process group
/// can get that number.
#[cfg(unix)]
fn has_ended(child: &mut Child) -> Result<bool> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let status = waitid(WaitId::Pid(Pid::from_child(child)), options).context("cannot wait for the sandbox")?;
    Ok(status.is_some())
}

#[cfg(unix)]
fn end_group(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL); // the group may have ended already
}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> Result<bool> {
    Ok(child.try_wait().context("cannot wait for the sandbox")?.is_some())
}

#[cfg(not(unix))]
fn end_group(child: &mut Child) {
    let _ = child.kill();
}

impl<'a> Contents<'a> {
    /// Creates contents from readable paths and a system call filter, with nothing else.
    pub fn of(readable: impl IntoIterator<Item = (&'a Path, impl Into<String>)>, filter: Option<&'a Path>) -> Self {
        let readable = readable.into_iter().map(|(outside, inside)| (outside, inside.into())).collect();
        Self { readable, filter, writable: None, links: Vec::new(), environment: Vec::new() }
    }

    fn bubblewrap(&self, prlimit: &mut Command, command: &[String]) {
        if let Some(filter) = self.filter {
            // bubblewrap reads it from a file descriptor; a shell can open one without unsafe code.
            prlimit.args(["sh", "-c", "exec 9<\"$0\"; exec \"$@\""]).arg(filter).args(["bwrap", "--seccomp", "9"]);
        } else {
            prlimit.arg("bwrap");
        }
        prlimit.args(NAMESPACES).arg("--clearenv");
        for (name, value) in &self.environment {
            prlimit.args(["--setenv", name, value]);
        }
        for (outside, inside) in &self.readable {
            prlimit.arg("--ro-bind").arg(outside).arg(inside);
        }
        for (to, at) in &self.links {
            prlimit.args(["--symlink", to, at]);
        }
        if let Some((outside, inside)) = self.writable {
            prlimit.arg("--bind").arg(outside).arg(inside);
        }
        prlimit.args(["--remount-ro", "/", "--chdir", "/"]).args(command);
    }

    fn places(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.readable.iter().map(|(outside, inside)| (*outside, inside.as_str())).chain(self.writable)
    }

    /// Replaces inside paths in an argument, because a command without a namespace needs the outside ones.
    fn outside(&self, word: &str) -> String {
        self.places().fold(word.to_string(), |word, (outside, inside)| replace_path(&word, inside, outside))
    }

    /// Replaces outside paths in a message by inside paths, so that a message is the same in every sandbox.
    fn inside(&self, text: String, isolation: Isolation) -> String {
        if isolation == Isolation::Full {
            return text;
        }
        self.places().fold(text, |text, (outside, inside)| text.replace(&outside.display().to_string(), inside))
    }
}

/// Replaces an inside path by the outside one, at the start of a word or after `=`.
fn replace_path(word: &str, inside: &str, outside: &Path) -> String {
    let at_start = word.strip_prefix(inside).map(|rest| format!("{}{rest}", outside.display()));
    at_start.unwrap_or_else(|| word.replace(&format!("={inside}"), &format!("={}", outside.display())))
}

/// Reads a stream to its end and stores its first `most` bytes, so that the writer never waits for a full pipe.
fn listen(mut stream: impl Read + Send + 'static, most: usize) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let (mut kept, mut buffer) = (Vec::new(), [0; 8192]);
        while let Ok(count) = stream.read(&mut buffer) {
            if count == 0 {
                break;
            }
            let room = most.saturating_sub(kept.len()).min(count);
            kept.extend_from_slice(&buffer[..room]);
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}
