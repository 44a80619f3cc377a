//! Litmus tests: external truth for the model. Each is a tiny program, and the question which outcomes it may have. loom
//! explores it; [`axioms`] judge it without loom; the literature has judged its one weak outcome long ago. Where loom differs from
//! what C++20 allows, and Rust with it, the difference is one of the gaps in [`KNOWN`].

pub mod axioms;
pub mod catalogue;
mod execution;
pub mod program;
pub mod sources;
pub mod strength;
mod text;

use crate::exploration::{End, Exploration};
use axioms::Model;
use catalogue::{TESTS, Test};
use program::Outcome;
use sources::Limitation;
use std::collections::BTreeSet;
use strength::Strength;
pub use text::{to_json, to_text};

/// A difference between what loom shows and what C++20 allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// loom shows an outcome that is forbidden: it fails a program that is correct.
    FalseAlarm(Outcome),
    /// An outcome is allowed, and loom does not show it: it passes a program that is not correct.
    Missed(Outcome),
}

/// A gap, and why it is there.
#[derive(Debug)]
pub struct Known {
    /// The test's name.
    pub test: &'static str,
    /// At which strength.
    pub strength: Strength,
    /// What differs.
    pub gap: fn(Outcome) -> Gap,
    /// The outcome.
    pub outcome: &'static [u64],
    /// Why.
    pub limitation: Limitation,
}

const fn known(
    test: &'static str,
    strength: Strength,
    gap: fn(Outcome) -> Gap,
    outcome: &'static [u64],
    limitation: Limitation,
) -> Known {
    Known { test, strength, gap, outcome, limitation }
}

/// Every gap, in the order of the table. The proofs compare it with what is found, so that a version of loom which mends one, or
/// brings one, is noticed.
pub static KNOWN: &[Known] = &[
    known("SB", Strength::SeqCst, Gap::FalseAlarm, &[0, 0], Limitation::SeqCstAccesses),
    known("LB", Strength::Relaxed, Gap::Missed, &[1, 1], Limitation::LoadBuffering),
    known("LB", Strength::ReleaseOnly, Gap::Missed, &[1, 1], Limitation::LoadBuffering),
    known("LB", Strength::AcquireOnly, Gap::Missed, &[1, 1], Limitation::LoadBuffering),
    known("IRIW", Strength::SeqCst, Gap::FalseAlarm, &[1, 0, 1, 0], Limitation::SeqCstAccesses),
    known("2+2W", Strength::SeqCst, Gap::FalseAlarm, &[1, 1], Limitation::SeqCstAccesses),
    known("RMW", Strength::Relaxed, Gap::FalseAlarm, &[0, 2], Limitation::SplitUpdates),
    known("MP+RMW", Strength::Relaxed, Gap::FalseAlarm, &[0, 0, 2], Limitation::SplitUpdates),
    known("MP+RMW", Strength::Relaxed, Gap::Missed, &[1, 0, 1], Limitation::NewestUpdates),
    known("CoWR+W", Strength::Relaxed, Gap::FalseAlarm, &[2, 2], Limitation::ModificationOrder),
    known("CoRR+RW", Strength::Relaxed, Gap::Missed, &[0, 1, 0], Limitation::HiddenLoads),
    known("CoRR+RW", Strength::Relaxed, Gap::Missed, &[1, 1, 0], Limitation::HiddenLoads),
    known("CoRR+RW", Strength::SeqCst, Gap::Missed, &[0, 1, 0], Limitation::HiddenLoads),
    known("CoRR+RW", Strength::SeqCst, Gap::Missed, &[1, 1, 0], Limitation::HiddenLoads),
    known("MP7", Strength::Relaxed, Gap::Missed, &[1, 0], Limitation::SevenStores),
];

/// A test at a strength, and what both judges say.
#[derive(Clone, Debug)]
pub struct Row {
    /// The test.
    pub test: &'static Test,
    /// How strongly its accesses are ordered.
    pub strength: Strength,
    /// What the literature says of the weak outcome: whether it is allowed.
    pub verdict: bool,
    /// Every outcome that loom shows.
    pub shown: BTreeSet<Outcome>,
    /// Every outcome that C++20 allows.
    pub allowed: BTreeSet<Outcome>,
    /// How loom's exploration went. Unless it is complete, the row shows nothing.
    pub exploration: Exploration,
}

impl Row {
    fn new(test: &'static Test, strength: Strength, verdict: bool) -> Self {
        let program = test.program(strength);
        let allowed = axioms::allowed(&program, Model::Cpp20);
        let (shown, exploration) = program.explore();
        Self { test, strength, verdict, shown, allowed, exploration }
    }

    /// Whether loom came to the end.
    pub fn is_complete(&self) -> bool {
        self.exploration.end == End::Complete
    }

    /// Where loom differs from C++20: first what it should not show, then what it should.
    pub fn gaps(&self) -> Vec<Gap> {
        let alarms = self.shown.difference(&self.allowed).cloned().map(Gap::FalseAlarm);
        let missed = self.allowed.difference(&self.shown).cloned().map(Gap::Missed);
        alarms.chain(missed).collect()
    }

    /// Why, if that is known.
    pub fn limitation(&self, gap: &Gap) -> Option<Limitation> {
        let is_it = |known: &&Known| {
            (known.test, known.strength) == (self.test.name, self.strength)
                && (known.gap)(known.outcome.to_vec()) == *gap
        };
        KNOWN.iter().find(is_it).map(|known| known.limitation)
    }
}

/// Runs every test at each of its strengths: about a second.
pub fn table() -> Vec<Row> {
    let rows =
        |test: &'static Test| test.verdicts.iter().map(move |&(strength, verdict)| Row::new(test, strength, verdict));
    TESTS.iter().flat_map(rows).collect()
}
