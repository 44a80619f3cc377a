//! Exploring: from a program and a memory to a report.

use crate::graph::Cpp20;
use crate::machine::{Bound, Machine, Step};
use crate::object::ThreadId;
use crate::operation::Action;
use crate::order::Order;
use crate::paths::{Paths, Way};
use crate::program::Subject;
use crate::recorder::{Joining, NodeId, Recorder};
use crate::report::{Access, Finding, Outcome, Problem, Report, StateKind};
use crate::schedule::{Reader, Schedule};
use crate::search::{Bounds, Ends, Fault, Goal, Search, StateId, search};
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
    /// States that differ only in the numbers of interchangeable threads are one.
    pub symmetry: bool,
    /// Under [`Memory::Cpp20`], the number of execution graphs from which on those with the same future are one state,
    /// see [`StateKind::View`].
    pub graphs: usize,
}

/// Whole graphs are the reference, and they tell executions apart. So many of them are explored in a fraction of a
/// second. Programs that have more often have very many more.
const MOST_GRAPHS: usize = 50_000;

impl Default for Shortcuts {
    fn default() -> Self {
        Self { reduce: true, join_loops: true, symmetry: true, graphs: MOST_GRAPHS }
    }
}

/// Explores all executions of a program, with or without shortcuts.
pub fn explore_with(subject: &dyn Subject, memory: Memory, bounds: &Bounds, shortcuts: Shortcuts) -> Report {
    let exploration = Exploration { subject, memory, shortcuts };
    match memory {
        Memory::Interleaved => exploration.run(&Order::new(false), bounds).report,
        Memory::StoreBuffers => exploration.run(&Order::new(true), bounds).report,
        Memory::Cpp20 => {
            let mut report = exploration.cpp20(bounds);
            if shortcuts.reduce {
                exploration.shorten(&mut report, bounds);
            }
            report
        }
    }
}

/// States that the search for a shorter schedule may take.
const STATES_TO_SHORTEN: usize = 50_000;

/// What is explored, and how.
struct Exploration<'s> {
    subject: &'s dyn Subject,
    memory: Memory,
    shortcuts: Shortcuts,
}

/// A report, and whether only whole execution graphs decide the program.
struct Explored {
    report: Report,
    needs_graphs: bool,
}

impl Exploration<'_> {
    fn recorder<M: Machine>(&self, machine: &M) -> Recorder<'_> {
        let joining = if self.shortcuts.join_loops { Joining::of(machine) } else { Joining::None };
        Recorder::new(self.subject, joining, self.shortcuts.symmetry)
    }

    /// Explores graphs, and their views if there are too many graphs.
    fn cpp20(&self, bounds: &Bounds) -> Report {
        let Shortcuts { reduce, graphs, .. } = self.shortcuts;
        let machine = |views| Cpp20 { reduced: reduce, views };
        let few = Bounds { states: graphs.min(bounds.states), ..*bounds };
        let is_undecided = |explored: &Explored| explored.report.bound == Some(Bound::States(few.states));
        let by_graphs = (few.states > 0).then(|| self.run(&machine(false), &few));
        match by_graphs {
            Some(explored) if !is_undecided(&explored) || few == *bounds => explored.report,
            Some(Explored { needs_graphs: true, .. }) => self.run(&machine(false), bounds).report,
            _ => match self.run(&machine(true), bounds) {
                Explored { needs_graphs: true, .. } => self.run(&machine(false), bounds).report,
                by_views => by_views.report,
            },
        }
    }

    /// Replaces schedules to races and panics by the shortest ones. The reduced search does operations early that they
    /// do not need.
    fn shorten(&self, report: &mut Report, bounds: &Bounds) {
        let goal = Goal::First { race: report.race().is_some(), panic: report.panic().is_some() };
        if goal == (Goal::First { race: false, panic: false }) {
            return;
        }
        let bounds = Bounds { states: STATES_TO_SHORTEN.min(bounds.states), ..*bounds };
        let machine = Cpp20 { reduced: false, views: false };
        let mut recorder = self.recorder(&machine);
        let search = search(&machine, &mut recorder, &bounds, goal);
        let paths = Paths::new(&search.edges, &search.levels, recorder.alike());
        for shorter in self.findings(&recorder, &search, &paths) {
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

    fn run<M: Machine>(&self, machine: &M, bounds: &Bounds) -> Explored {
        let mut recorder = self.recorder(machine);
        let search = search(machine, &mut recorder, bounds, Goal::Everything);
        let paths = Paths::new(&search.edges, &search.levels, recorder.alike());
        let findings = self.findings(&recorder, &search, &paths);
        let counts = match self.memory {
            Memory::Interleaved if search.bound.is_none() => count::paths(&search.edges, search.levels.len()),
            _ => None,
        };
        let nearest = |states: &[StateId]| {
            let distance = |&state: &StateId| (search.levels[state as usize], paths.cost(state));
            states.iter().copied().min_by_key(distance).expect("an outcome was seen somewhere")
        };
        let outcome = |states: &[StateId]| Outcome {
            schedules: counts.as_ref().and_then(|counts| {
                states.iter().try_fold(0u128, |sum, &state| sum.checked_add(counts[state as usize]))
            }),
            example: self.schedule(&recorder, &paths.to(nearest(states))),
        };
        // That threads are left counts only if they never end.
        let ends_at = |ends: &Ends| if ends.states.is_empty() { ends.early.clone() } else { ends.states.clone() };
        let outcomes = search.outcomes.iter().map(|(values, ends)| (values.clone(), outcome(&ends_at(ends)))).collect();
        let state_kind = machine.state_kind();
        let report = Report {
            outcomes,
            findings,
            bound: search.bound,
            states: search.levels.len(),
            state_kind,
            executions: (state_kind == StateKind::Graph).then_some(search.executions_with_names),
            replays: recorder.replays,
        };
        Explored { report, needs_graphs: recorder.needs_graphs }
    }

    fn schedule(&self, recorder: &Recorder, way: &Way) -> Schedule {
        let mut reader = match self.memory {
            Memory::Interleaved => Reader::of_one_memory(recorder, false),
            Memory::StoreBuffers => Reader::of_one_memory(recorder, true),
            Memory::Cpp20 => Reader::of_graphs(recorder),
        };
        way.steps.iter().map(|&step| reader.read(step)).collect()
    }

    fn findings(&self, recorder: &Recorder, search: &Search, paths: &Paths) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (number, fault) in search.race.iter().chain(&search.panic) {
            let way = paths.to(*number);
            let name = |thread: ThreadId| way.names.of(thread);
            let problem = match fault {
                Fault::Race { step, other, there } => {
                    let step = Step { thread: name(step.thread), ..*step };
                    Problem::DataRace { accesses: accesses(recorder, step, name(*other), *there) }
                }
                Fault::Panic { thread, message } => {
                    let thread = thread.map(|thread| name(thread).into());
                    Problem::Panic { thread, message: message.clone() }
                }
            };
            findings.push(Finding { problem, schedule: self.schedule(recorder, &way) });
        }
        if let Some((number, waiting)) = &search.hang {
            let way = paths.to(*number);
            let mut waiting: Vec<_> = waiting.iter().map(|waiting| waiting.clone().renamed(way.names)).collect();
            waiting.sort_by_key(|waiting| waiting.thread);
            let problem = match hang::cycle(&waiting) {
                Some(cycle) => Problem::Deadlock { cycle },
                None => Problem::WaitsForEver { waiting },
            };
            findings.push(Finding { problem, schedule: self.schedule(recorder, &way) });
        }
        findings
    }
}

/// Describes the two accesses of a data race, the earlier one first.
pub fn accesses(recorder: &Recorder, step: Step, other: ThreadId, there: NodeId) -> [Access; 2] {
    let access = |thread: ThreadId, node| {
        let operation = recorder.operation(node);
        let writes = operation.writes(step.answer).is_some() && !matches!(operation.action, Action::Read);
        Access {
            thread: thread.into(),
            writes,
            file: operation.place.file,
            line: operation.place.line,
            column: operation.place.column,
        }
    };
    [access(other, there), access(step.thread, step.node)]
}
