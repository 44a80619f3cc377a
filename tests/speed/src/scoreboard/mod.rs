//! Compares the labs' kernels with C, numpy and rayon, in one interleaved run over the same data.
//!
//! - [`board`]: rows that run in turn, each result verified, and ratios round by round.
//! - [`rows`]: the list of kernels. [`peers`]: C and Python, in separate processes.
//! - [`conditions`]: whether this machine is quiet enough. [`targets`]: how fast the labs should be, and whether they
//!   are.
//! - [`repeats`]: several whole runs. [`output`]: the result as text, Markdown and JSON.

pub mod board;
pub mod command_line;
pub mod conditions;
pub mod output;
pub mod peers;
pub mod repeats;
pub mod rows;
pub mod targets;

use board::{Board, Measured};
use command_line::Settings;
use common::{Error, data, machine::Machine, pin::Pin, shared_memory::SharedMemory};
use conditions::Conditions;
use peers::{Missing, Peer};
use repeats::Repeated;
use rows::Data;
use std::cell::{Cell, RefCell};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use targets::Judgement;

/// The seed of all arrays, which the lecture's programs use too.
const SEED: u64 = 7001;

/// The result of a run.
#[derive(Clone, Debug)]
pub struct Scoreboard {
    /// The start time, in seconds since 1970.
    pub began: u64,
    /// The versions of `rustc`, and of the installed `cc`, `python` and `numpy`.
    pub versions: Vec<(String, String)>,
    /// The numbers of integers to sum, of doubles to sum over, and of increments per thread.
    pub sizes: [usize; 3],
    /// All rows, in the order in which they took turns.
    pub rows: Vec<Measured>,
    /// The state of the machine meanwhile.
    pub conditions: Conditions,
    /// The targets, each with its verdict.
    pub judgements: Vec<Judgement>,
    /// The peers that are not installed.
    pub missing: Vec<Missing>,
    /// The verdicts on each target over all runs, if there were several. All other fields are about the last run.
    pub repeated: Vec<Repeated>,
}

/// Makes as many whole runs as requested, each from the start of the peers to their end.
///
/// # Errors
///
/// The errors of [`measure`].
pub fn repeat(settings: &Settings) -> Result<Scoreboard, Error> {
    let mut board = measure(settings)?;
    let mut runs = vec![board.judgements];
    for _ in 1..settings.repeat() {
        board = measure(settings)?;
        runs.push(board.judgements);
    }
    let repeated = if runs.len() > 1 { repeats::of(&runs) } else { Vec::new() };
    let judgements = runs.pop().expect("there is one run");
    Ok(Scoreboard { judgements, repeated, ..board })
}

/// Runs every installed peer once.
///
/// # Errors
///
/// Memory is short, a peer dies, or a kernel computes a wrong result.
pub fn measure(settings: &Settings) -> Result<Scoreboard, Error> {
    let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let machine = Machine::detect();
    let data = prepare(settings.quick, &machine)?;
    let (mut here, mut missing, mut versions) = (Vec::new(), Vec::new(), vec![("rustc".into(), rustc())]);
    for peer in [Peer::c(), Peer::python()] {
        match peer {
            Ok(mut peer) => {
                peer.send(&data.integers, &data.doubles)?;
                versions.extend(peer.versions.clone());
                here.push(RefCell::new(peer));
            }
            Err(absent) => missing.push(absent),
        }
    }

    let look = || if settings.quick { None } else { conditions::busy() };
    let (before, throttled) = (look(), conditions::throttled());
    let (bound, free, warm) = (Pin::new(true), Pin::new(false), Cell::default());
    let mut board = Board::new(settings.rounds());
    board = rows::calibration(board, &data, &bound);
    board = rows::sums(board, &data, &free);
    board = here.iter().fold(board, |board, peer| rows::theirs(board, &data, "sum", peer));
    board = rows::shared_memory(board, &data, &free, &warm);
    board = rows::heavy(board, &data, &free);
    board = here.iter().fold(board, |board, peer| rows::theirs(board, &data, "heavy", peer));
    board = rows::counters(board, &data, &bound);
    let rows = board.measure()?;

    let conditions = Conditions {
        rounds: settings.rounds(),
        quick: settings.quick,
        machine,
        calibration: conditions::calibration(&rows),
        throttled: conditions::throttled() - throttled,
        busy: [before, look()],
    };
    let judgements = targets::TARGETS.map(|target| targets::judge(target, &rows, &conditions)).to_vec();
    let sizes = [data.integers.len(), data.doubles.len(), data.increments as usize];
    Ok(Scoreboard { began, versions, sizes, rows, conditions, judgements, missing, repeated: Vec::new() })
}

/// Creates arrays of the lecture's sizes, or small ones.
fn prepare(quick: bool, machine: &Machine) -> Result<Data, Error> {
    let (integers, doubles, increments, steps) =
        if quick { (100_003, 10_007, 1_000, 10_000) } else { (50_000_000, 10_000_000, 250_000, 5_000_000) };
    data::ensure_fits(integers, 4)?; // here, in shared memory, and with each peer
    let integers = data::integers(integers, SEED);
    let mut shared = SharedMemory::create(size_of_val(&integers[..]))?;
    // SAFETY: no other process has mapped it yet.
    unsafe { shared.integers_mut() }.copy_from_slice(&integers);
    let mut threads = vec![2, machine.effective_cpus().max(2)];
    threads.dedup();
    let pool = |&threads: &usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pools = threads.iter().map(pool).collect::<Result<_, _>>();
    let pools = pools.map_err(|error| Error::Failure(format!("rayon starts no threads: {error}")))?;
    Ok(Data { integers, shared, doubles: data::doubles(doubles, SEED), increments, steps, threads, pools })
}

fn rustc() -> String {
    let output = Command::new("rustc").arg("--version").output().ok().filter(|output| output.status.success());
    let text = output.and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(|| "unknown (not found)".into(), |text| text.trim().trim_start_matches("rustc ").to_string())
}
