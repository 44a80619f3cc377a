//! The classic litmus tests, and what the literature says of each.

use crate::program::{Program, X, Y};
use crate::sources::Source;
use crate::strength::Access::{self, Read, Update, Write};
use crate::strength::Strength;

/// A litmus test: a shape, and for each strength what the literature says of the one outcome that the test is about.
#[derive(Debug)]
pub struct Test {
    /// The name of the test in the literature.
    pub name: &'static str,
    /// The meaning of the name.
    pub title: &'static str,
    /// The accesses of each thread.
    pub shape: &'static [&'static [Access]],
    /// Whether the final values belong to the outcome.
    pub shows_finals: bool,
    /// The outcome that the test is about. For all tests but CoRR+RW, no interleaving has this outcome.
    pub weak: &'static [u64],
    /// Whether C++20 allows that outcome, at each strength.
    pub verdicts: &'static [(Strength, bool)],
    /// The texts that say so.
    pub sources: &'static [Source],
}

impl Test {
    /// Returns the program at a strength.
    pub fn program(&self, strength: Strength) -> Program {
        strength.program(self.shape, self.shows_finals)
    }
}

/// The verdict that the outcome is forbidden. Coherence holds for relaxed accesses, so one strength is enough.
const INCOHERENT: &[(Strength, bool)] = &[(Strength::Relaxed, false)];

const COHERENCE: &[Source] = &[Source::Races, Source::Batty, Source::Maranget];

/// All tests: first the classic ones, and from RMW on six more, each for one thing that loom does not do. MP6 is the largest
/// of its kind that loom does.
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
        name: "MP+RMW",
        title: "message passing, read by a swap",
        shape: &[&[Write(X, 1), Write(Y, 1)], &[Read(Y), Update(X, 2)]],
        shows_finals: true,
        weak: &[1, 0, 1],
        verdicts: &[(Strength::Relaxed, true)],
        sources: &[Source::Batty, Source::Order],
    },
    Test {
        name: "CoWR+W",
        title: "coherence of write and read, and one write more",
        shape: &[&[Write(X, 1), Read(X)], &[Write(X, 2), Write(X, 3)]],
        shows_finals: true,
        weak: &[2, 2],
        verdicts: INCOHERENT,
        sources: &[Source::Races],
    },
    Test {
        name: "CoRR+RW",
        title: "an interleaving: a write between two reads, and a read before it",
        shape: &[&[Read(X), Read(X)], &[Read(X), Write(X, 1)]],
        shows_finals: false,
        weak: &[0, 1, 0],
        verdicts: &[(Strength::Relaxed, true), (Strength::SeqCst, true)],
        sources: &[Source::Races],
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
