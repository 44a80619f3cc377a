//! Runs a submission in the model checker: threads act on a shared value in every order. A wrong outcome comes with the schedule that
//! leads to it.

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

/// The number of threads, without the one that starts them.
pub const THREADS: usize = 2;

/// Returns the wrong count and a message about it; `None` if everything is right. Its arguments are the shared value and the answers of
/// each thread.
pub type Wrong<T> = fn(&T, &[Vec<u64>]) -> Option<(u64, String)>;

/// An experiment that the model checker explores.
pub struct Experiment<T> {
    /// Creates the shared value, anew for each execution.
    pub new: Box<dyn Fn() -> T + Send + Sync>,
    /// Acts as one thread and returns its answers. Threads are counted from 0.
    pub act: fn(&T, usize) -> Vec<u64>,
    /// How many operations on the shared value each thread performs in `act`.
    pub actions: u64,
    /// The count that is right in the end.
    pub expected: u64,
    /// Judges an execution after all its threads have ended.
    pub wrong: Wrong<T>,
    /// Whether a thread waits in a loop. Then there are interleavings that never end.
    pub spins: bool,
}

/// For each wrong outcome, by its message: the wrong count and the trace that is easiest to follow.
type Seen = BTreeMap<String, (Option<u64>, Vec<Event>)>;

/// Explores the experiment with weak memory. Unless a thread waits in a loop, also explores every interleaving with one memory, because
/// loom's own search leaves some out.
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
            // The model checker does not see what such a thread does, so it cannot judge it.
            let unseen = (1..=THREADS).find(|&thread| !has_acted(events, thread));
            let unseen = unseen.map(|thread| (None, format!("thread {thread} never accesses the shared values")));
            let Some((end, message)) = outcome.map(|(end, message)| (Some(end), message)).or(unseen) else { return };
            if seen.get(&message).is_none_or(|(_, best)| cost(events) < cost(best)) {
                seen.insert(message, (end, events.to_vec()));
            }
        };
        let explored = experiment.clone();
        let (seen, exploration) = explore(&limits, move || execute(&explored), note);
        if let Some(finding) = finding(&experiment, &limits, &seen, &exploration) {
            return finding;
        }
    }
    Finding::Pass
}

/// Returns a key that sorts traces: interleavings first, then fewest switches between threads, then fewest steps.
fn cost(events: &[Event]) -> (bool, usize, usize) {
    (loom_trace::first_stale(events).is_some(), loom_trace::switches(events), steps(events).count())
}

fn execute<T: Send + Sync + 'static>(experiment: &Experiment<T>) -> Option<(u64, String)> {
    let shared = Arc::new((experiment.new)());
    let (theirs, act) = (shared.clone(), experiment.act);
    let said = together(THREADS, move |thread| act(&theirs, thread));
    (experiment.wrong)(&shared, &said)
}

fn finding<T>(experiment: &Experiment<T>, limits: &Limits, seen: &Seen, exploration: &Exploration) -> Option<Finding> {
    let loses = |message: &str, end: Option<u64>, events: &[Event]| {
        let witness = witness(experiment, end, events, exploration);
        let has_steps = witness["steps"].as_array().is_some_and(|steps| !steps.is_empty());
        let message = message.to_string();
        Some(if has_steps { Finding::Loses { message, witness } } else { Finding::Fail(message) })
    };
    let last = &exploration.last;
    match &exploration.end {
        End::DataRace => loses(
            "data race: 2 threads access the same plain memory, at least one of them writes, and nothing orders the accesses",
            None,
            last,
        ),
        End::Deadlock => loses("deadlock: every thread waits, and none can continue", None, last),
        End::Panicked(message) => loses(&format!("the code panicked: {message}"), None, last),
        End::Unmodelled(reason) => Some(Finding::Fail(reason.clone())),
        End::Complete | End::Limit(_) => {
            // Of several wrong outcomes, the message is about the one whose schedule is easiest to follow.
            if let Some((message, (end, events))) = seen.iter().min_by_key(|(_, (_, events))| cost(events)) {
                return loses(message, *end, events);
            }
            match &exploration.end {
                End::Limit(limit) => Some(Finding::Inconclusive(undecided(*limit, limits))),
                _ => None,
            }
        }
    }
}

/// Says which limit was reached before the check was decided.
fn undecided(limit: Limit, limits: &Limits) -> String {
    let Limits { time, executions, branches, .. } = limits;
    let what = match limit {
        Limit::Time => format!("the exploration takes longer than {} s", time.as_secs()),
        Limit::Executions => format!("there are more than {executions} executions"),
        Limit::Operations => format!(
            "an execution takes more than {branches} operations, so a thread may wait forever. A loop that waits must call \
             hint::spin_loop()"
        ),
        Limit::EndlessWait => {
            "a thread repeats a loop, but no other thread writes any more. Is a store missing that ends the \
                               loop, or does the loop not load the value again?"
                .to_string()
        }
    };
    format!("not decided: {what}")
}

/// Builds the schedule, without the fields that the grader adds.
fn witness<T>(experiment: &Experiment<T>, end: Option<u64>, events: &[Event], exploration: &Exploration) -> Value {
    let steps: Vec<Value> = steps(events)
        .filter(|event| event.operation != Operation::New)
        .map(|event| {
            let value = event.writes.or(event.reads);
            // A step of the check itself is on no line of the submission.
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

/// Runs a check in one thread, inside an exploration, because the model's atomics and mutexes work only there.
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
        (None, End::Panicked(message)) => Finding::Fail(format!("the code panicked: {message}")),
        (None, End::Limit(limit)) => Finding::Inconclusive(undecided(limit, &limits)),
        (None, End::Deadlock) => Finding::Fail("deadlock: the only thread waits for itself".to_string()),
        (None, other) => Finding::Fail(format!("the model checker ended with {other:?}, with only one thread")),
    }
}
