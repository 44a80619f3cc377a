//! How strongly the accesses of a test are ordered.

use crate::program::{Instruction, Program};
use std::fmt;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// An access whose ordering comes from a [`Strength`].
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Reads from a location.
    Read(usize),
    /// Writes a value to a location.
    Write(usize, u64),
    /// Reads from a location and writes a value to it, in one step.
    Update(usize, u64),
}
use Access::{Read, Update, Write};

/// The orderings of a test's accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Every access is relaxed.
    Relaxed,
    /// Writes are `Release` and reads `Relaxed`: half of what message passing needs.
    ReleaseOnly,
    /// Writes are `Relaxed` and reads `Acquire`: the other half.
    AcquireOnly,
    /// Writes are `Release` and reads `Acquire`.
    ReleaseAcquire,
    /// Every access is `SeqCst`.
    SeqCst,
    /// Accesses are relaxed. A release fence lies between two writes, an acquire fence between two reads, and otherwise a fence that is both.
    Fences,
    /// Relaxed accesses with a `SeqCst` fence between any two.
    SeqCstFences,
}

impl Strength {
    /// Returns the name in JSON and the name in words.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Relaxed => ("relaxed", "relaxed"),
            Self::ReleaseOnly => ("release-only", "release stores, relaxed loads"),
            Self::AcquireOnly => ("acquire-only", "relaxed stores, acquire loads"),
            Self::ReleaseAcquire => ("release-acquire", "release stores, acquire loads"),
            Self::SeqCst => ("seqcst", "SeqCst accesses"),
            Self::Fences => ("fences", "relaxed, with release and acquire fences"),
            Self::SeqCstFences => ("seqcst-fences", "relaxed, with SeqCst fences"),
        }
    }

    /// Returns the name in JSON, such as `release-acquire`.
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// Returns the program of a shape, which is the accesses of each thread. `shows_finals` says whether final values
    /// belong to the outcome.
    pub fn program(self, shape: &[impl AsRef<[Access]>], shows_finals: bool) -> Program {
        let thread = |accesses: &[Access]| {
            let mut instructions = Vec::new();
            for (index, &access) in accesses.iter().enumerate() {
                let fence = index.checked_sub(1).and_then(|before| self.fence(accesses[before], access));
                instructions.extend(fence.map(Instruction::Fence));
                instructions.push(self.access(access));
            }
            instructions
        };
        Program { threads: shape.iter().map(|accesses| thread(accesses.as_ref())).collect(), shows_finals }
    }

    fn access(self, access: Access) -> Instruction {
        let (load, store, update) = match self {
            Self::Relaxed | Self::Fences | Self::SeqCstFences => (Relaxed, Relaxed, Relaxed),
            Self::ReleaseOnly => (Relaxed, Release, Release),
            Self::AcquireOnly => (Acquire, Relaxed, Acquire),
            Self::ReleaseAcquire => (Acquire, Release, AcqRel),
            Self::SeqCst => (SeqCst, SeqCst, SeqCst),
        };
        match access {
            Read(location) => Instruction::Load(location, load),
            Write(location, value) => Instruction::Store(location, value, store),
            Update(location, value) => Instruction::Swap(location, value, update),
        }
    }

    fn fence(self, before: Access, after: Access) -> Option<Ordering> {
        match (self, before, after) {
            (Self::SeqCstFences, ..) => Some(SeqCst),
            (Self::Fences, Write(..), Write(..)) => Some(Release),
            (Self::Fences, Read(..), Read(..)) => Some(Acquire),
            (Self::Fences, ..) => Some(AcqRel),
            _ => None,
        }
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.names().1)
    }
}
