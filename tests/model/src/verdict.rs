//! What explorations show, in one word and in one sentence, and no more than they show.

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

/// What a reader of a verdict must know that it does not cover, a sentence or two each.
pub fn cannot_see() -> Vec<String> {
    let sizes = "Other sizes. A verdict is about so many threads and increments, and about no others.";
    let remedy = "Therefore no verdict rests on that search alone: each counter is explored again with every load counted (up to 4 \
                  increments in all), and with one memory (unless it spins), where every interleaving is run.";
    let limitation = |limitation: Limitation| match limitation {
        Limitation::HiddenLoads => format!("{} {remedy}", limitation.claim()),
        _ => limitation.claim().to_string(),
    };
    std::iter::once(sizes.to_string()).chain(Limitation::ALL.map(limitation)).collect()
}

/// The verdict on a counter, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that was to be explored was, and the counter always ended where it should.
    LosesNone,
    /// There is an execution that ends with too little.
    CanLose,
    /// There is an execution that ends wrong, and never with too little.
    CanEndWrong,
    /// Plain memory is accessed by two threads, one of them writes, and nothing orders them.
    DataRace,
    /// All threads wait for each other.
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

    /// The words of the table and of JSON.
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

/// What was found about one counter at one size.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The numbers of threads and of increments.
    pub size: Size,
    /// The most preemptions that were explored, if there was such a bound.
    pub preemption_bound: Option<usize>,
    /// What was explored, with weak memory first.
    pub explorations: Vec<(Memory, Seen, Exploration)>,
    /// Every value that the counter held in the end; none if there is a data race, for then they mean nothing.
    pub finals: BTreeSet<u64>,
    /// The verdict in one word.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub claim: String,
}

impl Judgement {
    /// Whether there is a data race.
    pub fn has_data_race(&self) -> bool {
        self.verdict == Verdict::DataRace
    }

    /// What was explored with this memory.
    pub fn with(&self, memory: Memory) -> Option<(&Seen, &Exploration)> {
        self.explorations.iter().find(|(other, ..)| *other == memory).map(|(_, seen, exploration)| (seen, exploration))
    }

    /// loom's own exploration, with weak memory.
    pub fn weak(&self) -> (&Seen, &Exploration) {
        self.with(Memory::Weak).expect("it is always there")
    }

    /// How many executions loom distinguished.
    pub fn executions(&self) -> u64 {
        self.weak().1.executions
    }

    /// How many different interleavings there are with one memory, if all of them were run.
    pub fn interleavings(&self) -> Option<usize> {
        let (seen, exploration) = self.with(Memory::Sequential)?;
        (exploration.end == End::Complete && self.preemption_bound.is_none()).then_some(seen.interleavings.len())
    }

    /// The final values for people, such as `2 to 6`; `-` if there are none.
    pub fn finals_in_words(&self) -> String {
        numbers(&self.finals.iter().copied().collect::<Vec<_>>())
    }

    /// How long all of it took, in seconds by the clock.
    pub fn seconds(&self) -> f64 {
        self.explorations.iter().map(|(_, _, exploration)| exploration.seconds).sum()
    }

    /// How its threads waited for each other.
    pub fn waiting(&self) -> Waiting {
        self.weak().1.waiting
    }

    /// The exploration in which two accesses race: at the end of its last trace. `None` if none do.
    pub fn racing(&self) -> Option<&Exploration> {
        self.explorations.iter().map(|(_, _, exploration)| exploration).find(|it| it.end == End::DataRace)
    }

    /// The trace with the fewest switches that is an interleaving and ends there.
    pub fn witness(&self, end: u64) -> Option<&[Event]> {
        // All interleavings are run with one memory; where that is not explored, or was stopped, others may show one.
        let seen = self.explorations.iter().rev().find_map(|(_, seen, _)| seen.replayable.get(&end));
        seen.map(Vec::as_slice)
    }
}

/// Which memories a counter is explored with, after it was explored with weak memory.
fn memories(weak: &Exploration, size: Size) -> Vec<Memory> {
    let mut memories = Vec::new();
    // What a program does that has a data race means nothing, with whatever memory; and one that waits without an end would take
    // all the time that there is.
    if matches!(weak.end, End::DataRace | End::Limit(Limit::Operations | Limit::EndlessWait)) {
        return memories;
    }
    if size.threads <= 3 && size.expected() <= 4 {
        memories.push(Memory::WeakEveryLoad); // some 10,000 executions, and hundreds of thousands at the next size
    }
    if weak.waiting != Waiting::Spinning {
        memories.push(Memory::Sequential); // threads that spin have no last interleaving
    }
    memories
}

/// Explores a counter, with each memory that fits it.
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

/// A finding stands, however the exploration ended; that there is none takes an exploration that is complete.
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
        Verdict::LosesNone => {
            let mutex = " The mutex is the model's: what was checked is how the counter uses one.";
            let mutex = if judgement.waiting() == Waiting::AtMutex { mutex } else { "" };
            match judgement.preemption_bound {
                None => format!(
                    "Loom explored every execution that it distinguishes for {what} under its C11-like model (no load \
                     buffering; SeqCst treated as AcqRel; the 7 newest stores remembered). None lost an update.{mutex}"
                ),
                Some(bound) => format!(
                    "Loom explored only executions of {what} with at most {bound} preemption{}. None of those lost an update; \
                     one with more preemptions may.{mutex}",
                    if bound == 1 { "" } else { "s" }
                ),
            }
        }
        Verdict::CanLose => {
            let least = judgement.finals.first().copied().unwrap_or_default();
            let replays = match judgement.witness(least) {
                Some(_) => format!("A schedule that ends at {least} replays, step by step."),
                None => format!("It ends at {least} only where a load reads an old value: no schedule replays that."),
            };
            format!("Loom found executions of {what} that lose updates: the counter can end at {finals}. {replays}")
        }
        Verdict::CanEndWrong => format!("Loom found executions of {what} that end wrong: at {finals}."),
        Verdict::DataRace => {
            let place = |event: &Event| format!("line {} ({})", event.location.line(), event.operation);
            let racing = judgement.racing().expect("that is the verdict");
            let lines = conflict(&racing.last)
                .map(|[one, other]| format!(": {} and {} access the same plain memory", place(one), place(other)));
            format!(
                "Loom found a data race in execution {} of {what}{}, one of them writes, and nothing orders them. \
                 Such a program has no meaning, so no final value is claimed.",
                racing.executions,
                lines.unwrap_or_default()
            )
        }
        Verdict::Deadlock => format!("Loom found an execution of {what} in which all threads wait for each other."),
        Verdict::Panics | Verdict::Inconclusive => {
            let why = judgement.explorations.iter().find_map(|(_, _, exploration)| match &exploration.end {
                End::Panicked(reason) => Some(format!("the counter panicked: {reason}")),
                End::Limit(limit) => Some(format!("after {} executions it met {limit}", exploration.executions)),
                End::Unmodelled(reason) => Some(reason.clone()),
                _ => None,
            });
            format!("Nothing is shown about {what}: {}.", why.unwrap_or_default())
        }
    }
}

/// The two accesses that race, at the end of a trace in which loom found a data race: the one that it stopped inside, and the
/// last one before it, by another thread, of the same memory.
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
