//! The search: every state that a machine can reach, the nearest first.

use crate::hang;
use crate::key::{Key, Known};
use crate::machine::{Bound, Machine, Step, StepKind, Successor};
use crate::object::ThreadId;
use crate::recorder::{NodeId, Recorder, Trouble};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of a state, in the order of discovery.
pub type StateId = u32;

/// How much is explored before an exploration gives up. Bounds count states and steps, and never time, so that the answer does not
/// depend on the machine.
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
    /// Whether it need not happen, so that it saves no thread that waits for ever.
    pub by_chance: bool,
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
}

/// What a search has found.
pub struct Search {
    /// For each state the state from which it was reached first, and the step.
    pub reached: Vec<Option<(StateId, Step)>>,
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
            None => return search,
            Some(Trouble::NotDeterministic(place)) => {
                let bound = Bound::NotDeterministic { file: place.file(), line: place.line() };
                return Search { bound: Some(bound), ..search };
            }
            Some(Trouble::Mistaken) => recorder.begin(),
        }
    }
    Search { bound: Some(Bound::Restarts(MOST_RESTARTS)), ..Search::new() }
}

impl Search {
    fn new() -> Self {
        Self {
            reached: Vec::new(),
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

    /// Returns the steps to a state.
    pub fn path(&self, state: StateId) -> Vec<(StateId, Step)> {
        let mut steps = Vec::new();
        let mut at = state;
        while let Some((from, step)) = self.reached[at as usize] {
            steps.push((at, step));
            at = from;
        }
        steps.reverse();
        steps
    }
}

fn attempt<M: Machine>(machine: &M, recorder: &mut Recorder, bounds: &Bounds, goal: Goal) -> Search {
    let mut search = Search::new();
    if recorder.trouble.is_some() {
        return search;
    }
    if recorder.starts().len() > crate::machine::MOST_THREADS || recorder.objects.len() > 255 {
        search.bound = Some(Bound::Size);
        return search;
    }
    let (mut known, mut key) = (Known::default(), Key::default());
    let mut ended: Vec<StateId> = Vec::new();
    let first = machine.start(recorder);
    machine.key(&first, &mut key);
    known.insert(key.bytes().into(), 0);
    search.reached.push(None);
    let mut queue = VecDeque::from([(0, first)]);
    let mut successors = Vec::new();
    while let Some((number, state)) = queue.pop_front() {
        machine.expand(recorder, &state, &mut successors);
        if recorder.trouble.is_some() {
            return search;
        }
        if recorder.deepest > bounds.operations {
            search.bound = Some(Bound::Operations(bounds.operations));
        }
        let mut ends_here = false;
        for successor in successors.drain(..) {
            ends_here |= !matches!(successor, Successor::State(..));
            match successor {
                Successor::State(step, after) => {
                    key.clear();
                    machine.key(&after, &mut key);
                    let to = known.get(key.bytes()).copied().unwrap_or_else(|| {
                        let next = search.reached.len() as StateId;
                        known.insert(key.bytes().into(), next);
                        search.reached.push(Some((number, step)));
                        queue.push_back((next, after));
                        next
                    });
                    search.edges.push(Edge { from: number, to, by_chance: step.kind == StepKind::ByChance });
                }
                Successor::Race(step, other, there) => {
                    search.race.get_or_insert((number, Found::Race { step, other, there }));
                }
                Successor::Panic { thread, message } => {
                    search.panic.get_or_insert((number, Found::Panic { thread, message }));
                }
                Successor::End { outcome, execution } => {
                    search.outcomes.entry(outcome).or_default().states.push(number);
                    search.executions.insert(execution);
                }
                Successor::Bound(bound) => search.bound = search.bound.or(Some(bound)),
            }
        }
        if ends_here {
            ended.push(number);
        }
        if search.reached.len() > bounds.states {
            search.bound = Some(Bound::States(bounds.states));
        }
        let is_complete = match goal {
            Goal::Everything => false,
            Goal::First { race, panic } => (!race || search.race.is_some()) && (!panic || search.panic.is_some()),
        };
        if search.bound.is_some() || is_complete {
            return search;
        }
    }
    if goal == Goal::Everything {
        search.hang = hang::nearest(&search.edges, search.reached.len(), &ended);
        search.hang_key = known.into_iter().find(|&(_, state)| Some(state) == search.hang).map(|(key, _)| key);
    }
    search
}

/// Returns the state that hangs, whose number is `number`, by taking the steps that lead to it once more.
pub fn state<M: Machine>(machine: &M, recorder: &mut Recorder, search: &Search, number: StateId) -> Option<M::State> {
    // Equal steps can lead to different states, such as a store to different places in the modification order. So all ways are followed.
    let mut states = vec![machine.start(recorder)];
    let mut successors = Vec::new();
    for (_, wanted) in search.path(number) {
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
