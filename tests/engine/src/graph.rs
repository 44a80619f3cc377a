//! The whole graph of a small program's states, to be walked by hand. Here threads have names.

use super::machine::{End, Machine, State, Step};
use super::program::Program;
use super::unanswered::Unanswered;
use std::collections::{BTreeMap, HashMap};

/// A larger graph is refused: it is too large to walk by hand, and a page that embeds it grows with it.
pub const MOST_NODES: usize = 1 << 16;

/// Every state that a schedule can reach, and the steps between them.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The states; the first is the start.
    pub nodes: Vec<Node>,
}

/// One state.
#[derive(Clone, Debug)]
pub struct Node {
    /// The state itself.
    pub state: State,
    /// The steps that are possible in it; none at an end.
    pub edges: Vec<Edge>,
    /// How many ways lead here from the start.
    pub ways_here: u128,
    /// How many ways lead from here to each end that can still be reached; at an end, one to itself.
    pub ends: BTreeMap<End, u128>,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The step.
    pub step: Step,
    /// The node that it leads to.
    pub to: usize,
}

impl Node {
    /// How it ends here; `None` while a thread can step.
    pub fn end(&self) -> Option<End> {
        if self.edges.is_empty() { self.ends.keys().next().copied() } else { None }
    }

    /// How many ways lead from here to any end.
    pub fn ways_on(&self) -> u128 {
        self.ends.values().sum()
    }

    /// How many ways lead from here to that end.
    pub fn ways_to(&self, end: End) -> u128 {
        self.ends.get(&end).copied().unwrap_or(0)
    }

    /// How many whole schedules pass through here.
    pub fn schedules(&self) -> u128 {
        self.ways_here * self.ways_on()
    }
}

impl Graph {
    /// All of it.
    ///
    /// # Errors
    ///
    /// [`Unanswered`] if it has more than [`MOST_NODES`] nodes, or more schedules than can be counted.
    pub fn new(program: &Program) -> Result<Self, Unanswered> {
        let mut graph = Self { nodes: Vec::new() };
        let mut nodes = HashMap::new();
        graph.find_or_add(&mut nodes, Machine::new(program).state())?;
        for node in 0.. {
            let Some(Node { state, .. }) = graph.nodes.get(node) else { break };
            let machine = Machine::at(program, state.clone());
            for thread in 0..program.threads() {
                let mut machine = machine.clone();
                if let Ok(step) = machine.step(thread) {
                    let to = graph.find_or_add(&mut nodes, machine.state())?;
                    graph.nodes[node].edges.push(Edge { step, to });
                }
            }
            if let Some(end) = machine.end() {
                graph.nodes[node].ends.insert(end, 1);
            }
        }
        graph.count().ok_or(Unanswered::ManySchedules)?;
        Ok(graph)
    }

    fn find_or_add(&mut self, nodes: &mut HashMap<State, usize>, state: &State) -> Result<usize, Unanswered> {
        if let Some(&node) = nodes.get(state) {
            return Ok(node);
        }
        if self.nodes.len() == MOST_NODES {
            return Err(Unanswered::ManyStates { most: MOST_NODES });
        }
        nodes.insert(state.clone(), self.nodes.len());
        self.nodes.push(Node { state: state.clone(), edges: Vec::new(), ways_here: 0, ends: BTreeMap::new() });
        Ok(self.nodes.len() - 1)
    }

    /// Counts the ways, forward from the start and backward from the ends; `None` if there are too many.
    fn count(&mut self) -> Option<()> {
        let order = self.topological_order();
        self.nodes[0].ways_here = 1;
        for &node in &order {
            let Node { edges, ways_here, .. } = self.nodes[node].clone();
            for edge in edges {
                let next = &mut self.nodes[edge.to].ways_here;
                *next = next.checked_add(ways_here)?;
            }
        }
        for &node in order.iter().rev() {
            for edge in self.nodes[node].edges.clone() {
                for (end, ways) in self.nodes[edge.to].ends.clone() {
                    let sum = self.nodes[node].ends.entry(end).or_default();
                    *sum = sum.checked_add(ways)?;
                }
            }
        }
        self.nodes[0].ends.values().try_fold(0_u128, |sum, &ways| sum.checked_add(ways))?;
        Some(())
    }

    /// The nodes in an order in which every edge leads forward (Kahn, "Topological sorting of large networks", 1962).
    fn topological_order(&self) -> Vec<usize> {
        let mut missing = vec![0; self.nodes.len()];
        self.nodes.iter().flat_map(|node| &node.edges).for_each(|edge| missing[edge.to] += 1);
        let mut order = vec![0];
        for next in 0..self.nodes.len() {
            for edge in &self.nodes[order[next]].edges {
                missing[edge.to] -= 1;
                if missing[edge.to] == 0 {
                    order.push(edge.to);
                }
            }
        }
        order
    }
}
