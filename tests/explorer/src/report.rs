//! Reports: what an exploration has found, and whether it is complete.

use crate::hang::Waiting;
use crate::machine::Bound;
use crate::schedule::Schedule;
use std::collections::BTreeMap;

/// An access to plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The thread, counted from 0.
    pub thread: usize,
    /// Whether the access writes.
    pub writes: bool,
    /// The source file of the access.
    pub file: &'static str,
    /// The line of the access.
    pub line: u32,
    /// The column of the access.
    pub column: u32,
}

/// What is wrong with a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Two threads access plain memory, at least one of them writes, and neither access happens before the other.
    DataRace {
        /// The two accesses, the earlier one first.
        accesses: [Access; 2],
    },
    /// A thread panics, as it does when an assertion fails.
    Panic {
        /// The thread, counted from 0. `None` if it is the code that looks at the end.
        thread: Option<usize>,
        /// The message of the panic.
        message: String,
    },
    /// Threads wait for each other in a circle, so that none of them can go on.
    Deadlock {
        /// Each waits for the next, and the last for the first.
        cycle: Vec<Waiting>,
    },
    /// Threads wait for what cannot happen any more, such as a notification that came too early.
    WaitsForEver {
        /// The threads that have not ended.
        waiting: Vec<Waiting>,
    },
}

/// A problem, and a schedule that leads to it: one with the fewest steps, and of those one with the fewest switches
/// between threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong with the program.
    pub problem: Problem,
    /// The steps that lead to it.
    pub schedule: Schedule,
}

/// Where an outcome comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The number of schedules that end so, without failures and wake-ups by chance. It is `Some(0)` if only such a
    /// chance leads here. It is `None` if threads wait in loops, because then there is no number, and under memories
    /// other than [`Memory::Interleaved`](crate::Memory::Interleaved).
    pub schedules: Option<u128>,
    /// A schedule that ends so: one with the fewest steps, and of those one with the fewest switches between threads.
    pub example: Schedule,
}

/// What an exploration says of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was explored, and nothing is wrong. Whether the outcomes are the right ones, only the reader of the
    /// report knows.
    NothingFound,
    /// At least one problem was found, however much was explored.
    Found,
    /// Nothing was found, but not everything was explored.
    NotDecided(Bound),
}

/// What is one state of an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// What memory holds, with where each thread is in its code.
    Memory,
    /// An execution graph of C++20: all that has happened so far.
    Graph,
    /// What each thread and each write knows of the writes that may still be read. Execution graphs with the same future
    /// are one state, which is exact as long as no operation is `SeqCst`. It is used for programs with too many graphs.
    View,
}

/// What an exploration has found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Every outcome of a complete execution: the values that threads returned.
    pub outcomes: BTreeMap<Vec<u64>, Outcome>,
    /// At most one problem of each kind.
    pub findings: Vec<Finding>,
    /// Why the exploration is not complete, if it is not.
    pub bound: Option<Bound>,
    /// The number of states. Those that differ only in the numbers of interchangeable threads are one.
    pub states: usize,
    /// What a state is.
    pub state_kind: StateKind,
    /// The number of complete executions that differ in what their operations returned. Rounds of loops that wait are
    /// left out. It is known if states are graphs, which tell all executions apart.
    pub executions: Option<usize>,
    /// How often the code of a thread was run.
    pub replays: usize,
}

impl Report {
    /// Returns what the exploration says of the program.
    pub fn verdict(&self) -> Verdict {
        match self.bound {
            _ if !self.findings.is_empty() => Verdict::Found,
            Some(bound) => Verdict::NotDecided(bound),
            None => Verdict::NothingFound,
        }
    }

    /// Returns all outcomes, in increasing order.
    pub fn finals(&self) -> Vec<Vec<u64>> {
        self.outcomes.keys().cloned().collect()
    }

    /// Returns the number of schedules that end with this outcome, see [`Outcome::schedules`].
    pub fn schedules(&self, outcome: &[u64]) -> Option<u128> {
        self.outcomes.get(outcome)?.schedules
    }

    fn find(&self, is_it: impl Fn(&Problem) -> bool) -> Option<&Finding> {
        self.findings.iter().find(|finding| is_it(&finding.problem))
    }

    /// Returns the data race, if there is one.
    pub fn race(&self) -> Option<&Finding> {
        self.find(|problem| matches!(problem, Problem::DataRace { .. }))
    }

    /// Returns the panic, if there is one.
    pub fn panic(&self) -> Option<&Finding> {
        self.find(|problem| matches!(problem, Problem::Panic { .. }))
    }

    /// Returns the deadlock, or the thread that waits for ever, if there is one.
    pub fn hang(&self) -> Option<&Finding> {
        self.find(|problem| matches!(problem, Problem::Deadlock { .. } | Problem::WaitsForEver { .. }))
    }
}
