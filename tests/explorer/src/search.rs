//! The search: every state that a machine can reach, the nearest first.

use crate::hang::{self, Waiting};
use crate::key::{Key, Known};
use crate::machine::{Bound, Execution, MOST_OBJECTS, MOST_THREADS, Machine, State, Step, StepKind, Successor};
use crate::object::ThreadId;
use crate::recorder::{NodeId, Recorder, Trouble};
use crate::symmetry::Renaming;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of a state, in the order of discovery.
pub type StateId = u32;

/// How much is explored before an exploration gives up. Bounds count states and steps, and never time, so that the
/// answer does not depend on the machine.
///
/// A million states, the default, take one to nine seconds and up to 600 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The largest number of states.
    pub states: usize,
    /// The largest number of operations of a thread.
    pub operations: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { states: 1_000_000, operations: 400 }
    }
}

/// A transition between two states. Threads have the numbers that are their places in the state's key.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub from: StateId,
    pub to: StateId,
    pub step: Step,
    /// The numbers that the threads of the first state have in the second one.
    pub names: Renaming,
}

impl Edge {
    /// Returns whether it need not happen, so that it saves no thread that waits for ever.
    pub fn is_by_chance(&self) -> bool {
        self.step.kind == StepKind::ByChance
    }
}

/// A problem at a state.
#[derive(Clone, Debug)]
pub enum Fault {
    Race { step: Step, other: ThreadId, there: NodeId },
    Panic { thread: Option<ThreadId>, message: String },
}

/// Where an outcome was seen.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    /// All states in which the outcome was seen, the nearest first.
    pub states: Vec<StateId>,
    /// All states in which the program may end so, although threads are left.
    pub early: Vec<StateId>,
}

/// What a search has found.
pub struct Search {
    /// For each state the smallest number of steps that lead to it.
    pub levels: Vec<u32>,
    /// All steps, in the order of the states where they begin.
    pub edges: Vec<Edge>,
    pub outcomes: BTreeMap<Vec<u64>, Ends>,
    /// What tells complete executions apart.
    executions: BTreeSet<Vec<u64>>,
    /// The number of complete executions, if they are told apart. Here those that differ only in the numbers of
    /// interchangeable threads are different.
    pub executions_with_names: usize,
    /// At most one of each kind, at the nearest state.
    pub race: Option<(StateId, Fault)>,
    pub panic: Option<(StateId, Fault)>,
    /// The nearest state from which no end can be reached, and what its threads wait for.
    pub hang: Option<(StateId, Vec<Waiting>)>,
    /// The states in which something else than another state follows.
    ended: Vec<StateId>,
    pub bound: Option<Bound>,
}

/// Searches that may begin again because a loop seemed to wait that does not.
const MOST_RESTARTS: usize = 100;

/// When a search ends before all states are explored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Everything,
    /// A race, or a panic, or both.
    First {
        race: bool,
        panic: bool,
    },
    /// The state with this number.
    State(StateId),
}

/// Explores all states that a machine can reach.
pub fn search<M: Machine>(machine: &M, recorder: &mut Recorder, bounds: &Bounds, goal: Goal) -> Search {
    let mut restarts = 0;
    while restarts < MOST_RESTARTS {
        let (mut search, _) = attempt(machine, recorder, bounds, goal);
        if recorder.trouble.is_none() && search.bound.is_none() && goal == Goal::Everything {
            find_hang(machine, recorder, bounds, &mut search);
        }
        match recorder.trouble {
            None => return search,
            Some(Trouble::NotDeterministic(place)) => {
                let bound = Bound::NotDeterministic { file: place.file, line: place.line };
                return Search { bound: Some(bound), ..search };
            }
            Some(Trouble::Endless(count)) => return Search { bound: Some(Bound::Operations(count)), ..search },
            Some(trouble @ (Trouble::Mistaken | Trouble::Late)) => {
                restarts += usize::from(trouble == Trouble::Mistaken);
                recorder.begin();
            }
        }
    }
    Search { bound: Some(Bound::Restarts(MOST_RESTARTS)), ..Search::new() }
}

/// Looks for a hang. A loop that only waits for very long is a bound, and not a hang.
fn find_hang<M: Machine>(machine: &M, recorder: &mut Recorder, bounds: &Bounds, search: &mut Search) {
    let Some(number) = hang::nearest(&search.edges, search.levels.len(), &search.ended) else { return };
    let (_, state) = attempt(machine, recorder, bounds, Goal::State(number));
    let Found { names, state, .. } = state.expect("the same search finds the same states");
    if let Some(place) = recorder.loop_that_ends(state.at()) {
        search.bound = Some(Bound::LongLoop { file: place.file, line: place.line });
    } else {
        let waiting = hang::waiting(recorder, &state).into_iter().map(|waiting| waiting.renamed(names)).collect();
        search.hang = Some((number, waiting));
    }
}

impl Search {
    fn new() -> Self {
        Self {
            levels: Vec::new(),
            edges: Vec::new(),
            outcomes: BTreeMap::new(),
            executions: BTreeSet::new(),
            executions_with_names: 0,
            ended: Vec::new(),
            race: None,
            panic: None,
            hang: None,
            bound: None,
        }
    }

    /// Notes what was found at a state, or why the search is not complete. `names` are the places of the threads.
    fn note<S>(&mut self, at: StateId, names: Renaming, found: Successor<S>) {
        match found {
            Successor::State(..) => unreachable!("a state is not a finding"),
            Successor::Race(step, other, there) => {
                let step = Step { thread: names.of(step.thread), ..step };
                self.race.get_or_insert((at, Fault::Race { step, other: names.of(other), there }));
            }
            Successor::Panic { thread, message } => {
                let thread = thread.map(|thread| names.of(thread));
                self.panic.get_or_insert((at, Fault::Panic { thread, message }));
            }
            Successor::End { outcome, execution } => {
                self.outcomes.entry(outcome).or_default().states.push(at);
                if let Some(Execution { answers, arrangements }) = execution
                    && self.executions.insert(answers)
                {
                    self.executions_with_names += arrangements;
                }
            }
            Successor::MayEnd { outcome } => self.outcomes.entry(outcome).or_default().early.push(at),
            Successor::Bound(bound) => {
                self.bound.get_or_insert(bound);
            }
        }
    }

    fn has_reached(&self, goal: Goal) -> bool {
        match goal {
            Goal::Everything | Goal::State(_) => false,
            Goal::First { race, panic } => (!race || self.race.is_some()) && (!panic || self.panic.is_some()),
        }
    }
}

/// A state that was found.
struct Found<S> {
    number: StateId,
    /// The places of its threads in its key.
    names: Renaming,
    state: S,
}

/// The states that are known, and those that are still to be expanded.
struct Frontier<S> {
    known: Known,
    key: Key,
    queue: VecDeque<Found<S>>,
}

impl<S> Frontier<S> {
    fn new() -> Self {
        Self { known: Known::default(), key: Key::default(), queue: VecDeque::new() }
    }

    /// Returns the number of a state, whether it is new, and the places of its threads in its key.
    fn add<M: Machine<State = S>>(&mut self, machine: &M, recorder: &Recorder, state: S) -> (StateId, bool, Renaming) {
        self.key.clear();
        let names = machine.key(recorder, &state, &mut self.key);
        let (number, is_new) = self.known.add(self.key.bytes());
        if is_new {
            self.queue.push_back(Found { number, names, state });
        }
        (number, is_new, names)
    }
}

/// Searches until everything is found, or the goal, or a bound is reached, or the recorder was mistaken. Returns the
/// state if the goal is one.
fn attempt<M: Machine>(
    machine: &M,
    recorder: &mut Recorder,
    bounds: &Bounds,
    goal: Goal,
) -> (Search, Option<Found<M::State>>) {
    let mut search = Search::new();
    if recorder.trouble.is_some() {
        return (search, None);
    }
    if recorder.starts().len() > MOST_THREADS || recorder.objects.len() > MOST_OBJECTS {
        search.bound = Some(Bound::Size);
        return (search, None);
    }
    let mut frontier = Frontier::new();
    frontier.add(machine, recorder, machine.start(recorder));
    search.levels.push(0);
    let mut successors = Vec::new();
    while let Some(found) = frontier.queue.pop_front() {
        let (number, names) = (found.number, found.names);
        if goal == Goal::State(number) {
            return (search, Some(found));
        }
        machine.expand(recorder, &found.state, &mut successors);
        if recorder.trouble.is_some() {
            return (search, None);
        }
        if successors.iter().any(|successor| !matches!(successor, Successor::State(..))) {
            search.ended.push(number);
        }
        let to_places = names.reversed();
        for successor in successors.drain(..) {
            match successor {
                Successor::State(step, after) => {
                    let (to, is_new, after) = frontier.add(machine, recorder, after);
                    if is_new {
                        search.levels.push(search.levels[number as usize] + 1);
                    }
                    let step = Step { thread: names.of(step.thread), ..step };
                    search.edges.push(Edge { from: number, to, step, names: to_places.then(after) });
                }
                other => search.note(number, names, other),
            }
        }
        if recorder.deepest > bounds.operations {
            search.bound.get_or_insert(Bound::Operations(bounds.operations));
        }
        if search.levels.len() > bounds.states {
            search.bound.get_or_insert(Bound::States(bounds.states));
        }
        if search.bound.is_some() || search.has_reached(goal) {
            return (search, None);
        }
    }
    (search, None)
}
