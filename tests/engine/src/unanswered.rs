//! Questions that have no answer.

use std::fmt;

/// Why a question about a program has no answer. There is never half an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// One state takes this many bits; 128 fit, and of these 64 for each thread.
    WideState {
        /// The bits that one state takes.
        bits: u64,
    },
    /// There are more states than this.
    ManyStates {
        /// The most states that were allowed.
        most: usize,
    },
    /// There are more schedules than 128 bits can count.
    ManySchedules,
    /// The question is about the final values, and a schedule ends in a deadlock.
    Deadlock,
}

impl fmt::Display for Unanswered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WideState { bits } => {
                write!(formatter, "a state takes {bits} bits, but 128 fit, 64 a thread: take fewer threads or repeats")
            }
            Self::ManyStates { most } => write!(formatter, "more than {most} states: take fewer threads or repeats"),
            Self::ManySchedules => formatter.write_str("more schedules than 128 bits can count: take fewer repeats"),
            Self::Deadlock => formatter.write_str("a schedule ends in a deadlock"),
        }
    }
}

impl std::error::Error for Unanswered {}
