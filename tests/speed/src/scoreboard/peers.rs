//! Runs peers in separate processes. A peer gets the arrays once, and then runs one kernel per request.
//!
//! A pipe with lines of text suits both a C and a Python program, and needs no `unsafe`. The peer times its kernel
//! itself, so that the pipe is not part of the time.

use common::python::Interpreter;
use common::timing::Sample;
use common::{Error, workers::bytes_of};
use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// Returns the path of a file of this package.
fn own(name: &str) -> PathBuf {
    workspace::root().join("tests/speed").join(name)
}

/// The exit status of `kernels.py` if numpy is missing.
const NUMPY_IS_MISSING: i32 = 3;

/// The compiler flags of the C peer.
pub const C_FLAGS: [&str; 3] = ["-O3", "-march=native", "-fopenmp"];

/// A peer that is not installed, and how to get it.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The name of the peer, `c` or `python`.
    pub peer: &'static str,
    /// What was not found, or did not work.
    pub why: String,
    /// How to get it.
    pub advice: &'static str,
}

/// A process that waits for the name of a kernel to run.
#[derive(Debug)]
pub struct Peer {
    /// The name of the peer, `c` or `python`.
    pub name: &'static str,
    /// The names and versions of its compiler, interpreter and libraries.
    pub versions: Vec<(String, String)>,
    kernels: Vec<String>,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _folder: Option<TempDir>,
}

impl Peer {
    /// Compiles `kernels.c` beside this program and starts it.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn c() -> Result<Self, Missing> {
        let missing = |why: String| Missing {
            peer: "c",
            why,
            advice: "install GCC, or Clang with its OpenMP, as `cc` (Debian and Ubuntu: apt install gcc)",
        };
        let program = env::current_exe().map_err(|error| missing(error.to_string()))?;
        let folder = tempfile::tempdir_in(program.parent().unwrap_or(Path::new(".")));
        let folder = folder.map_err(|error| missing(format!("cannot create a folder for its program: {error}")))?;
        let executable = folder.path().join("kernels");
        let mut compiler = Command::new("cc");
        compiler.args(C_FLAGS).arg(own("peers/kernels.c")).arg("-o").arg(&executable).arg("-lm");
        let output = compiler.output().map_err(|error| missing(format!("cc was not found ({error})")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let line = said.lines().find(|line| line.contains("error")).unwrap_or("without a message");
            return Err(missing(format!("cc {} failed: {line}", C_FLAGS.join(" "))));
        }
        let mut command = Command::new(&executable);
        // Otherwise its threads spin for a while after their work and disturb the next measurement.
        command.env("OMP_WAIT_POLICY", "passive").env("OMP_DYNAMIC", "false");
        Self::start("c", command, Some(folder))
            .map_err(|why| missing(format!("the program that cc compiled did not run: {why}")))
    }

    /// Starts `kernels.py`.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub fn python() -> Result<Self, Missing> {
        let missing = |why: String, advice| Missing { peer: "python", why, advice };
        let interpreter = Interpreter::find().map_err(|none| missing(none.why, none.advice))?;
        let mut command = interpreter.command();
        command.arg(own("peers/kernels.py"));
        command.args(["naive-chunks", "compute-heavy"].map(|lab| workspace::root().join("labs").join(lab)));
        Self::start("python", command, None).map_err(|silence| match silence {
            Silence::Ended(Some(NUMPY_IS_MISSING)) => missing("numpy was not found".into(), interpreter.numpy_advice()),
            why => missing(format!("kernels.py: {why}"), "run it by hand: python3 tests/speed/peers/kernels.py"),
        })
    }

    fn start(name: &'static str, mut command: Command, folder: Option<TempDir>) -> Result<Self, Silence> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(Silence::NeverStarted)?;
        let input = child.stdin.take().expect("it was asked for");
        let output = BufReader::new(child.stdout.take().expect("it was asked for"));
        let (versions, kernels) = (Vec::new(), Vec::new());
        let mut peer = Self { name, versions, kernels, child, input, output, _folder: folder };
        match peer.line().and_then(|versions| Ok((versions, peer.line()?))) {
            Ok((versions, kernels)) => {
                let named = versions.split(", ").filter_map(|named| named.split_once(' '));
                peer.versions = named.map(|(name, version)| (name.into(), version.into())).collect();
                peer.kernels = kernels.split(' ').map(String::from).collect();
                Ok(peer)
            }
            Err(_) => Err(Silence::Ended(peer.child.wait().ok().and_then(|status| status.code()))),
        }
    }

    /// Returns whether it has such a kernel.
    pub fn knows(&self, kernel: &str) -> bool {
        self.kernels.iter().any(|known| known == kernel)
    }

    /// Sends the arrays that its kernels work on.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when it has died.
    pub fn send(&mut self, integers: &[i64], doubles: &[f64]) -> Result<(), Error> {
        let doubles: Vec<i64> = doubles.iter().map(|double| double.to_bits().cast_signed()).collect();
        for (kind, array) in [("integers", integers), ("doubles", &doubles)] {
            let head = writeln!(self.input, "{kind} {}", array.len());
            let sent = head.and_then(|()| self.input.write_all(bytes_of(array)));
            sent.and_then(|()| self.line()).map_err(|error| self.died(error))?;
        }
        Ok(())
    }

    /// Runs one kernel once, timed by the peer itself.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when it has died or its answer cannot be parsed.
    pub fn run(&mut self, kernel: &str, threads: usize) -> Result<Sample<f64>, Error> {
        let asked = writeln!(self.input, "run {kernel} {threads}");
        let line = asked.and_then(|()| self.line()).map_err(|error| self.died(error))?;
        let numbers: Vec<f64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [seconds, value] => Ok(Sample { value, seconds, phases: Vec::new(), bytes_copied: None }),
            _ => Err(Error::Failure(format!("the peer {} answered {line:?} to {kernel}", self.name))),
        }
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_string()),
        }
    }

    fn died(&self, error: io::Error) -> Error {
        Error::io(format_args!("the peer {} has died", self.name), error)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns why a process has not sent its greeting.
enum Silence {
    NeverStarted(io::Error),
    Ended(Option<i32>),
}

impl std::fmt::Display for Silence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NeverStarted(error) => error.fmt(formatter),
            Self::Ended(Some(status)) => write!(formatter, "it ended with status {status}"),
            Self::Ended(None) => formatter.write_str("it was killed"),
        }
    }
}
