//! `--witness`: prints schedules that lose an update, and the verdicts on the counters that lose none.
//!
//! Both are stored in the lab's folder in one document (`labs/witness/1`). The model checker wrote it; a lab prints it,
//! and does not contain the model checker.

pub mod lanes;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::format::{integer, wrap};
use crate::lab::Kept;
use crate::layout::{WIDTH, bold, paragraph, section};
use crate::source::Region;
use crate::{Arguments, Error, Lab};
use serde_json::Value;
use std::collections::BTreeSet;

/// The part of the document that a command line asks for.
#[derive(Clone, Debug)]
pub struct Witnesses {
    /// The document with the requested schedules, and with everything else.
    pub document: Value,
    source: &'static str,
    other_sizes: Vec<(u64, u64)>,
}

impl Witnesses {
    /// Chooses the schedules whose size the command line names; all of them if it names none.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a size without stored results; [`Error::Failure`] for a document that cannot be parsed.
    pub fn select(kept: &Kept, arguments: &Arguments) -> Result<Self, Error> {
        let mut document: Value = serde_json::from_str(kept.document).map_err(|error| {
            Error::Failure(format!(
                "witnesses.json is not valid JSON: {error} (cargo proofs witnesses writes it again)"
            ))
        })?;
        let all: BTreeSet<(u64, u64)> = list(&document, "witnesses").iter().map(size).collect();
        let given = |name| arguments.get(name).filter(|_| arguments.is_given(name));
        let (threads, increments) = (given("threads"), given("increments"));
        let is_asked_for = |(t, i): (u64, u64)| threads.is_none_or(|n| n == t) && increments.is_none_or(|n| n == i);
        let flags = [("threads", threads), ("increments", increments)];
        let flags: Vec<String> =
            flags.iter().filter_map(|(name, value)| Some(format!("--{name} {}", (*value)?))).collect();
        if !flags.is_empty() && !all.iter().copied().any(is_asked_for) {
            let (flags, sizes) = (flags.join(" "), names(&all));
            return Err(Error::Usage(match all.first() {
                Some((threads, increments)) => format!(
                    "--witness {flags}: no schedule of this size is stored, only {sizes} (threads x increments): \
                     give --threads {threads} --increments {increments}, or leave both out"
                ),
                None => {
                    format!(
                        "--witness {flags}: no schedule is stored, because no counter of this lab loses an update: leave {flags} out"
                    )
                }
            }));
        }
        if let Some(witnesses) = document["witnesses"].as_array_mut() {
            witnesses.retain(|witness| is_asked_for(size(witness)));
        }
        let shown = list(&document, "witnesses").iter().map(size).min();
        let other_sizes = all.into_iter().filter(|size| Some(*size) != shown).collect();
        Ok(Self { document, source: kept.source, other_sizes })
    }

    /// Returns a sentence for each counter that has changed since it was checked.
    pub fn stale(&self) -> Vec<String> {
        let all = ["witnesses", "data_races", "verdicts"].into_iter().flat_map(|name| list(&self.document, name));
        let mut sentences: Vec<String> = all.filter_map(|item| self.staleness(item)).collect();
        sentences.dedup();
        sentences
    }

    /// Formats the schedules and the verdicts as text for people: one screen, or with `full` all of it.
    pub fn text(&self, lab: &Lab, full: bool) -> String {
        let about = format!(
            "Found in src/counters.rs by a model checker, {}. Nothing runs now.",
            verdicts::checker(&self.document)
        );
        let mut text = format!("{}\n{}\n", bold(&format!("lab-{}: {}", lab.name, lab.title)), prose(&about));
        text += &self.schedules();
        text += &self.data_races();
        text += &self.two_locations();
        text += &verdicts::text(&self.document, &self.stale(), full);
        if !full {
            text += "All sizes, numbers of schedules, what no verdict covers: --witness --full\n";
        }
        text
    }

    fn schedules(&self) -> String {
        let title = "Schedules that lose an update";
        let shown = self.smallest();
        if shown.is_empty() {
            let nothing = "None: no counter of this lab lost an update in any execution.";
            return section(title, prose(nothing));
        }
        let mut blocks = String::new();
        let mut explained: Vec<&Value> = Vec::new();
        for witness in shown {
            match explained.iter().find(|other| steps_of(other) == steps_of(witness)) {
                Some(other) => blocks += &prose(&the_same(witness, other)),
                None => {
                    blocks += &format!("{}\n", self.lanes(witness));
                    explained.push(witness);
                }
            }
        }
        let others = self.other_sizes.last().map_or(String::new(), |(_, increments)| {
            let names = names(&self.other_sizes.iter().copied().collect());
            prose(&format!("Also stored: {names}. For example: --witness --increments {increments}"))
        });
        section(title, blocks + &others)
    }

    /// Returns the schedule of the smallest size for each counter.
    fn smallest(&self) -> Vec<&Value> {
        let mut smallest: Vec<&Value> = Vec::new();
        for witness in list(&self.document, "witnesses") {
            match smallest.iter_mut().find(|other| other["variant"] == witness["variant"]) {
                Some(other) if size(witness) < size(other) => *other = witness,
                Some(_) => {}
                None => smallest.push(witness),
            }
        }
        smallest
    }

    fn lanes(&self, witness: &Value) -> String {
        let (threads, increments) = size(witness);
        let sentence = format!(
            "{}, {}: this schedule ends at {}, not at {}.",
            string(&witness["variant"]),
            threads_and_increments(threads, increments),
            number(&witness["final"]),
            number(&witness["expected"])
        );
        let source = |step: &Value| source_line(self.region(witness), step).map(str::to_string);
        self.warning(witness) + &prose(&sentence) + &lanes::schedule(witness, source) + &lanes::losses(witness)
    }

    fn data_races(&self) -> String {
        let race = |race: &Value| {
            let row = |access: &Value| {
                let source = source_line(self.region(race), access).unwrap_or("-").to_string();
                let operation = string(&access["op"]).to_string();
                vec![integer(number(&access["thread"])), operation, integer(number(&access["line"])), source]
            };
            let rows: Vec<Vec<String>> = list(race, "accesses").iter().map(row).collect();
            let claim = format!("{}: {}", string(&race["variant"]), string(&race["checked"]["claim"]));
            let header = ["thread", "access", "line", "source"].map(String::from);
            self.warning(race) + &prose(&claim) + &lanes::table_of_lines(&header, rows)
        };
        let races: Vec<String> = list(&self.document, "data_races").iter().map(race).collect();
        section("Data race: two accesses that nothing orders", races.join("\n"))
    }

    /// Shows executions that no order of the steps explains. Their source is not that of the counters, so the lines are
    /// stored with the steps.
    fn two_locations(&self) -> String {
        let execution = |item: &Value| {
            let claim = format!(
                "{}, under {}: {}",
                string(&item["variant"]),
                string(&item["memory"]),
                string(&item["checked"]["claim"])
            );
            prose(&claim) + &lanes::schedule(item, |step| step["source"].as_str().map(str::to_string))
        };
        let all: String = list(&self.document, "two_locations").iter().map(execution).collect();
        section("Two locations: executions that no order of the loads and stores explains", all)
    }

    fn region(&self, item: &Value) -> Option<Region<'static>> {
        Region::of(self.source, string(&item["source"]["anchor"]))
    }

    /// Returns why the result no longer fits this source: the counter has changed, or lines above it were added or
    /// removed.
    fn staleness(&self, item: &Value) -> Option<String> {
        let checked = item["source"]["sha256"].as_str()?;
        let region = self.region(item);
        let is_in_place = |place: &Value| source_line(region, place).is_some();
        let mut places = ["steps", "accesses"].into_iter().flat_map(|name| list(item, name));
        let is_the_same = region.is_some_and(|region| region.fingerprint() == checked);
        let what = match (is_the_same, places.all(is_in_place)) {
            (true, true) => return None,
            (true, false) => "has moved since it was checked, so the line numbers here are old",
            (false, _) => "has changed since it was checked, so the results here are about the old counter",
        };
        let (variant, file) = (string(&item["variant"]), string(&item["source"]["file"]));
        Some(format!("{variant} in {file} {what}: run cargo proofs witnesses"))
    }

    fn warning(&self, item: &Value) -> String {
        self.staleness(item).map_or(String::new(), |stale| warning(&stale))
    }
}

/// Formats a paragraph whose lines all begin at the margin.
fn prose(text: &str) -> String {
    wrap(text, WIDTH, "") + "\n"
}

fn warning(stale: &str) -> String {
    paragraph(&format!("warning (stale): {stale}.")) + "\n"
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// Reads the numbers of threads and of increments.
fn size(item: &Value) -> (u64, u64) {
    (number(&item["threads"]), number(&item["increments"]))
}

/// Returns what the steps of a schedule do, without the lines on which they lie.
fn steps_of(witness: &Value) -> Vec<(u64, &str, u64)> {
    let step = |step: &'_ Value| (number(&step["thread"]), number(&step["value"]));
    list(witness, "steps").iter().map(|one| (step(one).0, string(&one["op"]), step(one).1)).collect()
}

/// Says that a counter loses an update by the steps that were shown for another, on other lines.
fn the_same(witness: &Value, other: &Value) -> String {
    let lines: BTreeSet<u64> = list(witness, "steps").iter().map(|step| number(&step["line"])).collect();
    let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
    let (variant, other) = (string(&witness["variant"]), string(&other["variant"]));
    format!("{variant} loses an update by the same steps as {other}, on lines {}.", lines.join(" and "))
}

/// Formats a size: `2 threads x 1 increment`.
fn threads_and_increments(threads: u64, increments: u64) -> String {
    let count = |number, noun| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    format!("{} x {}", count(threads, "thread"), count(increments, "increment"))
}

/// Formats sizes: `2 x 1, 2 x 2 and 2 x 3`.
fn names(sizes: &BTreeSet<(u64, u64)>) -> String {
    let mut names: Vec<String> =
        sizes.iter().map(|(threads, increments)| format!("{threads} x {increments}")).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}

/// Returns the source line of a step. `None` if the line is outside the counter or does not contain the step's
/// operation: then the source has changed since it was checked, and the line would be the wrong one.
fn source_line(region: Option<Region<'static>>, step: &Value) -> Option<&'static str> {
    let operation = string(&step["op"]);
    let line = region?.line(usize::try_from(number(&step["line"])).ok()?)?;
    // The value in a mutex is read and written, without a method call, on the line that locks it. The mutex is unlocked
    // there too.
    [operation, "lock"].iter().any(|method| line.contains(&format!(".{method}("))).then_some(line)
}
