//! Runs a submission in the model checker: threads act on a shared value in every order. A wrong outcome comes with the shortest
//! schedule that leads to it.

use crate::{Finding, Random};
use explorer::sync::thread;
use explorer::{
    Bound, Bounds, Main, Memory, Problem, Report, Schedule, ScheduleStep, Waiting, WaitsFor, explore_within,
};
use model::verdict::CHECKED_BY;
use model::witnesses;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

/// The number of threads, without the one that starts them.
pub const THREADS: usize = 2;

/// Returns the wrong count and a message about it; `None` if everything is right. Its arguments are the shared value and the answers of
/// each thread.
pub type Wrong<T> = fn(&T, &[Vec<u64>]) -> Option<(u64, String)>;

/// An experiment that the model checker explores.
pub struct Experiment<T> {
    /// Creates the shared value, anew for each execution.
    pub new: Box<dyn Fn() -> T>,
    /// Acts as one thread and returns its answers. Threads are counted from 0.
    pub act: fn(&T, usize) -> Vec<u64>,
    /// How many operations on the shared value each thread performs in `act`.
    pub actions: u64,
    /// The count that is right in the end.
    pub expected: u64,
    /// Judges an execution after all its threads have ended.
    pub wrong: Wrong<T>,
}

/// The most states of an exploration, so that it ends well before the sandbox does.
const MOST_STATES: usize = 200_000;

/// The most operations of a thread in the model checker. A check that runs in one thread does some hundreds.
const MOST_OPERATIONS: usize = 5_000;

/// The wrong outcomes so far. A program's outcome is a number, and this is what it stands for: 0 for a right outcome,
/// and otherwise the place in this list, counted from 1.
type WrongOutcomes = Rc<RefCell<Vec<(Option<u64>, String)>>>;

/// Returns the number of an outcome.
fn number(outcomes: &WrongOutcomes, outcome: Option<(Option<u64>, String)>) -> u64 {
    let Some(outcome) = outcome else { return 0 };
    let mut known = outcomes.borrow_mut();
    let place = known.iter().position(|other| *other == outcome).unwrap_or_else(|| {
        known.push(outcome);
        known.len() - 1
    });
    place as u64 + 1
}

/// Explores the experiment: first every interleaving, whose schedules are easiest to follow, and then the executions
/// that C++20 adds.
pub fn check<T: Sync + 'static>(experiment: Experiment<T>) -> Finding {
    let (actions, expected) = (experiment.actions, experiment.expected);
    let outcomes = WrongOutcomes::default();
    let program = program(experiment, outcomes.clone());
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        let bounds = Bounds { states: MOST_STATES, ..Bounds::default() };
        let report = explore_within(&program, memory, &bounds);
        let loses = |message: String, end: Option<u64>, schedule: &Schedule| {
            let mut steps: Vec<Value> = schedule.iter().filter(|step| step.thread > 0).map(step).collect();
            steps.extend(report.race().and_then(racing));
            if steps.is_empty() {
                return Finding::Fail(message);
            }
            let witness = json!({
                "threads": THREADS,
                "increments": actions,
                "expected": expected,
                "final": end,
                "replayable": memory == Memory::Interleaved,
                "steps": steps,
                "by": CHECKED_BY,
                // With one memory executions are not told apart, so their outcomes count.
                "executions": report.executions.unwrap_or(report.outcomes.len()) + report.findings.len(),
            });
            Finding::Loses { message, witness }
        };
        // A race or a panic makes other outcomes meaningless.
        if let Some(finding) = report.race().or_else(|| report.panic()) {
            return loses(said(&finding.problem), None, &finding.schedule);
        }
        let outcomes = outcomes.borrow();
        let wrong = report.outcomes.iter().filter(|(numbers, _)| numbers[0] > 0);
        if let Some((numbers, outcome)) = wrong.min_by_key(|(_, outcome)| cost(&outcome.example)) {
            let (end, message) = &outcomes[numbers[0] as usize - 1];
            return loses(message.clone(), *end, &outcome.example);
        }
        if let Some(finding) = report.hang() {
            return loses(said(&finding.problem), None, &finding.schedule);
        }
        if let Some(idle) = idle(&report) {
            return Finding::Fail(format!("thread {idle} never accesses the shared values"));
        }
        if let Some(bound) = report.bound {
            return Finding::Inconclusive(undecided(bound));
        }
    }
    Finding::Pass
}

/// Builds the program: thread 0 creates the shared value, starts the threads, waits for them, and judges the end.
fn program<T: Sync + 'static>(experiment: Experiment<T>, outcomes: WrongOutcomes) -> Main {
    Main::new(move || {
        let shared = (experiment.new)();
        let answers: Vec<Vec<u64>> = thread::scope(|scope| {
            let start = |number| {
                let shared = &shared;
                scope.spawn(move || (experiment.act)(shared, number))
            };
            let threads: Vec<_> = (0..THREADS).map(start).collect();
            threads.into_iter().map(|thread| thread.join().expect("a panic ends the execution")).collect()
        });
        let wrong = (experiment.wrong)(&shared, &answers);
        number(&outcomes, wrong.map(|(end, message)| (Some(end), message)))
    })
}

/// Returns a key that sorts schedules: fewest switches between threads first, then fewest steps.
fn cost(schedule: &Schedule) -> (usize, usize) {
    let of_threads: Vec<usize> = schedule.iter().map(|step| step.thread).filter(|&thread| thread > 0).collect();
    (of_threads.windows(2).filter(|pair| pair[0] != pair[1]).count(), of_threads.len())
}

/// Returns a thread that does nothing the model checker can see, so that it cannot be judged.
fn idle(report: &Report) -> Option<usize> {
    let mut examples = report.outcomes.values().map(|outcome| &outcome.example);
    examples.find_map(|example| (1..=THREADS).find(|&thread| example.iter().all(|step| step.thread != thread)))
}

/// Builds the JSON of a step. A step of the check itself is on no line of the submission.
fn step(step: &ScheduleStep) -> Value {
    let mut object = witnesses::step(step);
    object["thread"] = step.thread.into(); // the thread that starts the others is not counted
    if !step.file.ends_with("exercise.rs") {
        object["line"] = 0.into();
    }
    object
}

/// Builds the JSON of the access that races with an earlier one. It is not part of the schedule, because its value means
/// nothing.
fn racing(finding: &explorer::Finding) -> Option<Value> {
    let Problem::DataRace { accesses: [_, last] } = &finding.problem else { return None };
    let line = if last.file.ends_with("exercise.rs") { last.line } else { 0 };
    let op = if last.writes { "write" } else { "read" };
    Some(json!({ "thread": last.thread, "op": op, "value": 0, "line": line, "races": true }))
}

/// Says what is wrong, in the numbers that a student knows: threads 1 and 2.
fn said(problem: &Problem) -> String {
    let waiting = |all: &[Waiting]| {
        let of_threads = all.iter().filter(|waiting| waiting.thread > 0);
        of_threads.map(waits).collect::<Vec<_>>().join("; ")
    };
    match problem {
        Problem::DataRace { .. } => {
            "data race: 2 threads access the same plain memory, at least one of them writes, and nothing orders the accesses".into()
        }
        Problem::Panic { message, .. } => format!("the code panicked: {message}"),
        Problem::Deadlock { cycle } => format!("deadlock: {}", waiting(cycle)),
        Problem::WaitsForEver { waiting: all } => format!("no thread can continue: {}", waiting(all)),
    }
}

fn waits(waiting: &Waiting) -> String {
    let Waiting { thread, waits_for, line, .. } = waiting;
    let what = match waits_for {
        WaitsFor::Lock { holders, .. } => {
            let holders: Vec<String> = holders.iter().map(|holder| format!("thread {holder}")).collect();
            format!("waits for a lock that {} holds", holders.join(" and "))
        }
        WaitsFor::Change { .. } => {
            "repeats a loop, but no other thread changes what it reads. Is a store missing that ends \
                                    the loop, or does the loop not load the value again?"
                .to_string()
        }
        _ => "waits for what never happens".to_string(),
    };
    if waiting.file.ends_with("exercise.rs") {
        format!("thread {thread} (line {line}) {what}")
    } else {
        format!("thread {thread} {what}")
    }
}

/// Says which bound was reached before the check was decided.
fn undecided(bound: Bound) -> String {
    match bound {
        Bound::Unsupported(what) => format!("not decided: the model checker cannot explore this code: {what}"),
        Bound::NotDeterministic { line, .. } => {
            format!(
                "not decided: line {line} is not reached every time, although all operations returned the same values"
            )
        }
        bound => format!("not decided: {bound}"),
    }
}

/// Runs a check in one thread under the model checker, because its atomics and mutexes work only there.
pub fn once(check: impl Fn(&mut Random) -> Option<String> + 'static, random: Random) -> Finding {
    let outcomes = WrongOutcomes::default();
    let program = {
        let outcomes = outcomes.clone();
        Main::new(move || number(&outcomes, check(&mut random.clone()).map(|message| (None, message))))
    };
    let bounds = Bounds { operations: MOST_OPERATIONS, ..Bounds::default() };
    let report = explore_within(&program, Memory::Interleaved, &bounds);
    if let Some(finding) = report.findings.first() {
        return Finding::Fail(match &finding.problem {
            Problem::Panic { message, .. } => format!("the code panicked: {message}"),
            _ => "deadlock: the only thread waits for itself".to_string(),
        });
    }
    // A weak exchange may fail by chance, so there can be more than one outcome.
    let wrong = report.outcomes.keys().find(|numbers| numbers[0] > 0);
    match (wrong, report.bound) {
        (Some(numbers), _) => Finding::Fail(outcomes.borrow()[numbers[0] as usize - 1].1.clone()),
        (None, Some(bound)) => Finding::Inconclusive(undecided(bound)),
        (None, None) => Finding::Pass,
    }
}
