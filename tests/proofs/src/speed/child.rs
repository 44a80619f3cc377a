//! A process for each figure: the program starts itself.

use super::{Measured, Task};
use serde_json::Value;
use std::io::Write;
use std::process::{self, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

/// The hidden first argument of such a process.
const MEASURE: &str = "--measure";

/// The largest memory of a process, in MiB.
pub const MOST_MIB: u32 = 4096;

/// What a process says that reached its limit of time.
pub const TIME: &str = "the limit of time";

/// What a process says that reached its limit of memory.
pub const MEMORY: &str = "the limit of memory";

/// Measures a task in a process of its own.
pub fn run(task: Task, seconds: u32) -> Measured {
    let start = Instant::now();
    let program = env::current_exe().expect("the system knows where this program is");
    let mut command = Command::new(program);
    command.arg(MEASURE).arg(seconds.to_string()).args(task.arguments()).stdin(Stdio::null());
    let trouble =
        |what: String| Measured { stopped: Some(what), seconds: start.elapsed().as_secs_f64(), ..Measured::default() };
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return trouble(format!("its process did not start: {error}")),
    };
    let document = serde_json::from_slice::<Value>(&output.stdout).ok();
    let measured = document.as_ref().and_then(Measured::read);
    measured.unwrap_or_else(|| trouble(format!("its process ended early: {}", output.status)))
}

/// Measures and prints the result, if the arguments of this process ask for it. Returns whether they did.
pub fn serve() -> bool {
    let arguments: Vec<String> = env::args_os().skip(1).map(|one| one.to_string_lossy().into_owned()).collect();
    let [first, seconds, task @ ..] = arguments.as_slice() else { return false };
    let (MEASURE, Ok(seconds), Some(task)) = (first.as_str(), seconds.parse(), Task::read(task)) else {
        return false;
    };
    let is_over = Arc::new(AtomicBool::new(false));
    let shared = is_over.clone();
    thread::spawn(move || watch(seconds, &shared));
    let measured = task.measure(seconds);
    say_once(&is_over, &Measured { peak_mib: peak_mib(), ..measured });
    true
}

/// Ends this process at a limit. The explorer and loom know no limits of time and memory.
fn watch(seconds: u32, is_over: &AtomicBool) {
    let start = Instant::now();
    let stopped = loop {
        thread::sleep(Duration::from_millis(10));
        if start.elapsed() >= Duration::from_secs(seconds.into()) {
            break TIME;
        }
        if peak_mib().is_some_and(|peak| peak > MOST_MIB.into()) {
            break MEMORY;
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    say_once(
        is_over,
        &Measured { stopped: Some(stopped.into()), seconds, peak_mib: peak_mib(), ..Measured::default() },
    );
}

/// Prints the result and ends this process, unless another thread does so already.
fn say_once(is_over: &AtomicBool, measured: &Measured) {
    if !is_over.swap(true, SeqCst) {
        let _ = writeln!(io::stdout(), "{}", measured.to_json());
        process::exit(0);
    }
    thread::park(); // the other thread ends the process
}

/// Returns the largest memory of this process so far, in MiB. Linux says it; getrusage would count what the parent had.
fn peak_mib() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(kib.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? / 1024.0)
}
