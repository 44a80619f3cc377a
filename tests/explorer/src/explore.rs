//! Exploring: from a program and a memory to a report.

use crate::graph::Cpp20;
use crate::machine::{Machine, Step};
use crate::operation::Action;
use crate::order::Order;
use crate::paths::Paths;
use crate::program::Subject;
use crate::recorder::{Joining, NodeId, Recorder};
use crate::report::{Access, Finding, Outcome, Problem, Report};
use crate::schedule::{Reader, Schedule};
use crate::search::{Bounds, Ends, Found, Goal, Search, StateId, search, state};
use crate::{count, hang};

/// A memory model: what a thread may see of what others write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Memory {
    /// One memory, in which each step is visible at once: sequential consistency. Executions are interleavings.
    Interleaved,
    /// One memory behind a first-in-first-out store buffer per thread: x86-TSO.
    StoreBuffers,
    /// C++20's memory model, which Rust's atomics follow, without load buffering: RC11.
    Cpp20,
}

impl Memory {
    /// All memories, the strongest first.
    pub const ALL: [Self; 3] = [Self::Interleaved, Self::StoreBuffers, Self::Cpp20];
}

/// Explores all executions of a program.
pub fn explore(subject: &dyn Subject, memory: Memory) -> Report {
    explore_within(subject, memory, &Bounds::default())
}

/// Explores all executions of a program, or as many as the bounds allow.
pub fn explore_within(subject: &dyn Subject, memory: Memory, bounds: &Bounds) -> Report {
    explore_with(subject, memory, bounds, Shortcuts::default())
}

/// What keeps an exploration small. None of it changes what is found, so this is for tests that compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcuts {
    /// Under [`Memory::Cpp20`], an operation that has its place in every execution from here on is done before all
    /// others.
    pub reduce: bool,
    /// A round of a loop that changes nothing leads back to its beginning. Otherwise a loop that waits ends at a bound.
    pub join_loops: bool,
}

impl Default for Shortcuts {
    fn default() -> Self {
        Self { reduce: true, join_loops: true }
    }
}

/// Explores all executions of a program, with or without shortcuts.
pub fn explore_with(subject: &dyn Subject, memory: Memory, bounds: &Bounds, shortcuts: Shortcuts) -> Report {
    let Shortcuts { reduce, join_loops } = shortcuts;
    match memory {
        Memory::Interleaved => run(&Order { buffered: false }, subject, memory, bounds, join_loops),
        Memory::StoreBuffers => run(&Order { buffered: true }, subject, memory, bounds, join_loops),
        Memory::Cpp20 => {
            let mut report = run(&Cpp20 { reduced: reduce }, subject, memory, bounds, join_loops);
            if reduce {
                shorten(&mut report, subject, bounds);
            }
            report
        }
    }
}

/// States that the search for a shorter schedule may take.
const STATES_TO_SHORTEN: usize = 50_000;

/// Replaces schedules to races and panics by the shortest ones. The reduced search does operations early that they do
/// not need.
fn shorten(report: &mut Report, subject: &dyn Subject, bounds: &Bounds) {
    let goal = Goal::First { race: report.race().is_some(), panic: report.panic().is_some() };
    if goal == (Goal::First { race: false, panic: false }) {
        return;
    }
    let bounds = Bounds { states: STATES_TO_SHORTEN.min(bounds.states), ..*bounds };
    let machine = Cpp20 { reduced: false };
    let mut recorder = Recorder::new(subject, Joining::of(&machine));
    let search = search(&machine, &mut recorder, &bounds, goal);
    for shorter in findings(&machine, &mut recorder, &search, Memory::Cpp20) {
        let is_same_kind = |finding: &&mut Finding| {
            std::mem::discriminant(&finding.problem) == std::mem::discriminant(&shorter.problem)
        };
        if let Some(finding) = report.findings.iter_mut().find(is_same_kind)
            && shorter.schedule.len() <= finding.schedule.len()
        {
            *finding = shorter;
        }
    }
}

fn run<M: Machine>(machine: &M, subject: &dyn Subject, memory: Memory, bounds: &Bounds, join_loops: bool) -> Report {
    let joining = if join_loops { Joining::of(machine) } else { Joining::None };
    let mut recorder = Recorder::new(subject, joining);
    let search = search(machine, &mut recorder, bounds, Goal::Everything);
    let findings = findings(machine, &mut recorder, &search, memory);
    let counts = match memory {
        Memory::Interleaved if search.bound.is_none() => count::paths(&search.edges, search.levels.len()),
        _ => None,
    };
    let paths = Paths::new(&search.edges, &search.levels);
    let nearest = |states: &[StateId]| {
        let distance = |&state: &StateId| (search.levels[state as usize], paths.cost(state));
        states.iter().copied().min_by_key(distance).expect("an outcome was seen somewhere")
    };
    let outcome = |states: &[StateId]| Outcome {
        schedules: counts
            .as_ref()
            .and_then(|counts| states.iter().try_fold(0u128, |sum, &state| sum.checked_add(counts[state as usize]))),
        example: schedule(&recorder, &paths, nearest(states), memory),
    };
    // That threads are left counts only if they never end.
    let ends_at = |ends: &'_ Ends| if ends.states.is_empty() { ends.early.clone() } else { ends.states.clone() };
    let outcomes = search.outcomes.iter().map(|(values, ends)| (values.clone(), outcome(&ends_at(ends)))).collect();
    Report {
        outcomes,
        findings,
        bound: search.bound,
        states: search.levels.len(),
        executions: search.executions.len(),
        replays: recorder.replays,
    }
}

fn schedule(recorder: &Recorder, paths: &Paths, state: StateId, memory: Memory) -> Schedule {
    let mut reader = match memory {
        Memory::Interleaved => Reader::of_one_memory(recorder, false),
        Memory::StoreBuffers => Reader::of_one_memory(recorder, true),
        Memory::Cpp20 => Reader::of_graphs(recorder),
    };
    paths.to(state).into_iter().map(|step| reader.read(step)).collect()
}

fn findings<M: Machine>(machine: &M, recorder: &mut Recorder, search: &Search, memory: Memory) -> Vec<Finding> {
    let paths = Paths::new(&search.edges, &search.levels);
    let mut findings = Vec::new();
    for (number, found) in search.race.iter().chain(&search.panic) {
        let problem = match found {
            Found::Race { step, other, there } => {
                Problem::DataRace { accesses: accesses(recorder, *step, *other, *there) }
            }
            Found::Panic { thread, message } => {
                Problem::Panic { thread: thread.map(usize::from), message: message.clone() }
            }
        };
        findings.push(Finding { problem, schedule: schedule(recorder, &paths, *number, memory) });
    }
    if let Some(number) = search.hang
        && let Some(state) = state(machine, recorder, search, number)
    {
        let waiting = hang::waiting(recorder, &state);
        let problem = match hang::cycle(&waiting) {
            Some(cycle) => Problem::Deadlock { cycle },
            None => Problem::WaitsForEver { waiting },
        };
        findings.push(Finding { problem, schedule: schedule(recorder, &paths, number, memory) });
    }
    findings
}

/// Describes the two accesses of a data race, the earlier one first.
pub fn accesses(recorder: &Recorder, step: Step, other: u8, there: NodeId) -> [Access; 2] {
    let access = |thread: u8, node| {
        let operation = recorder.operation(node);
        let writes = operation.writes(step.answer).is_some() && !matches!(operation.action, Action::Read);
        Access { thread: thread.into(), writes, file: operation.place.file(), line: operation.place.line() }
    };
    [access(other, there), access(step.thread, step.node)]
}
