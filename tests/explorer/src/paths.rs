//! Paths: for each state a way with the fewest steps, and of those one with the fewest switches between threads.

use crate::machine::Step;
use crate::search::{Edge, StateId};

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
pub struct Paths<'e> {
    edges: &'e [Edge],
    threads: usize,
    /// For each state, an arrival by each thread.
    arrivals: Vec<Option<Arrival>>,
}

impl<'e> Paths<'e> {
    /// Finds the paths. `levels` says for each state how many steps it is away from the start.
    pub fn new(edges: &'e [Edge], levels: &[u32]) -> Self {
        let threads = edges.iter().map(|edge| usize::from(edge.step.thread) + 1).max().unwrap_or(0);
        let mut paths = Self { edges, threads, arrivals: vec![None; levels.len() * threads] };
        // An edge comes after all edges that lead to the state where it begins.
        for (index, edge) in edges.iter().enumerate() {
            if levels[edge.to as usize] == levels[edge.from as usize] + 1 {
                let thread = edge.step.thread;
                let (cost, before) = paths.best_before(edge.from, thread);
                let arrival = &mut paths.arrivals[edge.to as usize * threads + usize::from(thread)];
                if arrival.is_none_or(|known| cost < known.cost) {
                    *arrival = Some(Arrival { cost, edge: index as u32, before });
                }
            }
        }
        paths
    }

    fn arrivals(&self, state: StateId) -> impl Iterator<Item = (u8, Arrival)> {
        let first = state as usize * self.threads;
        let all = self.arrivals[first..first + self.threads].iter().enumerate();
        all.filter_map(|(thread, arrival)| arrival.map(|arrival| (thread as u8, arrival)))
    }

    /// Returns the lowest cost up to a step of `thread` that begins at `state`, and the thread of the step before.
    fn best_before(&self, state: StateId, thread: u8) -> (Cost, Option<u8>) {
        let ways = self.arrivals(state).map(|(last, Arrival { cost: (switches, first), .. })| {
            ((switches + u32::from(last != thread), first), Some(last))
        });
        ways.min_by_key(|&(cost, _)| cost).unwrap_or(((0, thread), None))
    }

    /// Returns the steps of the best path to a state.
    pub fn to(&self, state: StateId) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = self.arrivals(state).min_by_key(|(_, arrival)| arrival.cost).map(|(_, arrival)| arrival);
        while let Some(arrival) = at {
            let edge = self.edges[arrival.edge as usize];
            steps.push(edge.step);
            let first = edge.from as usize * self.threads;
            at = arrival.before.and_then(|thread| self.arrivals[first + usize::from(thread)]);
        }
        steps.reverse();
        steps
    }

    /// Returns how good the best path to a state is: less is better.
    pub fn cost(&self, state: StateId) -> (u32, u8) {
        self.arrivals(state).map(|(_, arrival)| arrival.cost).min().unwrap_or_default()
    }
}
