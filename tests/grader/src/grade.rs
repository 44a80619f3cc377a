//! Grades one submission: reads and compiles it, runs its program in a sandbox, and lets the judge ask it. The judge's
//! answers are the grade; what the program prints or returns is none.

use crate::compile::{Refusal, compile};
use crate::exercises::{Exercise, Item};
use crate::sandbox::{self, COMPILE, Contents, Isolation, JUDGE, Outcome, RUN};
use crate::toolchain::Toolchain;
use crate::verdict::{Cause, Status, Verdict};
use crate::workdir::Workdir;
use crate::{scan, trouble};
use anyhow::{Context as _, Result, bail, ensure};
use common::format::bytes;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The result of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Graded {
    /// The id of the item.
    pub id: &'static str,
    /// Whether the item holds.
    pub status: Status,
    /// The reason for the status.
    pub message: String,
    /// The kind of the reason.
    pub cause: Cause,
    /// The schedule that proves a failure.
    pub witness: Option<Value>,
}

/// The message of an item that fails only because the code still says `todo!`.
pub const NOT_STARTED: &str = "not started yet";

impl Graded {
    /// Returns whether the item fails only because the code that it needs still says `todo!`.
    pub fn is_not_started(&self) -> bool {
        self.status == Status::Fail && self.message == NOT_STARTED
    }

    /// Replaces the panic of a `todo!` by [`NOT_STARTED`]: there is nothing to explain yet.
    fn or_not_started(self) -> Self {
        let is_todo = self.status == Status::Fail && self.message.contains("not yet implemented");
        let (message, cause) = (NOT_STARTED.to_string(), Cause::Other);
        if is_todo { Self { message, cause, witness: None, ..self } } else { self }
    }
}

/// The result of a submission.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Whether it was graded.
    pub verdict: Verdict,
    /// The reason, if it was not graded or not started.
    pub message: String,
    /// The results of all its items.
    pub items: Vec<Graded>,
    /// The text of the submission; the schedules refer to its lines.
    pub text: String,
    /// The elapsed time, in seconds.
    pub seconds: f64,
}

/// The limits of a submission.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The limits for compiling a submission.
    pub compile: sandbox::Limits,
    /// The limits for running its program.
    pub run: sandbox::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self { compile: COMPILE, run: RUN }
    }
}

impl Limits {
    fn json(&self) -> Value {
        let Self { compile, run } = self;
        json!({
            "compile_seconds": compile.seconds, "compile_cpu_seconds": compile.cpu_seconds, "compile_memory_bytes": compile.memory,
            "run_seconds": run.seconds, "run_cpu_seconds": run.cpu_seconds, "run_memory_bytes": run.memory,
            "submission_bytes": scan::MOST_BYTES,
        })
    }
}

/// The name of the file with the system call filter, in the folder of a submission.
const FILTER: &str = "filter";

/// A grader: its compiler, its sandbox and its limits.
#[derive(Debug)]
pub struct Grader {
    /// The compiler and the crates.
    pub toolchain: Toolchain,
    /// The sandbox in which submissions are compiled and run.
    pub isolation: Isolation,
    /// The limits of a submission.
    pub limits: Limits,
}

impl Grader {
    /// Grades a file, or only one item of it.
    ///
    /// # Errors
    ///
    /// The grader itself failed; try again.
    pub fn grade(&self, exercise: &'static Exercise, file: &Path, only: Option<&str>) -> Result<Grade> {
        let rejected = |reason, text| Ok(refused(exercise, only, Verdict::Rejected, reason, text));
        let text = match scan::read(file) {
            Ok(text) => text,
            Err(reason) => return rejected(reason, String::new()),
        };
        let forbidden = scan::forbidden(&text);
        if forbidden.is_empty() {
            self.past_the_scan(exercise, text, only)
        } else {
            rejected(forbidden.join("\n"), text)
        }
    }

    /// Grades a text that was not scanned: only the sandbox protects the machine from it.
    ///
    /// # Errors
    ///
    /// The grader itself failed; try again.
    pub fn past_the_scan(&self, exercise: &'static Exercise, text: String, only: Option<&str>) -> Result<Grade> {
        let start = Instant::now();
        let folder = Workdir::new()?;
        match compile(&self.toolchain, (self.isolation, self.limits), exercise, &text, folder.path())? {
            Ok(()) => {}
            Err(refusal) => {
                let (verdict, reason) = match refusal {
                    Refusal::DoesNotCompile(reason) => (Verdict::DoesNotCompile, reason),
                    Refusal::Limit(reason) => (Verdict::Limit, reason),
                };
                let seconds = start.elapsed().as_secs_f64();
                return Ok(Grade { seconds, ..refused(exercise, only, verdict, reason, text) });
            }
        }
        let items = self.examine(exercise, only, &text, folder.path())?;
        let is_untouched = items.iter().all(Graded::is_not_started);
        Ok(Grade {
            verdict: Verdict::Graded,
            message: if is_untouched { NOT_STARTED.to_string() } else { String::new() },
            items,
            text,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// Lets the judge ask the program `out/judged` in a folder, about all items or only one. The schedules that it finds refer to
    /// the lines of `text`.
    ///
    /// # Errors
    ///
    /// The grader itself failed; try again.
    pub fn examine(
        &self,
        exercise: &'static Exercise,
        only: Option<&str>,
        text: &str,
        folder: &Path,
    ) -> Result<Vec<Graded>> {
        #[cfg(target_os = "linux")]
        std::fs::write(folder.join(FILTER), sandbox::reduced::filter()?)
            .context("cannot write into the submission's folder")?;
        let mut left: Vec<&Item> = wanted(exercise, only).collect();
        let mut items = Vec::new();
        while !left.is_empty() {
            // A program that has ended in the middle of an item is started again for the next one.
            let answered = self.judged(exercise, &left, text, folder)?;
            ensure!(!answered.is_empty(), "the judge has answered nothing");
            left.drain(..answered.len());
            items.extend(answered.into_iter().map(Graded::or_not_started));
        }
        Ok(items)
    }

    /// Starts the program and the judge, and returns the results of the first items: up to one during which the program
    /// ends, or else of all.
    fn judged(&self, exercise: &Exercise, items: &[&Item], text: &str, folder: &Path) -> Result<Vec<Graded>> {
        let program = folder.join("out/judged");
        let filter = folder.join(FILTER);
        let filter = cfg!(target_os = "linux").then_some(filter.as_path());
        let contents = Contents::of([(program.as_path(), "/judged")], filter);
        let mut program = sandbox::start(self.isolation, self.limits.run, &contents, &["/judged".to_string()])?;
        let (input, output) =
            (program.input.take().context("it has one")?, program.output.take().context("it has one")?);
        // It is bounded by states and steps; the limits only keep a mistake in it from the rest of the machine.
        let judge = Command::new("prlimit")
            .args([format!("--as={}", JUDGE.memory), format!("--cpu={}", JUDGE.cpu_seconds)])
            .arg(&self.toolchain.judge)
            .arg(exercise.name)
            .args(items.iter().map(|item| item.id))
            .stdin(output)
            .stdout(input)
            .stderr(Stdio::piped())
            .spawn();
        let judge = judge.with_context(|| format!("cannot start {}", self.toolchain.judge.display()))?;
        // The judge reads and writes until it has decided or the program is gone, and the program ends with it.
        let judge = thread::spawn(move || judge.wait_with_output());
        let timed_out = program.wait(Duration::from_secs(self.limits.run.seconds))?;
        let ended = program.end(&contents, self.isolation)?;
        let said =
            judge.join().ok().context("the judge cannot be waited for")?.context("the judge cannot be waited for")?;
        ensure!(!timed_out, "the program and the judge did not end within {} s", self.limits.run.seconds);
        let errors = String::from_utf8_lossy(&said.stderr);
        ensure!(said.status.success(), "the judge failed ({}): {}", said.status, trouble::explain(&errors));

        let answers = errors.lines().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>();
        let answers =
            answers.with_context(|| format!("the judge does not answer in JSON: {}", trouble::explain(&errors)))?;
        items.iter().zip(answers).map(|(item, answer)| self.graded(exercise, item, text, &answer, &ended)).collect()
    }

    fn graded(&self, exercise: &Exercise, item: &Item, text: &str, answer: &Value, ended: &Outcome) -> Result<Graded> {
        ensure!(answer["item"] == item.id, "the judge answers about another item: {answer}");
        let graded = |status, message, cause, witness| Graded { id: item.id, status, message, cause, witness };
        if answer.get("closed").is_none() {
            let message = answer["message"].as_str().unwrap_or_default().to_string();
            let witness = answer.get("witness").map(|found| witness(exercise, item, text, found, &message));
            let status = Status::of(answer).with_context(|| format!("the judge answers without a status: {answer}"))?;
            let cause = Cause::of(status, &message);
            return Ok(graded(status, message, cause, witness));
        }
        let why = match ended.code {
            Some(code) if sandbox::SENT.contains(&(code - 128)) => {
                bail!(
                    "signal {} ended the program: {}",
                    code - 128,
                    trouble::explain(&format!("signal {} ", code - 128))
                )
            }
            _ if ended.stderr.contains("stack") => {
                "the stack overflowed: does a function call itself without end?".into()
            }
            _ if ended.stderr.contains("memory allocation") => {
                format!("the code needs more memory than the limit of {}", bytes(self.limits.run.memory.into()))
            }
            Some(152) => format!(
                "the code computed for {} s of processor time: does a loop or a recursion never end?",
                self.limits.run.cpu_seconds
            ),
            Some(code) => format!("the program ended before the check did (exit status {code})"),
            None => "the program ended before the check did (a signal)".to_string(),
        };
        Ok(graded(Status::Fail, why, Cause::Other, None))
    }

    /// Returns the SHA-256 of everything that the grade depends on, in hexadecimal.
    pub fn key(&self, exercise: &Exercise, text: &str) -> String {
        let mut hash = hmac_sha256::Hash::new();
        let items = exercise.about.items.iter().map(|item| format!("{} {} {}\n", item.id, item.points, item.title));
        for part in [
            text.as_bytes(),
            exercise.name.as_bytes(),
            exercise.driver.as_bytes(),
            items.collect::<String>().as_bytes(),
            self.toolchain.checks.as_bytes(),
            self.toolchain.version.as_bytes(),
            self.limits.json().to_string().as_bytes(),
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    }

    /// Builds the JSON document, `labs/grade/1`.
    pub fn document(&self, exercise: &Exercise, file: &str, grade: &Grade) -> Value {
        let points = |item: &Graded| if item.status == Status::Pass { of(exercise, item).points } else { 0.0 };
        let items: Vec<Value> = (grade.items.iter())
            .map(|item| {
                let mut object = json!({
                    "id": item.id,
                    "title": of(exercise, item).title,
                    "status": item.status.name(),
                    "score": points(item),
                    "max_score": of(exercise, item).points,
                    "rerun": format!("cargo grade {} --only {}", exercise.name, item.id),
                });
                if !item.message.is_empty() {
                    object["message"] = json!(item.message);
                }
                if let Some(witness) = &item.witness {
                    object["witness"] = witness.clone();
                }
                object
            })
            .collect();
        crate::text::plain_document(json!({
            "schema": "labs/grade/1",
            "exercise": exercise.name,
            "submission": file,
            "key": self.key(exercise, &grade.text),
            "verdict": grade.verdict.name(),
            "score": grade.items.iter().map(points).sum::<f64>(),
            "max_score": grade.items.iter().map(|item| of(exercise, item).points).sum::<f64>(),
            "items": items,
            "isolation": self.isolation.name(),
            "toolchain": self.toolchain.version,
            "limits": self.limits.json(),
            "seconds": grade.seconds,
        }))
    }
}

fn wanted(exercise: &'static Exercise, only: Option<&str>) -> impl Iterator<Item = &'static Item> {
    exercise.about.items.iter().filter(move |item| only.is_none_or(|only| only == item.id))
}

/// Returns a grade in which every item fails for the same reason.
fn refused(exercise: &'static Exercise, only: Option<&str>, verdict: Verdict, message: String, text: String) -> Grade {
    let (status, cause, witness) = (Status::Fail, Cause::Other, None);
    let item = |item: &Item| Graded { id: item.id, status, message: message.clone(), cause, witness: witness.clone() };
    Grade { verdict, items: wanted(exercise, only).map(item).collect(), message, text, seconds: 0.0 }
}

/// Returns the declaration of a graded item.
pub fn of<'a>(exercise: &'a Exercise, graded: &Graded) -> &'a Item {
    exercise.about.items.iter().find(|item| item.id == graded.id).expect("every graded item is declared")
}

/// Builds the `labs/witness/1` document from the schedule that a check answered.
fn witness(exercise: &Exercise, item: &Item, text: &str, found: &Value, message: &str) -> Value {
    let value = |name: &str| found[name].clone();
    json!({
        "schema": "labs/witness/1",
        "lab": exercise.name,
        "variant": item.id,
        "threads": value("threads"),
        "increments": value("increments"),
        "expected": value("expected"),
        "final": value("final"),
        "replayable": value("replayable"),
        "source": { "file": exercise.file, "anchor": "submission", "sha256": hex(&hmac_sha256::Hash::hash(text.as_bytes())) },
        "steps": value("steps"),
        "checked": { "by": value("by"), "executions": value("executions"), "preemption_bound": null, "claim": message },
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
