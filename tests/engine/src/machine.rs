//! The machine: one step at a time, and each is seen by all threads as soon as it is done.

use super::program::{Cell, Instruction, OnFailure, Program};
use std::fmt;

/// What all threads see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shared {
    /// What the counter holds.
    pub counter: u64,
    /// Whether a thread holds the lock. Which one it is, its place in the body tells.
    pub locked: bool,
}

/// Where a thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thread {
    /// How many times it has still to run through the body, the present one included; 0 when it has finished.
    pub left: u64,
    /// The instruction of the body that comes next.
    pub at: usize,
    /// What it loaded and has not used yet.
    pub seen: Option<u64>,
    /// What its own cell holds.
    pub own: u64,
}

/// Everything that the future depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What all threads see.
    pub shared: Shared,
    /// The threads, in order.
    pub threads: Vec<Thread>,
}

/// How a schedule ends: no thread can step any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// All threads have finished, and the counter and all own cells together hold this.
    Final(u64),
    /// Threads that have not finished wait for the lock, and no thread is left to let go of it.
    Deadlock,
}

/// One step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The thread that took it, counted from 0.
    pub thread: usize,
    /// Its place in the body, counted from 0.
    pub at: usize,
    /// What ran there; it names the cell.
    pub instruction: Instruction,
    /// What it read, if it reads.
    pub read: Option<u64>,
    /// What it wrote, if it writes: a compare-exchange that failed did not.
    pub written: Option<u64>,
}

/// Why a thread cannot step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There is no such thread.
    Unknown,
    /// It has done all that it had to do.
    Finished,
    /// It waits for the lock.
    Blocked,
    /// It could go on, but the schedule has no more steps.
    NotScheduled,
}

/// A schedule that the program cannot follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// The first step that cannot be taken, counted from 0.
    pub position: usize,
    /// The thread that was to take it.
    pub thread: usize,
    /// Why it cannot.
    pub reason: Reason,
}

impl fmt::Display for Impossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, thread, reason } = self;
        let reason = match reason {
            Reason::Unknown => "does not exist",
            Reason::Finished => "has finished",
            Reason::Blocked => "waits for the lock",
            Reason::NotScheduled => "could go on, but the schedule ends",
        };
        write!(formatter, "step {position}: thread {thread} {reason}")
    }
}

impl std::error::Error for Impossible {}

impl Thread {
    #[inline]
    pub(super) fn new(repeats: u64) -> Self {
        Self { left: repeats, at: 0, seen: None, own: 0 }
    }

    /// What the instructions mean: this thread takes its next step. Returns what that read and what it wrote.
    #[inline]
    pub(super) fn step(
        &mut self,
        body: &[Instruction],
        shared: &mut Shared,
    ) -> Result<(Option<u64>, Option<u64>), Reason> {
        let Self { left, at, seen, own } = self;
        if *left == 0 {
            return Err(Reason::Finished);
        }
        let cell = match body[*at].cell() {
            Some(Cell::Own) => &mut *own,
            _ => &mut shared.counter, // a lock leaves it alone
        };
        let held = *cell;
        let (read, written) = match body[*at] {
            Instruction::Load(_) => {
                *seen = Some(held);
                (Some(held), None)
            }
            Instruction::Store(_) => (None, seen.take().map(|seen| seen + 1)),
            Instruction::FetchAdd(_, amount) => (Some(held), Some(held + amount)),
            Instruction::FetchAddRest(_) => {
                let rest = std::mem::replace(left, 1);
                (Some(held), Some(held + rest))
            }
            Instruction::CompareExchange(..) if seen.take() == Some(held) => (Some(held), Some(held + 1)),
            Instruction::CompareExchange(_, OnFailure::Ignore) => (Some(held), None),
            Instruction::CompareExchange(_, OnFailure::TryAgain) => {
                *seen = Some(held);
                return Ok((Some(held), None));
            }
            Instruction::CompareExchange(_, OnFailure::LoadAgain) => {
                *at -= 1;
                return Ok((Some(held), None));
            }
            Instruction::Lock if shared.locked => return Err(Reason::Blocked),
            lock_or_unlock => {
                shared.locked = lock_or_unlock == Instruction::Lock;
                (None, None)
            }
        };
        if let Some(value) = written {
            *cell = value;
        }
        *at += 1;
        if *at == body.len() {
            *self = Self { left: *left - 1, own: *own, ..Self::new(0) };
        }
        Ok((read, written))
    }
}

/// A program on its way: takes the steps that it is told to, and refuses those that it cannot take.
#[derive(Clone, Debug)]
pub struct Machine {
    program: Program,
    state: State,
    taken: usize,
}

impl Machine {
    /// Before the first step: all cells hold 0, and the lock is free.
    pub fn new(program: &Program) -> Self {
        let threads = vec![Thread::new(program.repeats); program.threads];
        Self { program: *program, state: State { shared: Shared::default(), threads }, taken: 0 }
    }

    pub(super) fn at(program: &Program, state: State) -> Self {
        Self { program: *program, state, taken: 0 }
    }

    /// Lets `thread`, counted from 0, take its next step.
    ///
    /// # Errors
    ///
    /// [`Impossible`] if it cannot; nothing has changed then.
    pub fn step(&mut self, thread: usize) -> Result<Step, Impossible> {
        let impossible = |reason| Impossible { position: self.taken, thread, reason };
        let who = self.state.threads.get_mut(thread).ok_or(impossible(Reason::Unknown))?;
        let at = who.at;
        let (read, written) = who.step(self.program.body, &mut self.state.shared).map_err(impossible)?;
        self.taken += 1;
        Ok(Step { thread, at, instruction: self.program.body[at], read, written })
    }

    /// The state between the last step and the next.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// How it ended; `None` while a thread can step.
    pub fn end(&self) -> Option<End> {
        let State { shared, threads } = &self.state;
        let could_step = |thread: &Thread| thread.clone().step(self.program.body, &mut shared.clone()).is_ok();
        (!threads.iter().any(could_step)).then(|| end(*shared, threads.iter().copied()))
    }
}

/// How it ended, given that no thread can step.
#[inline]
pub(super) fn end(shared: Shared, threads: impl Iterator<Item = Thread>) -> End {
    threads.fold(End::Final(shared.counter), |end, thread| match end {
        End::Final(value) if thread.left == 0 => End::Final(value + thread.own),
        _ => End::Deadlock,
    })
}

/// Runs a whole schedule, given as the thread that takes each step, and returns the steps and how they end.
///
/// # Errors
///
/// [`Impossible`] names the first step that the program cannot take, or a thread that could go on when the schedule ends.
pub fn replay(program: &Program, schedule: impl IntoIterator<Item = usize>) -> Result<(Vec<Step>, End), Impossible> {
    let mut machine = Machine::new(program);
    let steps = schedule.into_iter().map(|thread| machine.step(thread)).collect::<Result<Vec<_>, _>>()?;
    match machine.end() {
        Some(end) => Ok((steps, end)),
        None => {
            let able = (0..program.threads).find(|&thread| machine.clone().step(thread).is_ok());
            let thread = able.expect("it has not ended, so a thread can step");
            Err(Impossible { position: steps.len(), thread, reason: Reason::NotScheduled })
        }
    }
}
