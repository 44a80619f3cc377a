//! Grades one submission: reads and compiles it, runs each item separately, and accepts only answers that contain the
//! secret.

use crate::compile::{Refusal, compile};
use crate::exercises::{Exercise, Item};
use crate::sandbox::{self, COMPILE, Contents, Isolation, RUN};
use crate::scan;
use crate::toolchain::Toolchain;
use crate::verdict::{Cause, Status, Verdict};
use crate::workdir::Workdir;
use anyhow::{Context as _, Result};
use common::format::bytes;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Instant;

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
    /// The limits for running one item.
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
        #[cfg(target_os = "linux")]
        fs::write(folder.path().join(FILTER), sandbox::reduced::filter()?)
            .context("cannot write into the submission's folder")?;
        let key = self.key(exercise, &text);
        let items = wanted(exercise, only).map(|item| self.item(exercise, item, &key, &text, folder.path()));
        let items: Vec<Graded> = items.map(|item| item.map(Graded::or_not_started)).collect::<Result<_>>()?;
        let is_untouched = items.iter().all(Graded::is_not_started);
        Ok(Grade {
            verdict: Verdict::Graded,
            message: if is_untouched { NOT_STARTED.to_string() } else { String::new() },
            items,
            text,
            seconds: start.elapsed().as_secs_f64(),
        })
    }

    fn item(&self, exercise: &Exercise, item: &Item, key: &str, text: &str, folder: &Path) -> Result<Graded> {
        let secret = hex(&secret()?);
        // The same submission gets the same random numbers in every run, but cannot know them.
        let seed = u64::from_str_radix(&key[..16], 16).unwrap_or(0);
        let program = folder.join("out/judged");
        let filter = folder.join(FILTER);
        let filter = cfg!(target_os = "linux").then_some(filter.as_path());
        let contents = Contents::of([(program.as_path(), "/judged")], filter);
        let outcome = sandbox::run(
            self.isolation,
            self.limits.run,
            &contents,
            &["/judged".to_string()],
            &format!("{} {seed} {secret}\n", item.id),
        )?;
        let answer =
            outcome.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).collect::<Vec<_>>();
        let cause = Cause::Other;
        let graded = |status: Status, message: String, witness| Graded { id: item.id, status, message, cause, witness };
        Ok(match &answer[..] {
            [answer] if answer["secret"] == secret && outcome.code == Some(0) => {
                let message = answer["message"].as_str().unwrap_or_default().to_string();
                let witness = answer.get("witness").map(|found| witness(exercise, item, text, found, &message));
                let status = Status::of(answer).unwrap_or(Status::Fail);
                Graded { cause: Cause::of(status, &message), ..graded(status, message, witness) }
            }
            _ if outcome.timed_out => graded(
                Status::Fail,
                format!(
                    "the check took longer than {} s: does a loop or a recursion never end?",
                    self.limits.run.seconds
                ),
                None,
            ),
            _ if outcome.stderr.contains("stack") => {
                graded(Status::Fail, "the stack overflowed: does a function call itself without end?".into(), None)
            }
            _ if outcome.stderr.contains("memory allocation") => {
                let limit = bytes(self.limits.run.memory.into());
                graded(Status::Fail, format!("the code needs more memory than the limit of {limit}"), None)
            }
            _ => graded(
                Status::Fail,
                format!(
                    "the program ended before the check did ({})",
                    outcome.code.map_or("a signal".into(), |code| format!("exit status {code}"))
                ),
                None,
            ),
        })
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
            &self.toolchain.checks,
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

fn secret() -> Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("the system provides no random numbers")?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
