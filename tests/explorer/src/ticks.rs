//! One run on a machine that counts its time in ticks. Each thread has a clock, and the one that is furthest behind does
//! its next operation, or of several such threads the one that was started first. Threads that use the same object wait
//! for each other. So a run is the same on every computer, however busy it is.

use crate::machine::{Machine, State, StepKind, Successor};
use crate::object::{ObjectId, ThreadId};
use crate::operation::{Action, NO_OBJECT, Work};
use crate::order::{Order, OrderState};
use crate::outside::Asked;
use crate::recorder::replay::MOST_CHILDREN;
use crate::recorder::{Joining, Next, Recorder, Trouble};
use std::collections::HashMap;

/// What the operations of threads cost, in ticks. What work costs is said by its data.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// To start a thread and wait for its end; the thread that starts it pays.
    pub start: u64,
    /// An operation on an atomic, and taking a lock.
    pub shared: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// All threads have ended.
    Finished,
    /// A thread panicked with this message.
    Panicked(String),
    /// No thread can go on.
    Waits,
    /// The program does what has no place in a run.
    Unsupported(String),
    /// The threads did more than this many operations.
    Operations(usize),
}

/// What a thread has done in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Its work, in its order.
    pub works: Vec<Work>,
    /// What it has told.
    pub told: Vec<u64>,
}

/// What happened in one run of a program.
#[derive(Clone, Debug)]
pub struct Run {
    /// The time at which the last thread ended.
    pub ticks: u64,
    /// The number of threads that were started, without the first one.
    pub started: usize,
    /// The most started threads that had not ended at the same time.
    pub at_once: usize,
    /// What each thread did. The first one comes first, and then those that were started, in their order.
    pub threads: Vec<Done>,
    /// How the run ended.
    pub end: End,
}

/// The largest number of operations in a run.
const MOST_OPERATIONS: usize = 200_000;

/// The largest number of threads in a run: the first one, and those that it may start.
const MOST_THREADS: usize = MOST_CHILDREN as usize + 1;

/// Assumptions about loops that may be wrong, one after the other.
const MOST_RESTARTS: usize = 20;

/// Runs a program once.
pub fn run(program: &Asked, costs: Costs) -> Run {
    let mut recorder = Recorder::new(program, Joining::AllLoops, false);
    for _ in 0..MOST_RESTARTS {
        let run = Running::new(&recorder, costs).run(&mut recorder);
        match recorder.trouble {
            None => return run,
            Some(Trouble::Mistaken) => recorder.begin(),
            Some(Trouble::Endless(count)) => return Run { end: End::Operations(count), ..run },
            Some(Trouble::NotDeterministic(_)) => {
                return Run { end: End::Unsupported("it does not do the same when it runs again".into()), ..run };
            }
        }
    }
    let run = Running::new(&recorder, costs).report(&recorder, End::Finished);
    Run { end: End::Unsupported("its loops are too different from each other".into()), ..run }
}

struct Running {
    machine: Order,
    costs: Costs,
    state: OrderState,
    clocks: Vec<u64>,
    /// The time at which an object is free again.
    free_at: HashMap<ObjectId, u64>,
    at_once: usize,
}

impl Running {
    fn new(recorder: &Recorder, costs: Costs) -> Self {
        let machine = Order { buffered: false, threads: MOST_THREADS };
        let state = machine.start(recorder);
        let clocks = state.at().iter().map(|&node| recorder.account(node).ticks).collect();
        Self { machine, costs, state, clocks, free_at: HashMap::new(), at_once: 0 }
    }

    fn run(mut self, recorder: &mut Recorder) -> Run {
        for _ in 0..MOST_OPERATIONS {
            if recorder.trouble.is_some() {
                return self.report(recorder, End::Finished);
            }
            if let Err(end) = self.step(recorder) {
                return self.report(recorder, end);
            }
        }
        self.report(recorder, End::Operations(MOST_OPERATIONS))
    }

    /// Lets one thread do its next operation.
    fn step(&mut self, recorder: &mut Recorder) -> Result<(), End> {
        let mut turns: Vec<(u64, ThreadId)> = Vec::new();
        for (thread, &node) in self.state.at().iter().enumerate() {
            match recorder.next(node) {
                Next::Operation(_) => turns.push((self.clocks[thread], thread as ThreadId)),
                Next::Finished(_) => {}
                Next::Panicked(message) => return Err(End::Panicked(message.clone())),
                Next::Unsupported(what) => return Err(End::Unsupported((*what).to_string())),
            }
        }
        if turns.is_empty() {
            return Err(End::Finished);
        }
        turns.sort_unstable();
        let mut successors = Vec::new();
        for (_, thread) in turns {
            let node = self.state.at()[thread as usize];
            self.machine.turn(recorder, &self.state, (thread, node), &mut successors);
            for successor in successors.drain(..) {
                match successor {
                    Successor::State(step, after) if step.kind == StepKind::Operation => {
                        self.take_time(recorder, thread, after);
                        return Ok(());
                    }
                    Successor::Bound(bound) => return Err(End::Unsupported(format!("{bound:?}"))),
                    _ => {}
                }
            }
        }
        Err(End::Waits)
    }

    /// Goes on to the state in which the thread has done its operation, and advances its clock.
    fn take_time(&mut self, recorder: &Recorder, thread: ThreadId, after: OrderState) {
        let node = self.state.at()[thread as usize];
        let operation = recorder.operation(node);
        let mut clock = self.clocks[thread as usize];
        let worked = |from, to| recorder.account(to).ticks.saturating_sub(recorder.account(from).ticks);
        match operation.action {
            Action::Spawn => {
                clock += self.costs.start;
                let child = *after.at().last().expect("a thread was started");
                self.clocks.push(clock + recorder.account(child).ticks);
            }
            Action::Join(number) => {
                let child = self.state.child(thread, number).expect("a child is started before it is joined");
                clock = clock.max(self.clocks[child as usize]);
            }
            Action::Unlock { .. } => {
                self.free_at.insert(operation.object, clock);
            }
            Action::Create(_) | Action::Fence => {}
            _ if operation.object == NO_OBJECT => {}
            _ => {
                clock = clock.max(self.free_at.get(&operation.object).copied().unwrap_or(0)) + self.costs.shared;
                self.free_at.insert(operation.object, clock);
            }
        }
        self.state = after;
        self.clocks[thread as usize] = clock + worked(node, self.state.at()[thread as usize]);
        let is_running = |&&node: &&u32| !matches!(recorder.next(node), Next::Finished(_));
        self.at_once = self.at_once.max(self.state.at().iter().skip(1).filter(is_running).count());
    }

    fn report(self, recorder: &Recorder, end: End) -> Run {
        let done = |&node: &u32| Done { works: recorder.works(node), told: recorder.told(node) };
        Run {
            ticks: self.clocks.iter().copied().max().unwrap_or(0),
            started: self.state.at().len() - 1,
            at_once: self.at_once,
            threads: self.state.at().iter().map(done).collect(),
            end,
        }
    }
}
