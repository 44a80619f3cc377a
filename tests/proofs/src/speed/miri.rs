//! Miri, an interpreter that runs one schedule per seed. It cannot prove that a counter is right.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Instant;

/// The seeds for each counter.
pub const SEEDS: u32 = 32;

/// What Miri shows of all counters.
#[derive(Clone, Debug, Default)]
pub enum Interpreted {
    /// It was not asked for.
    #[default]
    NotAsked,
    /// It is not there, for this reason.
    Skipped(String),
    /// Miri ran, with a line for each counter.
    Ran(Vec<Seeds>),
}

/// What Miri shows of a counter.
#[derive(Clone, Debug)]
pub struct Seeds {
    /// The name of the counter.
    pub variant: String,
    /// The number of seeds that were tried.
    pub tried: u32,
    /// The time of all seeds, in seconds.
    pub seconds: f64,
    /// The first finding, and after how many seconds it was there.
    pub first: Option<(&'static str, f64)>,
}

/// Runs counters under Miri, as `bash tests/miri.sh` does: 2x3 and 3x2 with each seed.
pub fn run<'a>(variants: impl Iterator<Item = &'a str>) -> Interpreted {
    let answers = |arguments: &[&str]| {
        let output = Command::new("cargo").arg("+nightly").args(arguments).stdin(Stdio::null()).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !answers(&["miri", "--version"]) {
        return Interpreted::Skipped("cargo +nightly miri is not installed".into());
    }
    let root = workspace::root().join("Cargo.toml").to_string_lossy().into_owned();
    let program = ["miri", "run", "--quiet", "--manifest-path", &root, "--package", "under-miri"];
    if !answers(&["miri", "setup"]) || !answers(&program) {
        return Interpreted::Skipped("cargo +nightly miri cannot build the counters: run bash tests/miri.sh".into());
    }
    let mut names: Vec<&str> = variants.collect();
    names.dedup();
    Interpreted::Ran(names.into_iter().map(|variant| seeds(&program, variant)).collect())
}

fn seeds(program: &[&str], variant: &str) -> Seeds {
    let flags = format!(
        "-Zmiri-many-seeds=0..{SEEDS} -Zmiri-many-seeds-keep-going -Zmiri-preemption-rate=0.1 \
         -Zmiri-address-reuse-cross-thread-rate=0 -Zmiri-no-short-fd-operations"
    );
    let mut command = Command::new("cargo");
    command.arg("+nightly").args(program).args(["--", variant]).env("MIRIFLAGS", flags);
    command.env("CARGO_TERM_COLOR", "never"); // the lines are compared below
    let mut seeds = Seeds { variant: variant.into(), tried: 0, seconds: 0.0, first: None };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else { return seeds };
    let (send, receive) = mpsc::channel();
    let pipes = [child.stdout.take().map(boxed), child.stderr.take().map(boxed)];
    for pipe in pipes.into_iter().flatten() {
        let send = send.clone();
        thread::spawn(move || pass_on(pipe, &send));
    }
    drop(send);
    let mut start = None;
    for (time, line) in receive {
        if line.starts_with("Trying seed") {
            seeds.tried += 1;
            start.get_or_insert(time);
        }
        let since = start.map_or(0.0, |start| time.saturating_duration_since(start).as_secs_f64());
        let finding = match line.as_str() {
            "lost an update" => Some("a lost update"),
            line if line.starts_with("error: Undefined Behavior: Data race") => Some("a data race"),
            _ => None,
        };
        seeds.first = seeds.first.or(finding.map(|finding| (finding, since)));
    }
    let _ = child.wait();
    seeds.seconds = start.map_or(0.0, |start| start.elapsed().as_secs_f64());
    seeds
}

fn boxed(pipe: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(pipe)
}

/// Passes on each line, with the time at which it came.
fn pass_on(pipe: Box<dyn Read + Send>, send: &Sender<(Instant, String)>) {
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        if send.send((Instant::now(), line)).is_err() {
            return;
        }
    }
}
