//! The boxes: one to compile in, one to run in. Each is a namespace of its own for everything (bubblewrap), with nothing in it but what is
//! needed, no network, no other process, no environment, and limits on time, memory, files and processes.

use anyhow::{Context as _, Result};
use std::fs;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How a submission is boxed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Namespaces of its own, no privileges, limits.
    Full,
    /// Limits alone, because there is no bubblewrap that works and somebody trusts this code.
    LimitsOnly,
}

impl Isolation {
    /// For the result.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::LimitsOnly => "reduced: limits only, no namespaces (bubblewrap does not work here)",
        }
    }

    /// What works here.
    pub fn probe() -> Option<Self> {
        let mut command = Command::new("bwrap");
        command.args(NAMESPACES).args(["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib"]);
        command.args(["--symlink", "usr/lib64", "/lib64", "/usr/bin/true"]);
        let works = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        works.is_ok_and(|status| status.success()).then_some(Self::Full)
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

/// What a box grants.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Seconds by the clock.
    pub seconds: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes of a file.
    pub file: u64,
    /// Bytes of output that are kept.
    pub output: usize,
}

/// For compiling.
pub const COMPILE: Limits = Limits { seconds: 30, cpu_seconds: 20, memory: 3 << 30, file: 64 << 20, output: 64 * 1024 };
/// For running one item.
pub const RUN: Limits = Limits { seconds: 10, cpu_seconds: 15, memory: 2 << 30, file: 0, output: 256 * 1024 };

/// What became of a command in a box.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    /// The beginning of what it said.
    pub stdout: String,
    /// The beginning of what it said there.
    pub stderr: String,
    /// Whether it was stopped because its time was over.
    pub timed_out: bool,
}

/// A box: what is in it, from outside to inside.
#[derive(Debug, Default)]
pub struct Contents<'a> {
    /// Files and folders that can be read: outside, inside.
    pub readable: Vec<(&'a Path, String)>,
    /// A folder that can be written.
    pub writable: Option<(&'a Path, &'a str)>,
    /// Links: what they lead to, where they are.
    pub links: Vec<(&'a str, &'a str)>,
    /// Environment.
    pub environment: Vec<(&'a str, String)>,
    /// Whether there is a `/tmp`.
    pub has_tmp: bool,
}

/// Runs a command in a box, and gives it this on standard input.
///
/// # Errors
///
/// The box cannot be made: the grader's fault, and not the submission's.
pub fn run(
    isolation: Isolation,
    limits: Limits,
    contents: &Contents<'_>,
    command: &[String],
    input: &str,
) -> Result<Outcome> {
    let mut boxed = Command::new("prlimit");
    boxed.arg(format!("--as={}", limits.memory)).arg(format!("--cpu={}", limits.cpu_seconds));
    boxed.arg(format!("--fsize={}", limits.file)).args(["--core=0", "--nofile=64", "--stack=67108864"]);
    match isolation {
        Isolation::Full => {
            boxed.arg("bwrap").args(NAMESPACES).arg("--clearenv");
            for (name, value) in &contents.environment {
                boxed.args(["--setenv", name, value]);
            }
            for (outside, inside) in &contents.readable {
                boxed.arg("--ro-bind").arg(outside).arg(inside);
            }
            for (to, at) in &contents.links {
                boxed.args(["--symlink", to, at]);
            }
            if contents.has_tmp {
                boxed.args(["--tmpfs", "/tmp"]);
            }
            if let Some((outside, inside)) = contents.writable {
                boxed.arg("--bind").arg(outside).arg(inside);
            }
            boxed.args(["--chdir", "/"]).args(command);
        }
        Isolation::LimitsOnly => {
            // Without a box the names inside are those outside.
            let outside = |word: &String| {
                let places = contents.readable.iter().map(|(outside, inside)| (*outside, inside.as_str()));
                let all = places.chain(contents.writable);
                all.fold(word.clone(), |word, (outside, inside)| replace_path(&word, inside, outside))
            };
            boxed.env_clear().env("PATH", "/usr/bin:/bin").args(command.iter().map(outside));
        }
    }
    let mut child = boxed.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child =
        child.as_mut().ok().context("cannot start prlimit and bwrap: are util-linux and bubblewrap installed?")?;
    let (stdout, stderr) = (child.stdout.take().context("it has one")?, child.stderr.take().context("it has one")?);
    let readers = [listen(stdout, limits.output), listen(stderr, limits.output)];
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes()); // it need not read
    }
    let start = Instant::now();
    let (mut timed_out, mut pause) = (false, Duration::from_micros(500));
    let status = loop {
        if let Some(status) = child.try_wait().context("cannot wait for the box")? {
            break status;
        }
        if start.elapsed() > Duration::from_secs(limits.seconds) && !timed_out {
            timed_out = true;
            let _ = child.kill(); // with it goes everything in the box
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    };
    let [stdout, stderr] = readers.map(|reader| reader.join().unwrap_or_default());
    Ok(Outcome { code: status.code(), stdout, stderr, timed_out })
}

/// A path inside of the box as one outside, wherever it stands in a word.
fn replace_path(word: &str, inside: &str, outside: &Path) -> String {
    let at_start = word.strip_prefix(inside).map(|rest| format!("{}{rest}", outside.display()));
    at_start.unwrap_or_else(|| word.replace(&format!("={inside}"), &format!("={}", outside.display())))
}

/// Keeps the beginning, and reads on to the end, so that nobody waits for a full pipe.
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

/// How the folders of this process begin.
pub fn prefix() -> String {
    format!("grade-{}-", std::process::id())
}

/// A folder for one submission, that anybody in the box may write to.
///
/// # Errors
///
/// The system gives none.
pub fn folder() -> Result<tempfile::TempDir> {
    let folder =
        tempfile::Builder::new().prefix(&prefix()).tempdir().context("cannot make a folder for the submission")?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let out = folder.path().join("out");
        fs::create_dir(&out).context("cannot make a folder for the submission")?;
        fs::set_permissions(&out, fs::Permissions::from_mode(0o777)).context("cannot open a folder to the box")?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))
            .context("cannot open a folder to the box")?;
    }
    Ok(folder)
}
