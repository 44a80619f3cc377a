//! A submission under the model checker: some threads act on something that they share, in every order, and an outcome that must not
//! be comes with the schedule that led to it.

use crate::Finding;
use loom_trace::steps;
use model::counting::{has_acted, together};
use model::exploration::{End, Exploration, Limit, Limits, explore};
use model::memory::Memory;
use model::trace::{self as loom_trace, Event, Operation};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Threads beside the one that starts them.
pub const THREADS: usize = 2;

/// Returns what was counted instead of the expected value, with a sentence about it; `None` if the count is right.
pub type Wrong<T> = fn(&T, &[Vec<u64>]) -> Option<(u64, String)>;

/// An experiment that the model checker explores.
pub struct Experiment<T> {
    /// Makes what the threads share, new in each execution.
    pub new: Box<dyn Fn() -> T + Send + Sync>,
    /// What a thread does, and what it says then. Threads are counted from 0.
    pub act: fn(&T, usize) -> Vec<u64>,
    /// How often each thread acts.
    pub actions: u64,
    /// What must have been counted in the end.
    pub expected: u64,
    /// What was counted in its place, and in words, given what each thread said; `None` if nothing is wrong.
    pub wrong: Wrong<T>,
    /// Whether a thread waits by trying again; then not every interleaving ends.
    pub spins: bool,
}

/// The shortest trace for each outcome that must not be.
type Seen = BTreeMap<String, (Option<u64>, Vec<Event>)>;

/// Explores it with weak memory, and, unless it spins, every interleaving with one memory too: loom's own search leaves some out.
pub fn check<T: Send + Sync + 'static>(experiment: Experiment<T>) -> Finding {
    let experiment = Arc::new(experiment);
    let memories: &[Memory] = if experiment.spins {
        &[Memory::Weak, Memory::WeakEveryLoad]
    } else {
        &[Memory::Sequential, Memory::WeakEveryLoad]
    };
    for memory in memories {
        let limits = Limits { memory: *memory, time: Duration::from_secs(4), branches: 500, ..Limits::default() };
        let note = |seen: &mut Seen, outcome: Option<(u64, String)>, events: &[Event]| {
            // A thread that the model does not see may have done anything.
            let unseen = (1..=THREADS).find(|&thread| !has_acted(events, thread));
            let unseen = unseen.map(|thread| (None, format!("thread {thread} touches nothing that the threads share")));
            let Some((end, message)) = outcome.map(|(end, message)| (Some(end), message)).or(unseen) else { return };
            if seen.get(&message).is_none_or(|(_, best)| cost(events) < cost(best)) {
                seen.insert(message, (end, events.to_vec()));
            }
        };
        let explored = experiment.clone();
        let (seen, exploration) = explore(&limits, move || execute(&explored), note);
        if let Some(finding) = finding(&experiment, &seen, &exploration) {
            return finding;
        }
    }
    Finding::Pass
}

/// Fewest switches, then fewest steps; an execution that an order of the steps explains before one that none does.
fn cost(events: &[Event]) -> (bool, usize, usize) {
    (loom_trace::first_stale(events).is_some(), loom_trace::switches(events), steps(events).count())
}

fn execute<T: Send + Sync + 'static>(experiment: &Experiment<T>) -> Option<(u64, String)> {
    let shared = Arc::new((experiment.new)());
    let (theirs, act) = (shared.clone(), experiment.act);
    let said = together(THREADS, move |thread| act(&theirs, thread));
    (experiment.wrong)(&shared, &said)
}

fn finding<T>(experiment: &Experiment<T>, seen: &Seen, exploration: &Exploration) -> Option<Finding> {
    let loses = |message: &str, end: Option<u64>, events: &[Event]| {
        let witness = witness(experiment, end, events, exploration);
        let has_steps = witness["steps"].as_array().is_some_and(|steps| !steps.is_empty());
        let message = message.to_string();
        Some(if has_steps { Finding::Loses { message, witness } } else { Finding::Fail(message) })
    };
    let last = &exploration.last;
    match &exploration.end {
        End::DataRace => {
            loses("two threads reach the same memory, one of them writes, and nothing orders them", None, last)
        }
        End::Deadlock => loses("all threads wait, and none can go on", None, last),
        End::Panicked(message) => loses(&format!("it panics: {message}"), None, last),
        End::Unmodelled(reason) => Some(Finding::Fail(reason.clone())),
        End::Complete | End::Limit(_) => {
            // The outcome whose schedule is easiest to follow.
            if let Some((message, (end, events))) = seen.iter().min_by_key(|(_, (_, events))| cost(events)) {
                return loses(message, *end, events);
            }
            match &exploration.end {
                End::Limit(limit) => {
                    let advice = "; a loop that waits says so with hint::spin_loop()";
                    let advice = if *limit == Limit::Operations { advice } else { "" };
                    Some(Finding::Inconclusive(format!("nothing is shown: {limit} was reached{advice}")))
                }
                _ => None,
            }
        }
    }
}

/// The steps, for the parent to finish.
fn witness<T>(experiment: &Experiment<T>, end: Option<u64>, events: &[Event], exploration: &Exploration) -> Value {
    let steps: Vec<Value> = steps(events)
        .filter(|event| event.operation != Operation::New)
        .map(|event| {
            let value = event.writes.or(event.reads);
            // What the check itself does with what the threads share is on no line of the submission.
            let line = if event.location.file().ends_with("exercise.rs") { event.location.line() } else { 0 };
            json!({ "thread": event.thread, "op": event.operation.name(), "value": value.unwrap_or(0), "line": line })
        })
        .collect();
    json!({
        "threads": THREADS,
        "increments": experiment.actions,
        "expected": experiment.expected,
        "final": end,
        "replayable": loom_trace::first_stale(events).is_none(),
        "steps": steps,
        "executions": exploration.executions,
    })
}

/// Something that one thread does, with no other thread there: the model's memory exists only inside of an exploration.
pub fn once(
    check: impl Fn(&mut crate::Random) -> Option<String> + Send + Sync + 'static,
    random: crate::Random,
) -> Finding {
    let limits = Limits { memory: Memory::Weak, time: Duration::from_secs(4), branches: 20_000, ..Limits::default() };
    let (seen, exploration) = explore(
        &limits,
        move || check(&mut random.clone()),
        |seen: &mut Option<String>, outcome, _| *seen = seen.take().or(outcome),
    );
    match (seen, exploration.end) {
        (Some(message), _) => Finding::Fail(message),
        (None, End::Complete) => Finding::Pass,
        (None, End::Panicked(message)) => Finding::Fail(format!("it panics: {message}")),
        (None, End::Limit(limit)) => Finding::Inconclusive(format!("{limit} was reached")),
        (None, other) => Finding::Fail(format!("{other:?}, with one thread alone")),
    }
}
