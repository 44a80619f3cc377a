//! Problems and findings as text.

use crate::hang::{Waiting, WaitsFor};
use crate::machine::Bound;
use crate::report::{Access, Finding, Problem, Report, StateKind};
use std::fmt::{Display, Formatter, Result};

/// The name of a thread, such as `T1` for the first.
struct Thread(usize);

impl Display for Thread {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "T{}", self.0 + 1)
    }
}

fn list(threads: &[usize]) -> String {
    threads.iter().map(|&thread| Thread(thread).to_string()).collect::<Vec<_>>().join(" and ")
}

impl Display for Access {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let verb = if self.writes { "writes" } else { "reads" };
        write!(formatter, "{} {verb} ({}:{})", Thread(self.thread), self.file, self.line)
    }
}

impl Display for Waiting {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{} waits for ", Thread(self.thread))?;
        match &self.waits_for {
            WaitsFor::Lock { object, holders } if holders.is_empty() => write!(formatter, "lock #{object}")?,
            WaitsFor::Lock { object, holders } => write!(formatter, "lock #{object}, held by {}", list(holders))?,
            WaitsFor::Notification { object } => write!(formatter, "a notification of #{object}")?,
            WaitsFor::Message { object } => write!(formatter, "a message of channel #{object}")?,
            WaitsFor::Receipt { object } => write!(formatter, "a receiver of channel #{object}")?,
            WaitsFor::Unpark => write!(formatter, "unpark")?,
            WaitsFor::Barrier { object } => write!(formatter, "other threads at barrier #{object}")?,
            WaitsFor::End { thread } => write!(formatter, "the end of {}", Thread(*thread))?,
            WaitsFor::Change { object: Some(object) } => write!(formatter, "another value of #{object}")?,
            WaitsFor::Change { object: None } => write!(formatter, "a change")?,
        }
        write!(formatter, " ({}:{})", self.file, self.line)
    }
}

fn sentences(waiting: &[Waiting]) -> String {
    waiting.iter().map(Waiting::to_string).collect::<Vec<_>>().join("; ")
}

impl Display for Problem {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::DataRace { accesses: [first, second] } => write!(formatter, "data race: {first}, and {second}"),
            Self::Panic { thread: Some(thread), message } => write!(formatter, "{} panics: {message}", Thread(*thread)),
            Self::Panic { thread: None, message } => write!(formatter, "the code at the end panics: {message}"),
            Self::Deadlock { cycle } => write!(formatter, "deadlock: {}", sentences(cycle)),
            Self::WaitsForEver { waiting } => write!(formatter, "no thread can go on: {}", sentences(waiting)),
        }
    }
}

impl Display for Finding {
    /// The problem, and one line for each step before.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{}", self.problem)?;
        for (index, step) in self.schedule.iter().enumerate() {
            write!(formatter, "\n  {}. {step}", index + 1)?;
        }
        Ok(())
    }
}

impl Display for Report {
    /// The outcomes, the problems, and what was left out.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let kind = match self.state_kind {
            StateKind::Memory => "states",
            StateKind::Graph => "execution graphs",
            StateKind::View => "views of execution graphs",
        };
        write!(formatter, "{} {kind}, outcomes", self.states)?;
        for (values, outcome) in &self.outcomes {
            write!(formatter, " {values:?}")?;
            if let Some(schedules) = outcome.schedules {
                write!(formatter, " ({schedules})")?;
            }
        }
        for finding in &self.findings {
            write!(formatter, "\n{finding}")?;
        }
        if let Some(bound) = self.bound {
            write!(formatter, "\nnot decided: {bound}")?;
        }
        Ok(())
    }
}

impl Display for Bound {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self {
            Self::States(most) => write!(formatter, "more than {most} states"),
            Self::Operations(most) => write!(formatter, "a thread did more than {most} operations"),
            Self::Events(most) => write!(formatter, "an execution has more than {most} operations"),
            Self::StoreBuffer(most) => write!(formatter, "a store buffer has more than {most} stores"),
            Self::Size => write!(formatter, "more than 8 threads or 255 objects"),
            Self::Unsupported(what) => formatter.write_str(what),
            Self::NotDeterministic { file, line } => {
                write!(formatter, "{file}:{line} is not reached every time, although all operations returned the same")
            }
            Self::LongLoop { file, line } => write!(formatter, "the loop at {file}:{line} takes too many rounds"),
            Self::Restarts(most) => write!(formatter, "{most} loops looked as if they waited, and did not"),
        }
    }
}
