//! Worker processes: the lab's own program, started again with `--worker` and the worker's arguments.
//!
//! A worker gets its work on standard input and answers on standard output, one line of whole numbers per answer. When
//! a worker dies, the others are stopped and the lab ends with a line that names it. When the lab dies, the standard
//! input of its workers ends, and so do they.

use crate::{Error, pin, pin::Pin};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::{env, thread, time::Duration};

/// The first argument of a worker process.
pub const FLAG: &str = "--worker";

/// How long a worker that closed its output may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(1);

/// A crew of worker processes. Dropping it ends them all.
#[derive(Debug)]
pub struct Workers {
    children: Vec<Child>,
    inputs: Vec<ChildStdin>,
    outputs: Vec<BufReader<ChildStdout>>,
}

impl Workers {
    /// Starts `count` workers. `arguments` returns the arguments of each, counted from 0, that follow [`FLAG`].
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when the system cannot start another process. The workers started before are ended.
    pub fn start(count: usize, arguments: impl Fn(usize) -> Vec<String>) -> Result<Self, Error> {
        let program = env::current_exe().map_err(|error| Error::io("cannot find the lab's own program", error))?;
        let mut workers = Self { children: Vec::new(), inputs: Vec::new(), outputs: Vec::new() };
        for index in 0..count {
            let mut command = Command::new(&program);
            command.arg(FLAG).args(arguments(index)).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut child = command.spawn().map_err(|error| {
                let number = index + 1;
                Error::io(format_args!("cannot start worker {number} of {count} (ask for fewer)"), error)
            })?;
            workers.inputs.push(child.stdin.take().expect("it was asked for"));
            workers.outputs.push(BufReader::new(child.stdout.take().expect("it was asked for")));
            workers.children.push(child);
        }
        Ok(workers)
    }

    /// Returns the number of workers.
    #[expect(clippy::len_without_is_empty, reason = "a crew is never empty")]
    pub fn len(&self) -> usize {
        self.children.len()
    }

    /// Writes to the input of one worker, counted from 0.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] that names the worker and how it ended.
    pub fn send(&mut self, index: usize, bytes: &[u8]) -> Result<(), Error> {
        let input = &mut self.inputs[index];
        input.write_all(bytes).and_then(|()| input.flush()).map_err(|_| self.died(index))
    }

    /// Writes the same to every worker.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn send_all(&mut self, bytes: &[u8]) -> Result<(), Error> {
        (0..self.len()).try_for_each(|index| self.send(index, bytes))
    }

    /// Returns one answer of every worker, in their order, as whole numbers.
    ///
    /// It reads from all at the same time, because a worker may be waiting for another that just died.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] that names the first worker that ended without an answer, and how it ended.
    pub fn answers(&mut self) -> Result<Vec<Vec<i64>>, Error> {
        let mut answers = vec![Vec::new(); self.len()];
        let (sender, receiver) = mpsc::channel();
        let mut outputs = std::mem::take(&mut self.outputs);
        let result = thread::scope(|scope| {
            for (index, output) in outputs.iter_mut().enumerate() {
                let sender = sender.clone();
                let listen = move || {
                    let mut line = String::new();
                    let complete = output.read_line(&mut line).is_ok() && line.ends_with('\n');
                    let numbers =
                        line.split_whitespace().map(|number| number.parse().ok()).collect::<Option<Vec<i64>>>();
                    let _ = sender.send((index, numbers.filter(|_| complete)));
                };
                if let Err(error) = thread::Builder::new().spawn_scoped(scope, listen) {
                    self.stop(); // and with the workers, the threads that read from them
                    return Err(Error::io("cannot listen to all workers (ask for fewer)", error));
                }
            }
            drop(sender);
            for (index, answer) in receiver {
                match answer {
                    Some(answer) => answers[index] = answer,
                    None => return Err(self.died(index)), // ends the others, and with them the threads of this scope
                }
            }
            Ok(())
        });
        self.outputs = outputs;
        result.map(|()| answers)
    }

    /// Ends the input of all workers and waits until they are gone.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] that names a worker that did not end well.
    pub fn finish(mut self) -> Result<(), Error> {
        self.inputs.clear();
        for index in 0..self.len() {
            match self.children[index].wait() {
                Ok(status) if status.success() => {}
                _ => return Err(self.died(index)),
            }
        }
        Ok(())
    }

    /// Finds out how a worker ended, ends the others, and returns the error.
    fn died(&mut self, index: usize) -> Error {
        let (number, count, process) = (index + 1, self.len(), self.children[index].id());
        let end = self.wait_with_grace(index).map_or_else(|| "stopped answering".to_string(), how_it_ended);
        self.stop();
        Error::Failure(format!(
            "worker {number} of {count} (process {process}) {end}; the others were stopped, there is no result"
        ))
    }

    fn wait_with_grace(&mut self, index: usize) -> Option<ExitStatus> {
        let step = Duration::from_millis(5);
        for _ in 0..GRACE.as_millis() / step.as_millis() {
            if let Ok(Some(status)) = self.children[index].try_wait() {
                return Some(status);
            }
            thread::sleep(step);
        }
        None
    }

    fn stop(&mut self) {
        self.inputs.clear();
        for child in &mut self.children {
            let _ = child.kill(); // fails only for a process that has ended, and been waited for
        }
        for child in &mut self.children {
            let _ = child.wait();
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(unix)]
fn how_it_ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.signal(), status.code()) {
        (Some(libc::SIGKILL), _) => "was killed by signal 9 (SIGKILL)".into(),
        (Some(libc::SIGSEGV), _) => "was killed by signal 11 (SIGSEGV)".into(),
        (Some(libc::SIGTERM), _) => "was killed by signal 15 (SIGTERM)".into(),
        (Some(signal), _) => format!("was killed by signal {signal}"),
        (None, code) => format!("ended with exit status {}", code.unwrap_or(-1)),
    }
}

#[cfg(not(unix))]
fn how_it_ended(status: ExitStatus) -> String {
    format!("ended with {status}")
}

/// For a worker: returns the lines that the lab sends. When the lab dies, the worker ends at once, even in the middle
/// of its work, so that no process is left.
pub fn requests() -> impl Iterator<Item = String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
        std::process::exit(0);
    });
    receiver.into_iter()
}

/// Returns the bytes of an array, to be sent through a pipe. Both ends run on the same machine, so they have the same
/// byte order.
pub fn bytes_of(integers: &[i64]) -> &[u8] {
    bytemuck::cast_slice(integers)
}

/// For a worker: reads integers that the lab sent as [`bytes_of`], until the slice is full.
///
/// # Errors
///
/// [`Error::ClosedPipe`] when the input ends before that, because the lab has ended.
pub fn receive(integers: &mut [i64]) -> Result<(), Error> {
    io::stdin().lock().read_exact(bytemuck::cast_slice_mut(integers)).map_err(|_| Error::ClosedPipe)
}

/// For a worker: sends a line of whole numbers to the lab.
///
/// # Errors
///
/// [`Error::ClosedPipe`] when the lab has ended and no longer reads.
pub fn answer(numbers: &[i64]) -> Result<(), Error> {
    let line = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ") + "\n";
    let mut output = io::stdout().lock();
    output.write_all(line.as_bytes()).and_then(|()| output.flush()).map_err(|_| Error::ClosedPipe)
}

/// Formats a CPU as a worker's argument: its number, or `any` without `--pin`.
pub fn cpu(pin: &Pin, index: usize) -> String {
    pin.cpu_of(index).map_or_else(|| "any".into(), |cpu| cpu.to_string())
}

/// For a worker: binds it to the [`cpu`] at this position of its arguments.
pub fn bind(arguments: &[String], position: usize) {
    if let Ok(cpu) = argument(arguments, position) {
        pin::bind_this_thread(cpu); // the lab has tried it before
    }
}

/// For a worker: returns one of its arguments, by position.
///
/// # Errors
///
/// [`Error::Usage`] when it is missing or cannot be parsed, because a program other than the lab started this worker.
pub fn argument<T: std::str::FromStr>(arguments: &[String], position: usize) -> Result<T, Error> {
    let value = arguments.get(position).and_then(|text| text.parse().ok());
    value.ok_or_else(|| Error::Usage(format!("{FLAG} is how a lab starts its own worker processes: leave it out")))
}
