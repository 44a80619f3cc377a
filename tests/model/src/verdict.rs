//! Turns explorations into verdicts: one word and one sentence for each counter and size.

use crate::size::Size;
use crate::subjects::Subject;
use common::format::{integer, numbers};
use explorer::{Bounds, Memory, Problem, Report, Schedule, explore_within};
use std::collections::BTreeSet;
use std::fmt;
use std::time::Instant;

/// The model checker and its version.
pub const CHECKED_BY: &str = concat!("explorer ", env!("CARGO_PKG_VERSION"));

/// Returns what no verdict covers, in a sentence each.
pub fn cannot_see() -> Vec<String> {
    [
        "Other sizes: a verdict covers only its own numbers of threads and increments.",
        "Load buffering, which C++20 allows for relaxed accesses: no load reads a store that comes after it in program order.",
    ]
    .map(String::from)
    .to_vec()
}

/// The verdict on a counter, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The exploration is complete, and every execution ends at the expected value.
    LosesNone,
    /// An execution ends below the expected value.
    CanLose,
    /// An execution ends above the expected value, and none ends below it.
    CanEndWrong,
    /// Two threads access the same plain memory, at least one of them writes, and nothing orders them.
    DataRace,
    /// In an execution threads wait for each other in a circle.
    Deadlock,
    /// In an execution a thread waits for what cannot happen any more.
    WaitsForEver,
    /// An execution of the counter panics.
    Panics,
    /// Not decided: a bound was reached.
    Inconclusive,
}

impl Verdict {
    /// All verdicts, in this order.
    pub const ALL: [Self; 8] = [
        Self::LosesNone,
        Self::CanLose,
        Self::CanEndWrong,
        Self::DataRace,
        Self::Deadlock,
        Self::WaitsForEver,
        Self::Panics,
        Self::Inconclusive,
    ];

    /// Returns the name in the table and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::LosesNone => "no execution loses one",
            Self::CanLose => "can lose updates",
            Self::CanEndWrong => "can end wrong",
            Self::DataRace => "data race",
            Self::Deadlock => "deadlock",
            Self::WaitsForEver => "waits for ever",
            Self::Panics => "panics",
            Self::Inconclusive => "inconclusive",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

/// What was explored under one memory.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// The memory that was explored.
    pub memory: Memory,
    /// What the explorer found.
    pub report: Report,
    /// The time that it took, in seconds.
    pub seconds: f64,
}

/// The results for one counter at one size.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The numbers of threads and of increments per thread.
    pub size: Size,
    /// The explorations under all memories, in the order of [`Memory::ALL`].
    pub explorations: Vec<Exploration>,
    /// The final values of the counter under any memory. Empty if there is a data race, because then they mean nothing.
    pub finals: BTreeSet<u64>,
    /// The verdict in one word.
    pub verdict: Verdict,
    /// The verdict in a sentence or two.
    pub claim: String,
}

impl Judgement {
    /// Returns what was found under this memory.
    pub fn under(&self, memory: Memory) -> &Report {
        let is_it = |exploration: &&Exploration| exploration.memory == memory;
        &self.explorations.iter().find(is_it).expect("every memory is explored").report
    }

    /// Returns the number of executions under C++20 that differ in what their operations returned. One that ends at a
    /// problem counts too. `None` if there are so many that those with the same future were explored together.
    pub fn executions(&self) -> Option<usize> {
        let report = self.under(Memory::Cpp20);
        Some(report.executions? + report.findings.len())
    }

    /// Returns the number of schedules with one memory; `None` if threads wait in loops, or if there is a data race.
    pub fn interleavings(&self) -> Option<u128> {
        let report = self.under(Memory::Interleaved);
        if self.verdict == Verdict::DataRace || report.bound.is_some() {
            return None;
        }
        report.outcomes.values().map(|outcome| outcome.schedules).sum()
    }

    /// Formats the final values, such as `2 to 6`; `-` if there are none.
    pub fn finals_in_words(&self) -> String {
        numbers(&self.finals.iter().copied().collect::<Vec<_>>())
    }

    /// Returns the time of all explorations, in seconds.
    pub fn seconds(&self) -> f64 {
        self.explorations.iter().map(|exploration| exploration.seconds).sum()
    }

    /// Returns a schedule with one memory that ends at `end`: one with the fewest steps, and of those with the fewest
    /// switches between threads.
    pub fn witness(&self, end: u64) -> Option<&Schedule> {
        self.under(Memory::Interleaved).outcomes.get(&[end][..]).map(|outcome| &outcome.example)
    }

    /// Returns the problem that was found, such as a data race, under the strongest memory that has one.
    pub fn problem(&self) -> Option<&explorer::Finding> {
        let mut findings = self.explorations.iter().flat_map(|exploration| &exploration.report.findings);
        let is_race = |finding: &&explorer::Finding| matches!(finding.problem, Problem::DataRace { .. });
        findings.clone().find(is_race).or_else(|| findings.next())
    }
}

/// Explores a counter under every memory and judges the results.
pub fn judge(subject: &Subject, size: Size, bounds: &Bounds) -> Judgement {
    let explore = |memory| {
        let start = Instant::now();
        let report = explore_within(&(subject.program)(size), memory, bounds);
        Exploration { memory, report, seconds: start.elapsed().as_secs_f64() }
    };
    let explorations: Vec<_> = Memory::ALL.map(explore).into_iter().collect();
    let outcomes = explorations.iter().flat_map(|exploration| exploration.report.outcomes.keys());
    let mut finals: BTreeSet<u64> = outcomes.map(|outcome| outcome[0]).collect();
    if explorations.iter().any(|exploration| exploration.report.race().is_some()) {
        finals.clear();
    }
    let mut judgement = Judgement { size, explorations, finals, verdict: Verdict::Inconclusive, claim: String::new() };
    judgement.verdict = word(&judgement);
    judgement.claim = sentence(&judgement);
    judgement
}

/// Returns a thread, counted from 0, that does nothing the explorer can see in an execution. It may use a mutex of the
/// standard library, and then anything would pass.
fn unseen(judgement: &Judgement) -> Option<usize> {
    let examples = judgement.under(Memory::Interleaved).outcomes.values().map(|outcome| &outcome.example);
    let mut idle = examples.flat_map(|example| {
        (0..judgement.size.threads).filter(|&thread| example.iter().all(|step| step.thread != thread))
    });
    idle.next()
}

/// Returns the verdict. A wrong final value counts however the exploration ended, but only a complete exploration proves that none exists.
fn word(judgement: &Judgement) -> Verdict {
    let (finals, expected) = (&judgement.finals, judgement.size.expected());
    let has = |is_it: fn(&Problem) -> bool| {
        let mut findings = judgement.explorations.iter().flat_map(|exploration| &exploration.report.findings);
        findings.any(|finding| is_it(&finding.problem))
    };
    let is_complete = judgement.explorations.iter().all(|exploration| exploration.report.bound.is_none());
    if has(|problem| matches!(problem, Problem::DataRace { .. })) {
        Verdict::DataRace
    } else if finals.first().is_some_and(|&least| least < expected) {
        Verdict::CanLose
    } else if finals.last().is_some_and(|&most| most > expected) {
        Verdict::CanEndWrong
    } else if has(|problem| matches!(problem, Problem::Deadlock { .. })) {
        Verdict::Deadlock
    } else if has(|problem| matches!(problem, Problem::WaitsForEver { .. })) {
        Verdict::WaitsForEver
    } else if has(|problem| matches!(problem, Problem::Panic { .. })) {
        Verdict::Panics
    } else if !is_complete || unseen(judgement).is_some() {
        Verdict::Inconclusive
    } else {
        Verdict::LosesNone
    }
}

/// Names the memories, the strongest first.
pub fn memory_name(memory: Memory) -> &'static str {
    match memory {
        Memory::Interleaved => "one memory",
        Memory::StoreBuffers => "x86-TSO",
        Memory::Cpp20 => "C++20",
    }
}

fn sentence(judgement: &Judgement) -> String {
    let what = judgement.size.in_words();
    let finals = judgement.finals_in_words();
    let expected = judgement.size.expected();
    match judgement.verdict {
        Verdict::LosesNone => format!(
            "The explorer ran every execution of {what} under one memory, x86-TSO and C++20 without load buffering. None lost an update."
        ),
        Verdict::CanLose => format!("{what} can end at {finals}, not only at {expected}. {}", losing(judgement)),
        Verdict::CanEndWrong => format!("{what} can end at {finals}, not only at {expected}."),
        Verdict::DataRace => {
            let Some(Problem::DataRace { accesses }) = judgement.problem().map(|finding| &finding.problem) else {
                unreachable!("that is the verdict")
            };
            let place =
                accesses.map(|access| format!("{} ({})", access.line, if access.writes { "write" } else { "read" }));
            format!(
                "In {what}, two threads access the same plain memory on lines {} and {}, and nothing orders the accesses. The behaviour of \
                 such a program is undefined, so no final value is given.",
                place[0], place[1]
            )
        }
        Verdict::Deadlock | Verdict::WaitsForEver | Verdict::Panics => {
            let problem = judgement.problem().map_or(String::new(), |finding| finding.problem.to_string());
            format!("An execution of {what} ends in a problem: {problem}.")
        }
        Verdict::Inconclusive => {
            let bound = judgement.explorations.iter().find_map(|exploration| {
                Some(format!("under {}, {}", memory_name(exploration.memory), exploration.report.bound?))
            });
            let unseen =
                unseen(judgement).map(|thread| format!("thread {} performed no operation of crate::sync", thread + 1));
            format!("Not decided for {what}: {}.", bound.or(unseen).unwrap_or_default())
        }
    }
}

/// Says how many schedules lose an update, or under which memories some do.
fn losing(judgement: &Judgement) -> String {
    let expected = judgement.size.expected();
    let loses = |report: &Report| report.outcomes.keys().any(|outcome| outcome[0] < expected);
    let with = judgement.explorations.iter().filter(|exploration| loses(&exploration.report));
    let names: Vec<&str> = with.map(|exploration| memory_name(exploration.memory)).collect();
    if !names.contains(&memory_name(Memory::Interleaved)) {
        return format!("No interleaving ends below {expected}; executions under {} do.", names.join(" and "));
    }
    let report = judgement.under(Memory::Interleaved);
    let total: Option<u128> = judgement.interleavings();
    let kept: Option<u128> =
        report.outcomes.iter().filter(|(outcome, _)| outcome[0] >= expected).map(|(_, it)| it.schedules).sum();
    match total.zip(kept) {
        Some((total, kept)) => format!(
            "With one memory there are {} schedules, and {} of them lose updates.",
            integer(u64::try_from(total).unwrap_or(u64::MAX)),
            integer(u64::try_from(total - kept).unwrap_or(u64::MAX))
        ),
        None => "Interleavings alone lose updates.".to_string(),
    }
}
