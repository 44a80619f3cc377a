//! The classic litmus tests, and what the literature says of each.

use super::program::{Instruction, Program, X, Y};
use super::sources::Source;
use std::fmt;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};

/// An access whose ordering a [`Strength`] fills in.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Reads a location.
    Read(usize),
    /// Writes a value to a location.
    Write(usize, u64),
    /// Does both in one step.
    Update(usize, u64),
}
use Access::{Read, Update, Write};

/// How strongly the accesses of a test are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Every access is relaxed.
    Relaxed,
    /// Writes release, reads are relaxed: half of what message passing needs.
    ReleaseOnly,
    /// Writes are relaxed, reads acquire: the other half.
    AcquireOnly,
    /// Writes release and reads acquire.
    ReleaseAcquire,
    /// Every access is `SeqCst`.
    SeqCst,
    /// Relaxed accesses; between two writes a release fence, between two reads an acquire fence, else one that is both.
    Fences,
    /// Relaxed accesses with a `SeqCst` fence between any two.
    SeqCstFences,
}

impl Strength {
    /// A name for a program, and in words.
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

    /// A name for a program, such as `release-acquire`.
    pub fn name(self) -> &'static str {
        self.names().0
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

/// A litmus test: a shape, and for each strength what the literature says of the one outcome that the test is about.
#[derive(Debug)]
pub struct Test {
    /// Its name in the literature.
    pub name: &'static str,
    /// What that stands for.
    pub title: &'static str,
    /// The accesses of each thread.
    pub shape: &'static [&'static [Access]],
    /// Whether the final values belong to the outcome.
    pub shows_finals: bool,
    /// The outcome that no interleaving gives, which the test is about.
    pub weak: &'static [u64],
    /// Whether C++20 allows it.
    pub verdicts: &'static [(Strength, bool)],
    /// Who says so.
    pub sources: &'static [Source],
}

impl Test {
    /// The program at a strength.
    pub fn program(&self, strength: Strength) -> Program {
        let thread = |accesses: &&[Access]| {
            let mut instructions = Vec::new();
            for (index, &access) in accesses.iter().enumerate() {
                let fence = index.checked_sub(1).and_then(|before| strength.fence(accesses[before], access));
                instructions.extend(fence.map(Instruction::Fence));
                instructions.push(strength.access(access));
            }
            instructions
        };
        Program { threads: self.shape.iter().map(thread).collect(), shows_finals: self.shows_finals }
    }
}

/// Forbidden at every strength: coherence holds for relaxed accesses, so that one strength is enough.
const INCOHERENT: &[(Strength, bool)] = &[(Strength::Relaxed, false)];

const COHERENCE: &[Source] = &[Source::Races, Source::Batty, Source::Maranget];

/// The tests.
pub static TESTS: &[Test] = &[
    Test {
        name: "SB",
        title: "store buffering",
        shape: &[&[Write(X, 1), Read(Y)], &[Write(Y, 1), Read(X)]],
        shows_finals: false,
        weak: &[0, 0],
        verdicts: &[
            (Strength::Relaxed, true),
            (Strength::ReleaseAcquire, true),
            (Strength::SeqCst, false),
            (Strength::Fences, true),
            (Strength::SeqCstFences, false),
        ],
        sources: &[Source::Batty, Source::Lahav, Source::Order, Source::Maranget],
    },
    Test {
        name: "MP",
        title: "message passing",
        shape: &[&[Write(X, 1), Write(Y, 1)], &[Read(Y), Read(X)]],
        shows_finals: false,
        weak: &[1, 0],
        verdicts: &[
            (Strength::Relaxed, true),
            (Strength::ReleaseOnly, true),
            (Strength::AcquireOnly, true),
            (Strength::ReleaseAcquire, false),
            (Strength::SeqCst, false),
            (Strength::Fences, false),
            (Strength::SeqCstFences, false),
        ],
        sources: &[Source::Batty, Source::Fences, Source::Maranget],
    },
    Test {
        name: "LB",
        title: "load buffering",
        shape: &[&[Read(X), Write(Y, 1)], &[Read(Y), Write(X, 1)]],
        shows_finals: false,
        weak: &[1, 1],
        verdicts: &[
            (Strength::Relaxed, true),
            (Strength::ReleaseOnly, true),
            (Strength::AcquireOnly, true),
            (Strength::ReleaseAcquire, false),
            (Strength::SeqCst, false),
            (Strength::Fences, false),
            (Strength::SeqCstFences, false),
        ],
        sources: &[Source::Batty, Source::Lahav, Source::Order, Source::Maranget],
    },
    Test {
        name: "IRIW",
        title: "independent reads of independent writes",
        shape: &[&[Write(X, 1)], &[Write(Y, 1)], &[Read(X), Read(Y)], &[Read(Y), Read(X)]],
        shows_finals: false,
        weak: &[1, 0, 1, 0],
        verdicts: &[
            (Strength::Relaxed, true),
            (Strength::ReleaseAcquire, true),
            (Strength::SeqCst, false),
            (Strength::Fences, true),
            (Strength::SeqCstFences, false),
        ],
        sources: &[Source::Batty, Source::Lahav, Source::Order, Source::Maranget],
    },
    Test {
        name: "2+2W",
        title: "two threads that write twice",
        shape: &[&[Write(X, 1), Write(Y, 2)], &[Write(Y, 1), Write(X, 2)]],
        shows_finals: true,
        weak: &[1, 1],
        verdicts: &[
            (Strength::Relaxed, true),
            (Strength::ReleaseAcquire, true),
            (Strength::SeqCst, false),
            (Strength::Fences, true),
            (Strength::SeqCstFences, false),
        ],
        sources: &[Source::Lahav, Source::Order, Source::Maranget],
    },
    Test {
        name: "CoRR",
        title: "coherence of read and read",
        shape: &[&[Write(X, 1)], &[Read(X), Read(X)]],
        shows_finals: false,
        weak: &[1, 0],
        verdicts: INCOHERENT,
        sources: COHERENCE,
    },
    Test {
        name: "CoWW",
        title: "coherence of write and write",
        shape: &[&[Write(X, 1), Write(X, 2)]],
        shows_finals: true,
        weak: &[1],
        verdicts: INCOHERENT,
        sources: COHERENCE,
    },
    Test {
        name: "CoWR",
        title: "coherence of write and read",
        shape: &[&[Write(X, 1), Read(X)], &[Write(X, 2)]],
        shows_finals: true,
        weak: &[2, 1],
        verdicts: INCOHERENT,
        sources: COHERENCE,
    },
    Test {
        name: "CoRW",
        title: "coherence of read and write",
        shape: &[&[Read(X), Write(X, 1)], &[Write(X, 2)]],
        shows_finals: true,
        weak: &[2, 2],
        verdicts: INCOHERENT,
        sources: COHERENCE,
    },
    Test {
        name: "RMW",
        title: "a write does not come between the two halves of a swap",
        shape: &[&[Write(X, 1)], &[Update(X, 2)]],
        shows_finals: true,
        weak: &[0, 2],
        verdicts: INCOHERENT,
        sources: &[Source::Order],
    },
    Test {
        name: "MP6",
        title: "message passing after six stores",
        shape: &[
            &[Write(X, 1), Write(X, 2), Write(X, 3), Write(X, 4), Write(X, 5), Write(X, 6), Write(Y, 1)],
            &[Read(Y), Read(X)],
        ],
        shows_finals: false,
        weak: &[1, 0],
        verdicts: &[(Strength::Relaxed, true)],
        sources: &[Source::Batty],
    },
    Test {
        name: "MP7",
        title: "message passing after seven stores",
        shape: &[
            &[Write(X, 1), Write(X, 2), Write(X, 3), Write(X, 4), Write(X, 5), Write(X, 6), Write(X, 7), Write(Y, 1)],
            &[Read(Y), Read(X)],
        ],
        shows_finals: false,
        weak: &[1, 0],
        verdicts: &[(Strength::Relaxed, true)],
        sources: &[Source::Batty],
    },
];
