//! The search: every state that a machine can reach, the nearest first.

use crate::hang;
use crate::key::{Key, Known};
use crate::machine::{Bound, MOST_OBJECTS, MOST_THREADS, Machine, State, Step, StepKind, Successor};
use crate::object::ThreadId;
use crate::paths::Paths;
use crate::recorder::{NodeId, Recorder, Trouble};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of a state, in the order of discovery.
pub type StateId = u32;

/// How much is explored before an exploration gives up. Bounds count states and steps, and never time, so that the
/// answer does not depend on the machine.
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

/// A transition between two states.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub from: StateId,
    pub to: StateId,
    pub step: Step,
}

impl Edge {
    /// Returns whether it need not happen, so that it saves no thread that waits for ever.
    pub fn is_by_chance(&self) -> bool {
        self.step.kind == StepKind::ByChance
    }
}

/// What was found at a state.
#[derive(Clone, Debug)]
pub enum Found {
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
    pub executions: BTreeSet<Vec<u64>>,
    /// At most one of each kind, at the nearest state.
    pub race: Option<(StateId, Found)>,
    pub panic: Option<(StateId, Found)>,
    pub hang: Option<StateId>,
    /// The key of the state that hangs.
    hang_key: Option<Box<[u8]>>,
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
}

/// Explores all states that a machine can reach.
pub fn search<M: Machine>(machine: &M, recorder: &mut Recorder, bounds: &Bounds, goal: Goal) -> Search {
    for _ in 0..MOST_RESTARTS {
        let search = attempt(machine, recorder, bounds, goal);
        match recorder.trouble {
            None => return confirmed(machine, recorder, search),
            Some(Trouble::NotDeterministic(place)) => {
                let bound = Bound::NotDeterministic { file: place.file(), line: place.line() };
                return Search { bound: Some(bound), ..search };
            }
            Some(Trouble::Mistaken) => recorder.begin(),
        }
    }
    Search { bound: Some(Bound::Restarts(MOST_RESTARTS)), ..Search::new() }
}

/// Looks more closely at a hang. A loop that only waits for very long is a bound, and not a hang.
fn confirmed<M: Machine>(machine: &M, recorder: &mut Recorder, mut search: Search) -> Search {
    let hang = search.hang.and_then(|number| state(machine, recorder, &search, number));
    if let Some(place) = hang.and_then(|state| recorder.loop_that_ends(state.at())) {
        search.hang = None;
        search.bound = Some(Bound::LongLoop { file: place.file(), line: place.line() });
    }
    search
}

impl Search {
    fn new() -> Self {
        Self {
            levels: Vec::new(),
            edges: Vec::new(),
            outcomes: BTreeMap::new(),
            executions: BTreeSet::new(),
            race: None,
            panic: None,
            hang: None,
            hang_key: None,
            bound: None,
        }
    }

    /// Notes what was found at a state, or why the search is not complete.
    fn note<S>(&mut self, at: StateId, found: Successor<S>) {
        match found {
            Successor::State(..) => unreachable!("a state is not a finding"),
            Successor::Race(step, other, there) => {
                self.race.get_or_insert((at, Found::Race { step, other, there }));
            }
            Successor::Panic { thread, message } => {
                self.panic.get_or_insert((at, Found::Panic { thread, message }));
            }
            Successor::End { outcome, execution } => {
                self.outcomes.entry(outcome).or_default().states.push(at);
                self.executions.insert(execution);
            }
            Successor::MayEnd { outcome } => self.outcomes.entry(outcome).or_default().early.push(at),
            Successor::Bound(bound) => {
                self.bound.get_or_insert(bound);
            }
        }
    }

    fn has_reached(&self, goal: Goal) -> bool {
        match goal {
            Goal::Everything => false,
            Goal::First { race, panic } => (!race || self.race.is_some()) && (!panic || self.panic.is_some()),
        }
    }
}

/// The states that are known, and those that are still to be expanded.
struct Frontier<S> {
    known: Known,
    key: Key,
    queue: VecDeque<(StateId, S)>,
}

impl<S> Frontier<S> {
    fn new() -> Self {
        Self { known: Known::default(), key: Key::default(), queue: VecDeque::new() }
    }

    /// Returns the number of a state, and whether it is new.
    fn add<M: Machine<State = S>>(&mut self, machine: &M, state: S) -> (StateId, bool) {
        self.key.clear();
        machine.key(&state, &mut self.key);
        if let Some(&number) = self.known.get(self.key.bytes()) {
            return (number, false);
        }
        let number = self.known.len() as StateId;
        self.known.insert(self.key.bytes().into(), number);
        self.queue.push_back((number, state));
        (number, true)
    }
}

fn attempt<M: Machine>(machine: &M, recorder: &mut Recorder, bounds: &Bounds, goal: Goal) -> Search {
    let mut search = Search::new();
    if recorder.trouble.is_some() {
        return search;
    }
    if recorder.starts().len() > MOST_THREADS || recorder.objects.len() > MOST_OBJECTS {
        search.bound = Some(Bound::Size);
        return search;
    }
    let mut frontier = Frontier::new();
    let mut ended: Vec<StateId> = Vec::new();
    frontier.add(machine, machine.start(recorder));
    search.levels.push(0);
    let mut successors = Vec::new();
    while let Some((number, state)) = frontier.queue.pop_front() {
        machine.expand(recorder, &state, &mut successors);
        if recorder.trouble.is_some() {
            return search;
        }
        if successors.iter().any(|successor| !matches!(successor, Successor::State(..))) {
            ended.push(number);
        }
        for successor in successors.drain(..) {
            match successor {
                Successor::State(step, after) => {
                    let (to, is_new) = frontier.add(machine, after);
                    if is_new {
                        search.levels.push(search.levels[number as usize] + 1);
                    }
                    search.edges.push(Edge { from: number, to, step });
                }
                other => search.note(number, other),
            }
        }
        if recorder.deepest > bounds.operations {
            search.bound.get_or_insert(Bound::Operations(bounds.operations));
        }
        if search.levels.len() > bounds.states {
            search.bound.get_or_insert(Bound::States(bounds.states));
        }
        if search.bound.is_some() || search.has_reached(goal) {
            return search;
        }
    }
    if goal == Goal::Everything {
        search.hang = hang::nearest(&search.edges, search.levels.len(), &ended);
        let is_hang = |(_, state): &(Box<[u8]>, StateId)| Some(*state) == search.hang;
        search.hang_key = frontier.known.into_iter().find(is_hang).map(|(key, _)| key);
    }
    search
}

/// Returns the state that hangs, whose number is `number`, by taking the steps that lead to it once more.
pub fn state<M: Machine>(machine: &M, recorder: &mut Recorder, search: &Search, number: StateId) -> Option<M::State> {
    // Equal steps can lead to different states, such as a store to different places in the modification order. So all
    // ways are followed.
    let mut states = vec![machine.start(recorder)];
    let mut successors = Vec::new();
    for wanted in Paths::new(&search.edges, &search.levels).to(number) {
        let mut after = Vec::new();
        for state in states {
            machine.expand(recorder, &state, &mut successors);
            after.extend(successors.drain(..).filter_map(|successor| match successor {
                Successor::State(step, next) if step == wanted => Some(next),
                _ => None,
            }));
        }
        states = after;
    }
    states.into_iter().find(|state| {
        let mut key = Key::default();
        machine.key(state, &mut key);
        search.hang_key.as_deref() == Some(key.bytes())
    })
}
