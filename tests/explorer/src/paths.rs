//! Paths: for each state a way with the fewest steps, and of those one with the fewest switches between threads.

use crate::machine::Step;
use crate::object::ThreadId;
use crate::search::{Edge, StateId};
use crate::symmetry::{Renaming, in_order_of_beginning};
use std::ops::Range;

/// How good a way is: the fewest switches come first, and then the lowest thread that begins.
type Cost = (u32, u8);

/// The best known way to a state whose last step is that of a given thread.
#[derive(Clone, Copy)]
struct Arrival {
    cost: Cost,
    /// The index of the last edge.
    edge: u32,
    /// The thread of the step before, if there is one.
    before: Option<u8>,
}

/// The best ways to all states.
pub struct Paths<'s> {
    edges: &'s [Edge],
    alike: &'s [Range<usize>],
    threads: usize,
    /// For each state, an arrival by each thread.
    arrivals: Vec<Option<Arrival>>,
}

/// A way to a state.
pub struct Way {
    /// The steps of one execution.
    pub steps: Vec<Step>,
    /// What the threads of the state are called in the steps.
    pub names: Renaming,
}

impl<'s> Paths<'s> {
    /// Finds the paths. `levels` says for each state how many steps it is away from the start.
    pub fn new(edges: &'s [Edge], levels: &[u32], alike: &'s [Range<usize>]) -> Self {
        let after = |edge: &Edge| edge.names.of(edge.step.thread).max(edge.step.thread);
        let threads = edges.iter().map(|edge| usize::from(after(edge)) + 1).max().unwrap_or(0);
        let mut paths = Self { edges, alike, threads, arrivals: vec![None; levels.len() * threads] };
        // An edge comes after all edges that lead to the state where it begins.
        for (index, edge) in edges.iter().enumerate() {
            if levels[edge.to as usize] == levels[edge.from as usize] + 1 {
                let (cost, before) = paths.best_before(edge.from, edge.step.thread);
                let thread = edge.names.of(edge.step.thread);
                let arrival = &mut paths.arrivals[edge.to as usize * threads + usize::from(thread)];
                if arrival.is_none_or(|known| cost < known.cost) {
                    *arrival = Some(Arrival { cost, edge: index as u32, before });
                }
            }
        }
        paths
    }

    fn arrivals(&self, state: StateId) -> impl Iterator<Item = (ThreadId, Arrival)> {
        let first = state as usize * self.threads;
        let all = self.arrivals[first..first + self.threads].iter().enumerate();
        all.filter_map(|(thread, arrival)| arrival.map(|arrival| (thread as ThreadId, arrival)))
    }

    /// Returns the lowest cost up to a step of `thread` that begins at `state`, and the thread of the step before.
    fn best_before(&self, state: StateId, thread: ThreadId) -> (Cost, Option<ThreadId>) {
        let ways = self.arrivals(state).map(|(last, Arrival { cost: (switches, first), .. })| {
            ((switches + u32::from(last != thread), first), Some(last))
        });
        ways.min_by_key(|&(cost, _)| cost).unwrap_or(((0, thread), None))
    }

    /// Returns the best way to a state. Interchangeable threads begin in the order of their numbers.
    pub fn to(&self, state: StateId) -> Way {
        let mut edges = Vec::new();
        let mut at = self.arrivals(state).min_by_key(|(_, arrival)| arrival.cost).map(|(_, arrival)| arrival);
        while let Some(arrival) = at {
            let edge = self.edges[arrival.edge as usize];
            edges.push(edge);
            let first = edge.from as usize * self.threads;
            at = arrival.before.and_then(|thread| self.arrivals[first + usize::from(thread)]);
        }
        // What the threads of each state on the way are called at the start.
        let mut names = Renaming::NONE;
        let mut steps = Vec::with_capacity(edges.len());
        for Edge { step, names: next, .. } in edges.into_iter().rev() {
            steps.push(Step { thread: names.of(step.thread), ..step });
            names = next.reversed().then(names);
        }
        let in_order = in_order_of_beginning(steps.iter().map(|step| step.thread), self.alike);
        steps.iter_mut().for_each(|step| step.thread = in_order.of(step.thread));
        Way { steps, names: names.then(in_order) }
    }

    /// Returns how good the best path to a state is: less is better.
    pub fn cost(&self, state: StateId) -> (u32, u8) {
        self.arrivals(state).map(|(_, arrival)| arrival.cost).min().unwrap_or_default()
    }
}
