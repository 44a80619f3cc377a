//! What became of a mutant.

use crate::counting::Size;
use crate::exploration::{End, Limit};
use crate::verdict::{Judgement, Verdict};
use std::fmt;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The model checker noticed the mistake.
    Caught {
        /// How it was noticed.
        how: How,
        /// The first size at which it was; `None` if its process ended without a verdict.
        size: Option<Size>,
        /// The sentence of the verdict.
        claim: String,
    },
    /// It was judged like a correct counter, at all sizes.
    Survived,
    /// The compiler refuses it, with this first error: it shows nothing.
    DoesNotCompile(String),
}

/// How a mutant was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The verdict says that the counter is wrong.
    Judged(Verdict),
    /// A thread performed no operation of the model, so the verdict is not decided.
    NoOperation,
    /// An exploration took too long, so the verdict is not decided.
    OutOfTime,
    /// A thread may wait forever, so the verdict is not decided.
    EndlessWait,
    /// Its process was stopped at the deadline.
    DoesNotEnd,
    /// Its process ended without a verdict.
    EndsItsProcess,
}

impl How {
    /// How a judgement notices what it judges.
    pub fn of(judgement: &Judgement) -> Self {
        let mut ends = judgement.explorations.iter().map(|(_, _, exploration)| &exploration.end);
        let cause = ends.find_map(|end| match end {
            End::Unmodelled(_) => Some(Self::NoOperation),
            End::Limit(Limit::Time | Limit::Executions) => Some(Self::OutOfTime),
            End::Limit(Limit::Operations | Limit::EndlessWait) => Some(Self::EndlessWait),
            _ => None,
        });
        let cause = cause.filter(|_| judgement.verdict == Verdict::Inconclusive);
        cause.unwrap_or(Self::Judged(judgement.verdict))
    }

    /// The words of the table and of JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.name(),
            Self::NoOperation => "inconclusive: no operation",
            Self::OutOfTime => "inconclusive: out of time",
            Self::EndlessWait => "inconclusive: endless wait",
            Self::DoesNotEnd => "does not end",
            Self::EndsItsProcess => "ends its process",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        let others = [Self::NoOperation, Self::OutOfTime, Self::EndlessWait, Self::DoesNotEnd, Self::EndsItsProcess];
        Verdict::ALL.map(Self::Judged).into_iter().chain(others).find(|how| how.name() == name)
    }
}

impl fmt::Display for How {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
