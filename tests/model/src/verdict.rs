//! Turns explorations into verdicts: one word and one sentence for each counter and size.

use crate::counting::{self, Seen, Size};
use crate::exploration::{End, Exploration, Limit, Limits};
use crate::litmus::sources::Limitation;
use crate::memory::Memory;
use crate::subjects::Subject;
use crate::trace::{Event, Operation};
use crate::waiting::Waiting;
use common::format::numbers;
use std::collections::BTreeSet;
use std::fmt;

/// The model checker and its version.
pub const CHECKED_BY: &str = "loom 0.7.3";

/// Returns what no verdict covers, in a sentence or two each.
pub fn cannot_see() -> Vec<String> {
    let sizes = "Other sizes: a verdict covers only its own numbers of threads and increments.";
    let remedy = "Therefore each counter is also explored with every load considered (up to 4 increments in all), and with every \
                  interleaving of one memory (unless it waits in a loop).";
    let limitation = |limitation: Limitation| match limitation {
        Limitation::HiddenLoads => format!("{} {remedy}", limitation.claim()),
        _ => limitation.claim().to_string(),
    };
    std::iter::once(sizes.to_string()).chain(Limitation::ALL.map(limitation)).collect()
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
    /// In an execution all threads wait for each other.
    Deadlock,
    /// An execution of the counter panics.
    Panics,
    /// Not decided: a limit was reached.
    Inconclusive,
}

impl Verdict {
    /// All verdicts, in this order.
    pub const ALL: [Self; 7] = [
        Self::LosesNone,
        Self::CanLose,
        Self::CanEndWrong,
        Self::DataRace,
        Self::Deadlock,
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

/// The results for one counter at one size.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The numbers of threads and of increments per thread.
    pub size: Size,
    /// The largest number of preemptions that was explored; `None` if there was no bound.
    pub preemption_bound: Option<usize>,
    /// The explorations with their memories; the one with weak memory is first.
    pub explorations: Vec<(Memory, Seen, Exploration)>,
    /// The final values of the counter. Empty if there is a data race, because then they mean nothing.
    pub finals: BTreeSet<u64>,
    /// The verdict in one word.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub claim: String,
}

impl Judgement {
    /// Returns whether there is a data race.
    pub fn has_data_race(&self) -> bool {
        self.verdict == Verdict::DataRace
    }

    /// Returns the exploration with this memory.
    pub fn with(&self, memory: Memory) -> Option<(&Seen, &Exploration)> {
        self.explorations.iter().find(|(other, ..)| *other == memory).map(|(_, seen, exploration)| (seen, exploration))
    }

    /// Returns loom's own exploration, with weak memory.
    pub fn weak(&self) -> (&Seen, &Exploration) {
        self.with(Memory::Weak).expect("it is always there")
    }

    /// Returns the number of executions that loom distinguished.
    pub fn executions(&self) -> u64 {
        self.weak().1.executions
    }

    /// Returns the number of different interleavings with one memory; `None` if not all of them were run.
    pub fn interleavings(&self) -> Option<usize> {
        let (seen, exploration) = self.with(Memory::Sequential)?;
        (exploration.end == End::Complete && self.preemption_bound.is_none()).then_some(seen.interleavings.len())
    }

    /// Formats the final values, such as `2 to 6`; `-` if there are none.
    pub fn finals_in_words(&self) -> String {
        numbers(&self.finals.iter().copied().collect::<Vec<_>>())
    }

    /// Returns the time of all explorations, in seconds.
    pub fn seconds(&self) -> f64 {
        self.explorations.iter().map(|(_, _, exploration)| exploration.seconds).sum()
    }

    /// Returns how the threads waited for each other.
    pub fn waiting(&self) -> Waiting {
        self.weak().1.waiting
    }

    /// Returns the exploration that found a data race, at the end of its last trace; `None` if none did.
    pub fn racing(&self) -> Option<&Exploration> {
        self.explorations.iter().map(|(_, _, exploration)| exploration).find(|it| it.end == End::DataRace)
    }

    /// Returns the trace with the fewest switches among the interleavings that end at `end`.
    pub fn witness(&self, end: u64) -> Option<&[Event]> {
        // The exploration with one memory comes last and has all interleavings. If it is missing or was stopped, another may have one.
        let seen = self.explorations.iter().rev().find_map(|(_, seen, _)| seen.replayable.get(&end));
        seen.map(Vec::as_slice)
    }
}

/// Returns the further memories with which to explore a counter, after the exploration with weak memory.
fn memories(weak: &Exploration, size: Size) -> Vec<Memory> {
    let mut memories = Vec::new();
    // With a data race no other result has a meaning. A counter that waits without end would use the whole time limit.
    if matches!(weak.end, End::DataRace | End::Limit(Limit::Operations | Limit::EndlessWait)) {
        return memories;
    }
    if size.threads <= 3 && size.expected() <= 4 {
        memories.push(Memory::WeakEveryLoad); // about 10,000 executions here, and hundreds of thousands at the next size
    }
    if weak.waiting != Waiting::Spinning {
        memories.push(Memory::Sequential); // threads that spin have infinitely many interleavings
    }
    memories
}

/// Explores a counter with each memory that applies, and judges the results.
pub fn judge(subject: &Subject, size: Size, limits: &Limits) -> Judgement {
    let explore = |memory| {
        let (seen, exploration) = counting::explore(&Limits { memory, ..limits.clone() }, size, subject.execute);
        (memory, seen, exploration)
    };
    let mut explorations = vec![explore(Memory::Weak)];
    explorations.extend(memories(&explorations[0].2, size).into_iter().map(explore));
    let ends: Vec<&End> = explorations.iter().map(|(_, _, exploration)| &exploration.end).collect();
    let mut finals: BTreeSet<u64> = explorations.iter().flat_map(|(_, seen, _)| seen.finals.keys().copied()).collect();
    if ends.contains(&&End::DataRace) {
        finals.clear();
    }
    let verdict = word(&finals, &ends, size);
    let preemption_bound = limits.preemption_bound;
    let mut judgement = Judgement { size, preemption_bound, explorations, finals, verdict, claim: String::new() };
    judgement.claim = sentence(&judgement);
    judgement
}

/// Returns the verdict. A wrong final value counts however the exploration ended, but only a complete exploration proves that none exists.
fn word(finals: &BTreeSet<u64>, ends: &[&End], size: Size) -> Verdict {
    let any = |kind: fn(&End) -> bool| ends.iter().any(|end| kind(end));
    if any(|end| *end == End::DataRace) {
        Verdict::DataRace
    } else if finals.first().is_some_and(|&least| least < size.expected()) {
        Verdict::CanLose
    } else if finals.last().is_some_and(|&most| most > size.expected()) {
        Verdict::CanEndWrong
    } else if any(|end| *end == End::Deadlock) {
        Verdict::Deadlock
    } else if any(|end| matches!(end, End::Panicked(_))) {
        Verdict::Panics
    } else if any(|end| *end != End::Complete) {
        Verdict::Inconclusive
    } else {
        Verdict::LosesNone
    }
}

fn sentence(judgement: &Judgement) -> String {
    let what = judgement.size.in_words();
    let finals = judgement.finals_in_words();
    match judgement.verdict {
        Verdict::LosesNone => match judgement.preemption_bound {
            None => format!(
                "Loom explored every execution of {what} that its memory model distinguishes. None lost an update."
            ),
            Some(bound) => format!(
                "Loom explored only executions of {what} with at most {bound} preemption{}. None of those lost an update, \
                     but an execution with more preemptions may.",
                if bound == 1 { "" } else { "s" }
            ),
        },
        Verdict::CanLose => {
            let least = judgement.finals.first().copied().unwrap_or_default();
            let replays = match judgement.witness(least) {
                Some(_) => format!("A schedule that ends at {least} can be replayed step by step."),
                None => format!(
                    "In the executions that end at {least} a load reads an old value, so no schedule can be replayed."
                ),
            };
            format!("Loom found executions of {what} that lose updates: the counter can end at {finals}. {replays}")
        }
        Verdict::CanEndWrong => {
            format!(
                "Loom found executions of {what} with a wrong final value: {finals} instead of {}.",
                judgement.size.expected()
            )
        }
        Verdict::DataRace => {
            let place = |event: &Event| format!("line {} ({})", event.location.line(), event.operation);
            let racing = judgement.racing().expect("that is the verdict");
            let lines = conflict(&racing.last)
                .map(|[one, other]| format!(" The accesses are on {} and on {}.", place(one), place(other)));
            format!(
                "Loom found a data race in execution {} of {what}: two threads access the same plain memory, at least one of \
                 them writes, and nothing orders them.{} The behaviour of such a program is undefined, so no final value is \
                 given.",
                racing.executions,
                lines.unwrap_or_default()
            )
        }
        Verdict::Deadlock => format!("Loom found an execution of {what} in which all threads wait for each other."),
        Verdict::Panics | Verdict::Inconclusive => {
            let why = judgement.explorations.iter().find_map(|(_, _, exploration)| match &exploration.end {
                End::Panicked(reason) => Some(format!("the counter panicked: {reason}")),
                End::Limit(limit) => Some(format!("after {} executions, {limit}", exploration.executions)),
                End::Unmodelled(reason) => Some(reason.clone()),
                _ => None,
            });
            format!("Not decided for {what}: {}.", why.unwrap_or_default())
        }
    }
}

/// Returns the two racing accesses of a trace in which loom found a data race. The second is the last access of the trace, inside which
/// loom stopped. The first is the last access before it to the same memory by another thread.
pub fn conflict(trace: &[Event]) -> Option<[&Event; 2]> {
    let (last, before) = trace.split_last()?;
    let other = before.iter().rev().find(|event| {
        event.thread != last.thread
            && event.object == last.object
            && [event.operation, last.operation].contains(&Operation::Write)
            && event.operation != Operation::New
    })?;
    Some([other, last])
}
