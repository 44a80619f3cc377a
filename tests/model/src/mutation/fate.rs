//! What became of a mutant.

use crate::size::Size;
use crate::verdict::Verdict;
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
    /// The verdict says that the counter is wrong, or that nothing is decided.
    Judged(Verdict),
    /// Its process was stopped at the deadline.
    DoesNotEnd,
    /// Its process ended without a verdict.
    EndsItsProcess,
}

impl How {
    /// Returns the words of the table and of JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Judged(verdict) => verdict.name(),
            Self::DoesNotEnd => "does not end",
            Self::EndsItsProcess => "ends its process",
        }
    }

    /// Returns the one with this name.
    pub fn named(name: &str) -> Option<Self> {
        let others = [Self::DoesNotEnd, Self::EndsItsProcess];
        Verdict::ALL.map(Self::Judged).into_iter().chain(others).find(|how| how.name() == name)
    }
}

impl fmt::Display for How {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
