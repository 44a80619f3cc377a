//! Worker processes: the lab's own program, started again with `--worker` and what the worker needs to know.
//!
//! A worker gets its work on standard input and answers on standard output, a line of whole numbers an answer. When one dies,
//! the others are stopped and the lab ends with a line that names it; when the lab dies, its workers see their input end, and
//! go too.

use crate::{Error, pin, pin::Pin};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::{env, thread, time::Duration};

/// The first argument of a worker process.
pub const FLAG: &str = "--worker";

/// How long a worker that stopped talking may take to end before it is ended.
const GRACE: Duration = Duration::from_secs(1);

/// A crew of worker processes. Dropping it ends them all.
#[derive(Debug)]
pub struct Workers {
    children: Vec<Child>,
    inputs: Vec<ChildStdin>,
    outputs: Vec<BufReader<ChildStdout>>,
}

impl Workers {
    /// Starts `count` workers; `arguments` gives each, counted from 0, its command line behind [`FLAG`].
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when the system starts no more processes. Those that it did start are ended.
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

    /// How many there are.
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

    /// One answer of every worker, in their order, as whole numbers.
    ///
    /// All are listened to at the same time: a worker may be waiting for one that just died.
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
                    self.stop(); // and with the workers, the threads that listen to them
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

    /// Finds out how a worker ended, ends the others, and says so.
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

/// A worker's side: the lines that the lab sends. When the lab goes away the worker ends at once, also in the middle of its
/// work, so that nothing is left running.
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

/// An array as the bytes that go through a pipe. Both ends run on the same machine, so its byte order is theirs.
pub fn bytes_of(integers: &[i64]) -> &[u8] {
    bytemuck::cast_slice(integers)
}

/// A worker's side: reads integers that the lab sent as [`bytes_of`], until the slice is full.
///
/// # Errors
///
/// [`Error::ClosedPipe`] when the input ends before that: the lab went away.
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

/// A CPU as a worker's argument: its number, or `any` without `--pin`.
pub fn cpu(pin: &Pin, index: usize) -> String {
    pin.cpu_of(index).map_or_else(|| "any".into(), |cpu| cpu.to_string())
}

/// A worker's side: goes to the [`cpu`] that stands at this position of its arguments.
pub fn bind(arguments: &[String], position: usize) {
    if let Ok(cpu) = argument(arguments, position) {
        pin::bind_this_thread(cpu);
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
