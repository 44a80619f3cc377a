//! Building: from the states of a search to those of a walk.

use super::{BufferedStore, Choice, End, Holds, NextOperation, Pick, Standing, State, Thread, Walk, count, ends};
use crate::explore::accesses;
use crate::hang::{self, Waiting};
use crate::machine::{Bound, Machine, State as _, StepKind, Successor};
use crate::object::{Held, Progress, ThreadId};
use crate::operation::{NO_OBJECT, Operation};
use crate::order::{Order, OrderState};
use crate::recorder::{Next, Recorder};
use crate::report::Problem;
use crate::schedule::{Act, Reader, method, ordering};
use crate::search::{Edge, Search, StateId};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Makes a walk of a search.
pub struct Builder<'a> {
    machine: Order,
    recorder: Recorder<'a>,
    /// The steps that the search has found, in the order of the states where they begin.
    edges: Vec<Edge>,
    /// The index of each state among `states`.
    numbers: HashMap<StateId, usize>,
    states: Vec<State>,
}

impl<'a> Builder<'a> {
    pub fn new(machine: Order, recorder: Recorder<'a>, search: Search) -> Self {
        Self { machine, recorder, edges: search.edges, numbers: HashMap::new(), states: Vec::new() }
    }

    /// Visits the search's states once more, but none beyond a problem.
    pub fn build(mut self) -> Result<Walk, Bound> {
        let edges = std::mem::take(&mut self.edges);
        let mut queue = VecDeque::from([(0, self.machine.start(&self.recorder))]);
        self.numbers.insert(0, 0);
        let mut successors = Vec::new();
        while let Some((number, state)) = queue.pop_front() {
            self.machine.expand(&mut self.recorder, &state, &mut successors);
            // The search has expanded the state in the same way, so its edges from here are in the same order.
            let first = edges.partition_point(|edge| edge.from < number);
            let mut edges = edges[first..].iter();
            let mut here = self.state(&state);
            let mut after = Vec::new();
            for successor in successors.drain(..) {
                match successor {
                    Successor::State(step, next) => {
                        let edge = *edges.next().expect("the search has an edge for each step");
                        debug_assert_eq!((edge.from, edge.step), (number, step));
                        after.push((edge, next));
                    }
                    Successor::Race(step, other, there) => {
                        let accesses = accesses(&self.recorder, step, other, there);
                        here.problem.get_or_insert(Problem::DataRace { accesses });
                    }
                    Successor::Panic { thread, message } => {
                        here.problem = Some(Problem::Panic { thread: thread.map(usize::from), message });
                    }
                    Successor::End { outcome, .. } => here.end = Some(End::Outcome(outcome)),
                    Successor::MayEnd { outcome } => here.may_end = Some(outcome),
                    Successor::Bound(bound) => return Err(bound),
                }
            }
            if let Some(problem) = &here.problem {
                here.end = Some(End::of(problem));
                after.clear();
            }
            after.retain(|(edge, _)| edge.to != edge.from);
            for (edge, next) in after {
                let known = self.numbers.len();
                let to = *self.numbers.entry(edge.to).or_insert(known);
                here.add(self.choice(&edge, to, &next));
                if to == known {
                    queue.push_back((edge.to, next));
                }
            }
            here.set_standings(hang::waiting(&self.recorder, &state));
            self.states.push(here);
        }
        ends::find(&mut self.states);
        count::ways(&mut self.states);
        Ok(Walk { states: self.states })
    }

    fn state(&self, state: &OrderState) -> State {
        let thread = |(number, &node): (usize, &u32)| {
            let next = match self.recorder.next(node) {
                Next::Operation(operation) => Some(NextOperation::of(operation)),
                _ => None,
            };
            let buffer = state.buffered(number as ThreadId);
            let buffer = buffer.map(|(object, value)| BufferedStore { object: object as usize, value }).collect();
            Thread { standing: Standing::Ended, next, buffer, waiting: None }
        };
        State {
            objects: state.objects().iter().map(|&held| self.holds(held)).collect(),
            threads: state.at().iter().enumerate().map(thread).collect(),
            steps: Vec::new(),
            problem: None,
            ends: BTreeMap::new(),
            end: None,
            may_end: None,
            ways_here: None,
        }
    }

    fn holds(&self, held: Held) -> Holds {
        let lock = |content| Holds::Lock {
            holders: held.holders().into_iter().map(usize::from).collect(),
            content: self.recorder.values.text(content).map(str::to_string),
        };
        match held {
            Held::Atomic(value) => Holds::Atomic(value),
            Held::Plain(value) => Holds::Plain(value),
            Held::Mutex { content, .. } | Held::ReadWriteLock { content, .. } => lock(content),
            Held::Condvar { waiting } => Holds::Condvar { waiting: waiting.iter().map(usize::from).collect() },
            Held::Barrier { arrived, .. } => Holds::Barrier { arrived: arrived.into() },
            Held::Once(progress) => Holds::Once {
                run_by: held.holders().first().copied().map(usize::from),
                is_finished: matches!(progress, Progress::Finished(_)),
            },
            Held::Channel { queue, senders, .. } => {
                let text = |number| self.recorder.values.text(number).map(str::to_string);
                Holds::Channel { messages: queue.numbers().into_iter().map(text).collect(), senders: senders.into() }
            }
            Held::Absent => Holds::Absent,
        }
    }

    fn choice(&self, edge: &Edge, to: usize, after: &OrderState) -> Choice {
        // A reader of graphs needs no steps before this one.
        let mut step = Reader::of_graphs(&self.recorder).read(edge.step);
        let held = step.object.map(|object| after.objects()[object]).filter(|held| held.is_memory());
        step.value_after = held.map(Held::memory);
        let pick = match edge.step.kind {
            StepKind::Flush => Pick::Flush(step.thread),
            StepKind::Operation => Pick::Run(step.thread),
            StepKind::ByChance => Pick::Otherwise(step.thread, 1),
        };
        Choice { pick, step, to }
    }
}

impl NextOperation {
    fn of(operation: &Operation) -> Self {
        Self {
            act: Act::of(operation.action),
            method: method(operation.action),
            object: (operation.object != NO_OBJECT).then_some(operation.object as usize),
            ordering: ordering(operation),
            file: operation.place.file,
            line: operation.place.line,
        }
    }
}

impl State {
    /// Adds a step. If its pick is taken, it gets the first that is free.
    fn add(&mut self, mut choice: Choice) {
        let taken = |pick| self.steps.iter().any(|other: &Choice| other.pick == pick);
        let thread = choice.pick.thread();
        if taken(choice.pick) {
            let other = |way| Pick::Otherwise(thread, way);
            choice.pick = (1..).map(other).find(|&pick| !taken(pick)).expect("numbers do not end");
        }
        self.steps.push(choice);
    }

    fn set_standings(&mut self, waiting: Vec<Waiting>) {
        for waiting in waiting {
            let number = waiting.thread;
            let can_run = self.steps.iter().any(|choice| choice.pick == Pick::Run(number));
            let thread = &mut self.threads[number];
            thread.standing = match () {
                () if can_run || self.problem.is_some() => Standing::Ready,
                () if !thread.buffer.is_empty() => Standing::WaitsForItsStores,
                () => Standing::Blocked(waiting.clone()),
            };
            thread.waiting = Some(waiting);
        }
    }
}
