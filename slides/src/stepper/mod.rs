//! A stepper: a small program with its source lines, which the audience schedules.
//!
//! The program is the lab's own code. All its states are found here, by the explorer; the page only moves from one to
//! the next. The model checker's results are read from the lab's `witnesses.json` and must agree, or no page is
//! written.

mod all;
mod places;
mod programs;
mod words;

pub use all::{Code, Name, STEPPERS, Stepper, THREADS, packages, steppers_of};

use crate::code::{Excerpt, STEPPER_COLUMNS};
use anyhow::{Context as _, Result, bail, ensure};
use common::source::Region;
use explorer::walk::{End, Walk};
use explorer::{Memory, Subject, explore};
use maud::{Markup, PreEscaped, html};
use places::Places;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What the page plays automatically.
struct Exhibit {
    label: &'static str,
    /// The place where it begins.
    start: usize,
    picks: String,
    /// The title of the last column.
    column: &'static str,
}

/// The results of two threads with two locations, under one memory model after the other.
struct Results {
    by_memory: [BTreeSet<String>; 3],
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

    /// Returns the number of increments of all threads; `None` if it is not about a counter.
    fn expected(&self) -> Option<u64> {
        match self.code {
            Code::Counter { increments, .. } => Some(THREADS as u64 * increments),
            Code::TwoLocations { .. } => None,
        }
    }

    fn anchor(&self) -> &'static str {
        match self.code {
            Code::Counter { variant, .. } => variant,
            Code::TwoLocations { anchor, .. } => anchor,
        }
    }

    /// Returns the source file, from the workspace in `root`.
    fn file(&self, root: &Path) -> Result<String> {
        let name = match self.code {
            Code::Counter { .. } => "counters",
            Code::TwoLocations { .. } => "two_locations",
        };
        Ok(format!("{}/src/{name}.rs", self.folder(root)?))
    }

    fn document(&self, root: &Path) -> Result<(String, Value)> {
        let path = format!("{}/witnesses.json", self.folder(root)?);
        let text = fs::read_to_string(root.join(&path))
            .with_context(|| format!("cannot read {path} (cargo proofs witnesses writes it)"))?;
        let document = serde_json::from_str(&text).with_context(|| format!("{path} is not valid JSON"))?;
        Ok((path, document))
    }

    fn walk(&self) -> Result<Walk> {
        let walk = Walk::new(&*programs::of(self)?, self.memory);
        walk.map_err(|bound| anyhow::anyhow!("{} cannot be walked: {bound}", self.name))
    }

    /// Builds the HTML element of the stepper.
    ///
    /// # Errors
    ///
    /// A file is missing, the source has changed since it was compiled or checked, or the checker's result differs from
    /// the one computed here; the message names the file.
    pub fn element(&self, root: &Path) -> Result<Markup> {
        let excerpt = self.excerpt(root)?;
        let walk = self.walk()?;
        self.fits(&walk, &excerpt)?;
        let mut places = self.places(&walk)?;
        let (exhibit, reveal, values) = match self.code {
            Code::Counter { .. } => self.counter(root, &walk, &places)?,
            Code::TwoLocations { .. } => self.two_locations(&mut places)?,
        };
        let place = &places.all[0];
        let possible: Vec<&String> = place.ends.iter().map(|(end, _)| end).collect();
        let data = json!({
            "threads": THREADS,
            "goal": self.goal,
            "question": self.question,
            "values": values.iter().map(|(end, _)| end).collect::<Vec<_>>(),
            "says": values.iter().map(|(_, says)| says).collect::<Vec<_>>(),
            "possible": possible,
            "reveal": reveal,
            "mode": if self.room_begins { "play" } else { "witness" },
            "memory": if self.expected().is_some() { "counter" } else { "memory" },
            "hasBuffers": self.memory == Memory::StoreBuffers,
            "exhibit": {
                "label": exhibit.label, "start": exhibit.start, "picks": exhibit.picks, "column": exhibit.column,
            },
            "places": places.json(),
        });
        Ok(html! {
            lane-stepper data-name=(self.name) {
                (excerpt.figure(STEPPER_COLUMNS))
                script type="application/json" { (PreEscaped(data.to_string().replace("</", "<\\/"))) }
            }
        })
    }

    fn excerpt(&self, root: &Path) -> Result<Excerpt> {
        let file = self.file(root)?;
        let find = |(function, to): &(&str, Option<&str>)| {
            Excerpt::find(root, &format!("{file}#{}.{function}()", self.anchor()))?.narrow(None, *to)
        };
        let parts = self.functions.iter().map(find).collect::<Result<Vec<_>>>()?;
        let lines = parts.into_iter().flat_map(|part| part.lines).collect();
        Ok(Excerpt { file, anchor: self.anchor().to_string(), lines })
    }

    /// Checks that each operation is on its line of the excerpt: lines may have moved since the program was compiled.
    fn fits(&self, walk: &Walk, excerpt: &Excerpt) -> Result<()> {
        for step in walk.states.iter().flat_map(|state| &state.steps).map(|choice| &choice.step) {
            let line = excerpt.lines.iter().find(|line| line.number == step.line as usize);
            let methods = words::methods(step.act, step.method);
            ensure!(
                line.is_some_and(|line| methods.iter().any(|method| line.text.contains(method))),
                "{} is not what was compiled: there is no {} on line {}; build the deck again",
                excerpt.file,
                methods.join(" or "),
                step.line
            );
        }
        Ok(())
    }

    /// Counts the schedules that end at `end`.
    ///
    /// # Errors
    ///
    /// No schedule ends there.
    pub fn schedules(&self, end: u64) -> Result<(u128, u128)> {
        let walk = self.walk()?;
        let start = walk.start();
        let found = start.ways_to(&End::Outcome(vec![end])).filter(|&ways| ways > 0);
        let ways = found.with_context(|| format!("no schedule of {} ends at {end}", self.name))?;
        let all = start.ways_on().with_context(|| format!("the schedules of {} have no number", self.name))?;
        Ok((ways, all))
    }

    /// Prepares a counter: what the page plays, what it reveals, and what it says of each final value.
    fn counter(&self, root: &Path, walk: &Walk, places: &Places) -> Result<Parts> {
        let (path, document) = self.document(root)?;
        self.agree(root, &path, &document, walk)?;
        let exhibit = self.exhibit(&path, self.witness(&document), places)?;
        let expected = self.expected().unwrap_or(0);
        let says = |value| match value == expected {
            true => json!({ "good": format!("Final value {value}: no update is lost.") }),
            false => json!({ "text": format!("Final value {value}, expected {expected}.") }),
        };
        Ok((exhibit, None, (0..=expected).map(|value| (value.to_string(), says(value))).collect()))
    }

    /// Prepares a program with two locations. If C++20 allows a result that the walk does not, the page plays its
    /// execution.
    fn two_locations(&self, places: &mut Places) -> Result<Parts> {
        let program = programs::of(self)?;
        let results = self.results(&*program);
        let [one_memory, here, cpp20] = &results.by_memory;
        let exhibit = match cpp20.iter().find(|result| !here.contains(*result)) {
            None => {
                ensure!(places.end_of(self.example).is_some(), "the example of {} is not complete", self.name);
                Exhibit { label: "an example", start: 0, picks: self.example.to_string(), column: "memory" }
            }
            Some(result) => {
                let report = explore(&*program, Memory::Cpp20);
                let is_it = |values: &&Vec<u64>| self.end(&End::Outcome((*values).clone())) == *result;
                let values = report.outcomes.keys().find(is_it).context("an outcome was found before")?;
                let execution = &report.outcomes[values].example;
                let start = self.append(places, execution, result.clone());
                let picks = execution.iter().map(|step| (b'1' + step.thread as u8) as char).collect();
                Exhibit { label: "allowed by C++20", start, picks, column: "reads from" }
            }
        };
        let says = |result: &String| match one_memory.contains(result) {
            true => json!({ "text": format!("{result}. Some order of the loads and stores explains it.") }),
            false => json!({ "bad": format!("{result}: no order of the loads and stores explains it.") }),
        };
        Ok((exhibit, Some(results.text()), cpp20.iter().map(|result| (result.clone(), says(result))).collect()))
    }

    fn results(&self, program: &dyn Subject) -> Results {
        let of = |memory| {
            let finals = explore(program, memory).finals();
            finals.into_iter().map(|values| self.end(&End::Outcome(values))).collect()
        };
        Results { by_memory: Memory::ALL.map(of) }
    }

    /// Returns the stored schedule of this counter and size.
    fn witness<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        let all = document["witnesses"].as_array()?;
        all.iter().find(|witness| self.is_of_this_size(witness) && witness["final"] != witness["expected"])
    }

    fn is_of_this_size(&self, item: &Value) -> bool {
        let Code::Counter { variant, increments } = self.code else { return false };
        item["variant"] == variant && item["threads"] == THREADS as u64 && item["increments"] == increments
    }

    /// Checks that the counter has not changed since it was checked, and that the checker's final values are those
    /// computed here.
    fn agree(&self, root: &Path, path: &str, document: &Value, walk: &Walk) -> Result<()> {
        let verdicts = document["verdicts"].as_array();
        let verdict = verdicts.and_then(|all| all.iter().find(|verdict| self.is_of_this_size(verdict)));
        let increments = self.expected().unwrap_or(0) / THREADS as u64;
        let size = format!("{} at {THREADS} x {increments}", self.anchor());
        let verdict = verdict.with_context(|| format!("{path} has no verdict about {size}"))?;
        let file = self.file(root)?;
        let text = fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))?;
        let region = Region::of(&text, self.anchor()).with_context(|| format!("{file} has no {}", self.anchor()))?;
        for item in [Some(verdict), self.witness(document)].into_iter().flatten() {
            ensure!(
                item["source"]["sha256"] == region.fingerprint(),
                "{} in {file} has changed since it was checked, so {path} is stale; run cargo proofs witnesses",
                self.anchor()
            );
        }
        let checked: BTreeSet<String> =
            verdict["finals"].as_array().into_iter().flatten().map(ToString::to_string).collect();
        let computed: BTreeSet<String> = walk.start().ends.keys().map(|end| self.end(end)).collect();
        ensure!(
            checked == computed,
            "{path}: the checker saw {size} end at {checked:?}, but the computed final values are {computed:?}"
        );
        let (counted, ways) = (verdict["interleavings"].as_u64().map(u128::from), walk.start().ways_on());
        ensure!(
            counted.is_none() || counted == ways,
            "{path}: the checker ran {} interleavings of {size}, but there are {}",
            counted.unwrap_or(0),
            ways.unwrap_or(0)
        );
        Ok(())
    }

    /// Returns what the page plays: the stored schedule if there is one, which must be possible step by step; otherwise
    /// an example.
    fn exhibit(&self, path: &str, witness: Option<&Value>, places: &Places) -> Result<Exhibit> {
        let Some(witness) = witness else {
            ensure!(places.end_of(self.example).is_some(), "the example of {} is not complete", self.name);
            let picks = self.example.to_string();
            return Ok(Exhibit { label: "an example", start: 0, picks, column: "counter" });
        };
        let mut picks = String::new();
        for (index, step) in witness["steps"].as_array().into_iter().flatten().enumerate() {
            let (thread, operation) = (step["thread"].as_u64().unwrap_or(0), step["op"].as_str().unwrap_or_default());
            picks.push(u8::try_from(thread).ok().and_then(|thread| char::from_digit(thread.into(), 10)).unwrap_or('?'));
            let taken = places.follow(&picks).and_then(|moves| moves.last().copied());
            let impossible = || format!("{path}: step {} of {} is impossible", index + 1, self.anchor());
            let taken = taken.with_context(impossible)?;
            let value = step["value"].to_string();
            ensure!(taken.cell.starts_with(operation) && taken.cell.ends_with(&value), impossible());
            if step["line"] != taken.line {
                bail!("{path} is stale: {operation} is on line {} now; run cargo proofs witnesses", taken.line);
            }
        }
        let end = witness["final"].to_string();
        ensure!(places.end_of(&picks) == Some(&end), "{path}: a schedule of {} does not end at {end}", self.anchor());
        Ok(Exhibit { label: "the witness", start: 0, picks, column: "counter" })
    }
}

/// What the page plays and reveals, and for each value that can be predicted what it says at that end.
type Parts = (Exhibit, Option<String>, Vec<(String, Value)>);

impl Results {
    /// Says which results each memory allows.
    fn text(&self) -> String {
        let all: BTreeSet<&String> = self.by_memory.iter().flatten().collect();
        let says = |(memory, results): (Memory, &BTreeSet<String>)| {
            let missing: Vec<&str> =
                all.iter().filter(|result| !results.contains(**result)).map(|result| result.as_str()).collect();
            let which = match missing[..] {
                [] => format!("all {}", all.len()),
                _ => format!("all but {}", missing.join(" and ")),
            };
            format!("{}: {which}.", words::of_memory(memory))
        };
        Memory::ALL.into_iter().zip(&self.by_memory).map(says).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests;
