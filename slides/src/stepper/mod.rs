//! A stepper: a small program with its source lines, which the audience schedules.
//!
//! All states are computed here, by the explorer of interleavings in `engine`; the page only moves from one to the
//! next. The model checker's results are read from the lab's `witnesses.json` and must agree, or no page is written.

mod all;
mod relaxed;
mod walk;

pub use all::{STEPPERS, Stepper, THREADS, packages, steppers_of};

use crate::code::{Excerpt, STEPPER_COLUMNS};
use anyhow::{Context as _, Result, bail, ensure};
use common::source::Region;
use engine::{End, Graph, Program};
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use walk::{Walk, end_text, name, newest, older};

/// A schedule that the page plays automatically.
struct Exhibit {
    label: &'static str,
    picks: String,
}

impl Stepper {
    /// Returns the stepper with this name.
    ///
    /// # Errors
    ///
    /// There is no such stepper; the message lists all.
    pub fn named(name: &str) -> Result<&'static Self> {
        let names: Vec<&str> = STEPPERS.iter().map(|stepper| stepper.name).collect();
        let found = STEPPERS.iter().find(|stepper| stepper.name == name);
        found.with_context(|| format!("no stepper is called {name:?}; the steppers are {}", names.join(", ")))
    }

    fn program(&self) -> Program {
        Program::new(THREADS, self.increments, self.body)
    }

    fn document(&self, root: &Path) -> Result<(String, Value)> {
        let path = format!("{}/witnesses.json", self.folder(root)?);
        let text = fs::read_to_string(root.join(&path))
            .with_context(|| format!("cannot read {path} (cargo proofs witnesses writes it)"))?;
        let document = serde_json::from_str(&text).with_context(|| format!("{path} is not valid JSON"))?;
        Ok((path, document))
    }

    fn walk(&self) -> Result<Walk> {
        let program = self.program();
        if self.is_relaxed {
            return relaxed::walk(&program);
        }
        let graph = Graph::new(&program).map_err(|error| anyhow::anyhow!("{}: {error:?}", self.name))?;
        Ok(Walk::of(&program, &graph))
    }

    /// Builds the HTML element of the stepper.
    ///
    /// # Errors
    ///
    /// A file is missing, the counter has changed since it was checked, or the checker's result differs from the one
    /// computed here; the message names the file.
    pub fn element(&self, root: &Path) -> Result<Markup> {
        let address = format!("{}/src/counters.rs#{}.increment()", self.folder(root)?, self.variant);
        let excerpt = Excerpt::find(root, &address)?;
        let walk = self.walk()?;
        let (path, document) = self.document(root)?;
        self.agree(root, &path, &document, &walk)?;
        let witness = self.witness(&document);
        let lines = match witness {
            Some(witness) => self.lines_of(&path, witness, &excerpt)?,
            None => self.lines_by_marks(&excerpt)?,
        };
        let exhibit = self.exhibit(&path, witness, &walk)?;
        let body = self.body.iter().zip(&lines);
        let data = json!({
            "threads": THREADS,
            "expected": self.program().expected().to_string(),
            "goal": self.goal.map(|goal| goal.to_string()),
            "question": self.question,
            "values": (0..=self.program().expected()).map(|value| value.to_string()).collect::<Vec<_>>(),
            "mode": if self.room_begins { "play" } else { "witness" },
            "memory": if self.is_relaxed { "stores" } else { "counter" },
            "ways": if self.is_relaxed { "paths" } else { "schedules" },
            "exhibit": { "label": exhibit.label, "picks": exhibit.picks },
            "body": body.map(|(instruction, line)| json!({ "op": name(*instruction), "line": line })).collect::<Vec<_>>(),
            "places": walk.json(),
        });
        Ok(html! {
            lane-stepper data-name=(self.name) {
                (excerpt.figure(STEPPER_COLUMNS))
                script type="application/json" { (PreEscaped(data.to_string().replace("</", "<\\/"))) }
            }
        })
    }

    /// Counts the schedules that end at `end`.
    ///
    /// # Errors
    ///
    /// No schedule ends there.
    pub fn schedules(&self, end: u64) -> Result<(u128, u128)> {
        let walk = self.walk()?;
        let ends = &walk.places[0].ends;
        let found = ends.iter().find(|(other, _)| end_text(*other) == end.to_string());
        let (_, ways) = found.with_context(|| format!("no schedule of {} ends at {end}", self.name))?;
        Ok((*ways, ends.iter().map(|(_, ways)| ways).sum()))
    }

    /// Returns the stored schedule of this counter and size.
    fn witness<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        let all = document["witnesses"].as_array()?;
        all.iter().find(|witness| {
            self.is_of_this_size(witness)
                && witness["replayable"] == !self.is_relaxed
                && witness["final"] != witness["expected"]
        })
    }

    fn is_of_this_size(&self, item: &Value) -> bool {
        item["variant"] == self.variant && item["threads"] == THREADS as u64 && item["increments"] == self.increments
    }

    /// Checks that the counter has not changed since it was checked, and that the checker's final values are those
    /// computed here.
    fn agree(&self, root: &Path, path: &str, document: &Value, walk: &Walk) -> Result<()> {
        let verdicts = document["verdicts"].as_array();
        let verdict = verdicts.and_then(|all| all.iter().find(|verdict| self.is_of_this_size(verdict)));
        let size = format!("{} at {THREADS} x {}", self.variant, self.increments);
        let verdict = verdict.with_context(|| format!("{path} has no verdict about {size}"))?;
        let file = format!("{}/src/counters.rs", self.folder(root)?);
        let text = fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))?;
        let region = Region::of(&text, self.variant).with_context(|| format!("{file} has no {}", self.variant))?;
        for item in [Some(verdict), self.witness(document)].into_iter().flatten() {
            ensure!(
                item["source"]["sha256"] == region.fingerprint(),
                "{} in {file} has changed since it was checked, so {path} is stale; run cargo proofs witnesses",
                self.variant
            );
        }
        let checked: BTreeSet<u64> =
            verdict["finals"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        let computed: BTreeSet<u64> =
            walk.places[0].ends.iter().filter_map(|(end, _)| end_text(*end).parse().ok()).collect();
        ensure!(
            checked == computed,
            "{path}: the checker saw {size} end at {checked:?}, but the computed final values are {computed:?}"
        );
        // The checker has no such count for a spin lock.
        let counted = verdict["interleavings"].as_u64().filter(|_| !self.is_relaxed).map(u128::from);
        let ways: u128 = walk.places[0].ends.iter().map(|(_, ways)| ways).sum();
        ensure!(
            counted.is_none_or(|counted| counted == ways),
            "{path}: the checker ran {} interleavings of {size}, but there are {ways}",
            counted.unwrap_or(0)
        );
        Ok(())
    }

    /// Returns the source line of each instruction, from the stored schedule. The line must contain the step's
    /// operation, because lines may have moved.
    fn lines_of(&self, path: &str, witness: &Value, excerpt: &Excerpt) -> Result<Vec<u64>> {
        let steps = witness["steps"].as_array().into_iter().flatten().filter(|step| step["thread"] == 1);
        let mut lines = Vec::new();
        for step in steps.take(self.body.len()) {
            let (line, operation) = (step["line"].as_u64().unwrap_or(0), step["op"].as_str().unwrap_or_default());
            let text = excerpt.lines.iter().find(|shown| shown.number as u64 == line).map_or("", |shown| &shown.text);
            // The value in a mutex is read and written, without a method call, on the line that locks it.
            let does_it = [operation, "lock"].iter().any(|method| text.contains(&format!(".{method}(")));
            ensure!(
                does_it,
                "{path} is stale: there is no {operation} on line {line} of {}; run cargo proofs witnesses",
                excerpt.file
            );
            lines.push(line);
        }
        ensure!(lines.len() == self.body.len(), "{path}: a schedule of {} has too few steps", self.variant);
        Ok(lines)
    }

    fn lines_by_marks(&self, excerpt: &Excerpt) -> Result<Vec<u64>> {
        let line = |mark: &&str| match &excerpt
            .lines
            .iter()
            .filter(|line| line.text.contains(*mark))
            .collect::<Vec<_>>()[..]
        {
            [line] => Ok(line.number as u64),
            found => bail!("{}: {} lines of {} contain {mark:?}", excerpt.file, found.len(), self.variant),
        };
        ensure!(self.marks.len() == self.body.len(), "{} has neither a stored schedule nor marks", self.name);
        self.marks.iter().map(line).collect()
    }

    /// Returns what the page plays: the stored schedule if there is one, which must be possible step by step; otherwise
    /// an example.
    fn exhibit(&self, path: &str, witness: Option<&Value>, walk: &Walk) -> Result<Exhibit> {
        let Some(witness) = witness else {
            let moves = walk.follow(self.example);
            let end = moves.and_then(|moves| moves.last().map(|step| &walk.places[step.to]));
            ensure!(
                end.is_some_and(|end| end.moves.is_empty()),
                "the example of {} is not a complete schedule",
                self.name
            );
            let picks = self.example.to_string();
            return Ok(Exhibit { label: "an example", picks });
        };
        let mut picks = String::new();
        for (index, step) in witness["steps"].as_array().into_iter().flatten().enumerate() {
            let thread = usize::try_from(step["thread"].as_u64().unwrap_or(0)).unwrap_or(0).wrapping_sub(1);
            let impossible = || format!("{path}: step {} of {} is impossible", index + 1, self.variant);
            ensure!(thread < THREADS, impossible());
            let fits = |pick: char| {
                let moves = walk.follow(&format!("{picks}{pick}"))?;
                let (cell, value) = (&moves.last()?.cell, step["value"].as_u64()?.to_string());
                let is_it = match step["op"].as_str()? {
                    "load" => cell.starts_with("load") && cell.contains(&format!("seen={value}")),
                    "store" => *cell == format!("store {value}"),
                    other => cell == other,
                };
                is_it.then_some(pick)
            };
            picks.push([newest(thread), older(thread)].into_iter().find_map(fits).with_context(impossible)?);
        }
        let end = walk.follow(&picks).and_then(|moves| moves.last().map(|step| &walk.places[step.to]));
        let ends_there = end.is_some_and(|end| {
            end.moves.is_empty() && end.ends[0].0 == End::Final(witness["final"].as_u64().unwrap_or(0))
        });
        ensure!(ends_there, "{path}: a schedule of {} does not end at {}", self.variant, witness["final"]);
        Ok(Exhibit { label: "loom’s witness", picks })
    }
}

#[cfg(test)]
mod tests;
