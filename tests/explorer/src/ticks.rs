//! One run of a program, on a machine that counts its time in ticks. A rule says which thread does its next operation, and
//! threads that use the same object wait for each other. So a run is the same on every computer, however busy it is.

use crate::machine::{Machine, State, StepKind, Successor};
use crate::object::{ObjectId, ThreadId};
use crate::operation::{Action, NO_OBJECT, Work};
use crate::order::{Order, OrderState};
use crate::outside::{Asked, MOST_OBJECTS};
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

/// Which thread does its next operation. Threads have numbers: the first one 0, and those that it starts 1, 2 and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The thread whose clock is furthest behind, or of several such threads the one that was started first.
    Clocks,
    /// The same, but a thread does nothing any more after so many operations, as if it had been stopped for ever.
    Stopped {
        /// The number of the thread.
        thread: usize,
        /// The number of its operations.
        after: usize,
    },
    /// The same, but before each operation of a thread another one completes a call, as long as others can and do not wait
    /// for the thread.
    Disturbed {
        /// The number of the thread.
        thread: usize,
    },
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
    /// A thread waited for one that was stopped, and went on after many operations, although nothing had changed.
    GivesUp {
        /// The number of the thread.
        thread: usize,
    },
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
    /// The largest number of started threads that ran at the same time.
    pub at_once: usize,
    /// The number of operations on what threads share.
    pub operations: usize,
    /// What each thread did. The first one comes first, and then those that were started, in their order.
    pub threads: Vec<Done>,
    /// How the run ended.
    pub end: End,
}

/// Operations in a row that lead to no new point of a thread's code, before a run is taken for one that waits for ever.
const MOST_IN_VAIN: usize = 2_000;

/// The largest number of operations in a run.
const MOST_OPERATIONS: usize = 200_000;

/// Operations of other threads after which a disturbed thread goes on although no call is completed: they may wait for it.
const MOST_DISTURBANCES: usize = 100;

/// Operations for which a thread that waits goes on by itself.
const MOST_ALONE: usize = 300_000;

/// The largest number of threads in a run: the first one, and those that it may start.
const MOST_THREADS: usize = MOST_CHILDREN as usize + 1;

/// Assumptions about loops that may be wrong, one after the other.
const MOST_RESTARTS: usize = 20;

/// Runs a program once.
pub fn run(program: &Asked, costs: Costs, rule: Rule) -> Run {
    let mut recorder = Recorder::new(program, Joining::AllLoops, false);
    for _ in 0..MOST_RESTARTS {
        let run = Running::new(&recorder, costs, rule).run(&mut recorder);
        match recorder.trouble {
            None => return run,
            Some(Trouble::Mistaken) => recorder.begin(),
            Some(Trouble::Endless(count)) => return Run { end: End::Operations(count), ..run },
            Some(Trouble::NotDeterministic(_)) => {
                return Run { end: End::Unsupported("it does not do the same when it runs again".into()), ..run };
            }
        }
    }
    let run = Running::new(&recorder, costs, rule).report(&recorder, End::Finished);
    Run { end: End::Unsupported("its loops are too different from each other".into()), ..run }
}

struct Running {
    machine: Order,
    costs: Costs,
    rule: Rule,
    state: OrderState,
    clocks: Vec<u64>,
    /// The number of all operations.
    done: usize,
    /// The number of each thread's operations.
    operations: Vec<usize>,
    /// What the other threads had told when the disturbed one did its last operation, and how many operations they did since.
    told_before: u32,
    disturbances: usize,
    /// The time at which an object is free again.
    free_at: HashMap<ObjectId, u64>,
    /// When each thread was started.
    started_at: Vec<u64>,
}

impl Running {
    fn new(recorder: &Recorder, costs: Costs, rule: Rule) -> Self {
        let machine = Order { buffered: false, threads: MOST_THREADS, objects: MOST_OBJECTS as usize };
        let state = machine.start(recorder);
        let clocks = state.at().iter().map(|&node| recorder.account(node).ticks).collect();
        let operations = vec![0; state.at().len()];
        Self {
            machine,
            costs,
            rule,
            state,
            clocks,
            done: 0,
            operations,
            told_before: 0,
            disturbances: 0,
            free_at: HashMap::new(),
            started_at: vec![0],
        }
    }

    fn run(mut self, recorder: &mut Recorder) -> Run {
        // Threads that only come to points that are known wait for each other, or one waits for itself.
        let (mut points, mut since) = (recorder.points(), 0);
        for _ in 0..MOST_OPERATIONS {
            if recorder.points() > points {
                (points, since) = (recorder.points(), self.done);
            }
            if self.done - since > MOST_IN_VAIN {
                let end = self.who_gives_up(recorder).map_or(End::Waits, |thread| End::GivesUp { thread });
                return self.report(recorder, end);
            }
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
        let mut turns: Vec<((bool, u64), ThreadId)> = Vec::new();
        let mut is_over = true;
        for (thread, &node) in self.state.at().iter().enumerate() {
            match recorder.next(node) {
                Next::Operation(_) => {
                    is_over = false;
                    let is_late = match self.rule {
                        Rule::Stopped { thread: stopped, after } if thread == stopped => {
                            if self.operations[thread] >= after {
                                continue;
                            }
                            false
                        }
                        Rule::Disturbed { thread: disturbed } => {
                            let is_done = self.disturbances > MOST_DISTURBANCES
                                || self.told_by_others(recorder, disturbed) != self.told_before;
                            is_done != (thread == disturbed)
                        }
                        _ => false,
                    };
                    turns.push(((is_late, self.clocks[thread]), thread as ThreadId));
                }
                Next::Finished(_) => {}
                Next::Panicked(message) => return Err(End::Panicked(message.clone())),
                Next::Unsupported(what) => return Err(End::Unsupported((*what).to_string())),
            }
        }
        if is_over {
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
                        self.disturbances += 1;
                        if self.rule == (Rule::Disturbed { thread: thread as usize }) {
                            self.told_before = self.told_by_others(recorder, thread as usize);
                            self.disturbances = 0;
                        }
                        self.operations[thread as usize] += 1;
                        self.done += 1;
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

    /// Returns a thread that waits for a stopped one, and goes on by itself.
    fn who_gives_up(&self, recorder: &Recorder) -> Option<usize> {
        let Rule::Stopped { thread: stopped, .. } = self.rule else { return None };
        let goes_on = |node| {
            let operations = matches!(recorder.next(node), Next::Operation(_));
            let alone = operations.then(|| recorder.alone(node, self.state.objects(), MOST_ALONE)).flatten();
            alone.is_some_and(|alone| !alone.told.is_empty())
        };
        (0..self.state.at().len()).find(|&thread| thread != stopped && goes_on(self.state.at()[thread]))
    }

    fn told_by_others(&self, recorder: &Recorder, disturbed: usize) -> u32 {
        let others = self.state.at().iter().enumerate().filter(|(thread, _)| *thread != disturbed);
        others.map(|(_, &node)| recorder.account(node).told).sum()
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
                self.operations.push(0);
                self.started_at.push(clock);
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
    }

    /// Returns the largest number of started threads that ran at the same time. One that did nothing ran for a moment.
    fn at_once(&self) -> usize {
        let runs_at = |time: u64| {
            let started = self.started_at.iter().zip(&self.clocks).skip(1);
            started.filter(|&(&start, &end)| start <= time && time < end.max(start + 1)).count()
        };
        self.started_at.iter().skip(1).map(|&start| runs_at(start)).max().unwrap_or(0)
    }

    fn report(self, recorder: &Recorder, end: End) -> Run {
        let done = |&node: &u32| Done { works: recorder.works(node), told: recorder.told(node) };
        Run {
            ticks: self.clocks.iter().copied().max().unwrap_or(0),
            started: self.state.at().len() - 1,
            at_once: self.at_once(),
            operations: self.done,
            threads: self.state.at().iter().map(done).collect(),
            end,
        }
    }
}
