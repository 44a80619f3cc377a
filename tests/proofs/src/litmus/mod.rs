//! Litmus tests, judged four times: by the explorer, by loom, by the axioms of C++20, and by the literature. Where loom
//! differs from C++20, the difference is one of the gaps in [`KNOWN`].

pub mod limitation;
mod text;

use crate::second::{self, End, Found};
use ::litmus::{LOCATIONS, Model, Outcome, Program, Strength, TESTS, Test, allowed, run};
use explorer::Memory;
use limitation::Limitation;
use loom::sync::atomic::{AtomicU64, fence};
use model::litmus::outcomes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
pub use text::{to_json, to_text};

/// The shared locations under loom.
#[derive(Default)]
struct Locations([AtomicU64; LOCATIONS.len()]);

impl ::litmus::Memory for Locations {
    fn load(&self, location: usize, ordering: Ordering) -> u64 {
        self.0[location].load(ordering)
    }

    fn store(&self, location: usize, value: u64, ordering: Ordering) {
        self.0[location].store(value, ordering);
    }

    fn swap(&self, location: usize, value: u64, ordering: Ordering) -> u64 {
        self.0[location].swap(value, ordering)
    }

    fn fence(&self, ordering: Ordering) {
        fence(ordering);
    }
}

/// The largest number of executions under loom; no test needs as many.
const MOST_EXECUTIONS: u64 = 100_000;

/// Explores a program with loom.
pub fn by_loom(program: &Program) -> Found<Outcome> {
    let program = Arc::new(program.clone());
    second::explore(MOST_EXECUTIONS, move || execute(&program))
}

/// Runs one execution inside a model of loom. The first thread only starts the others and waits for them: parked, and not by
/// joining one after the other, which gives loom three times as many executions to tell apart where there are two.
fn execute(program: &Arc<Program>) -> Outcome {
    let memory: Arc<Locations> = Arc::default();
    let ended = Arc::new(Mutex::new(BTreeMap::new())); // not loom's: it orders nothing
    let waiter = loom::thread::current();
    for thread in 0..program.threads.len() {
        let (program, memory, ended, waiter) = (program.clone(), memory.clone(), ended.clone(), waiter.clone());
        loom::thread::spawn(move || {
            let registers = run(&program.threads[thread], &*memory);
            ended.lock().expect("a panic ends the execution").insert(thread, registers);
            waiter.unpark();
        });
    }
    while ended.lock().expect("a panic ends the execution").len() < program.threads.len() {
        loom::thread::park();
    }
    let registers = std::mem::take(&mut *ended.lock().expect("a panic ends the execution"));
    let finals = program.finals().into_iter().map(|location| memory.0[location].load(Ordering::Relaxed));
    registers.into_values().flatten().chain(finals).collect()
}

/// A difference between what loom shows and what C++20 allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// loom shows an outcome that is forbidden: it fails a program that is correct.
    FalseAlarm(Outcome),
    /// An outcome is allowed, and loom does not show it: it passes a program that is not correct.
    Missed(Outcome),
}

/// A gap of loom's, and its cause.
#[derive(Debug)]
pub struct Known {
    /// The name of the test.
    pub test: &'static str,
    /// The strength of its orderings.
    pub strength: Strength,
    /// The kind of the gap.
    pub gap: fn(Outcome) -> Gap,
    /// The outcome that differs.
    pub outcome: &'static [u64],
    /// The limitation that causes it.
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

/// Every gap of loom's, in the order of the table. The proofs compare it with what is found, so that a version of loom which mends one, or
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

/// A test at a strength, and what all judges say.
#[derive(Clone, Debug)]
pub struct Row {
    /// The test that was run.
    pub test: &'static Test,
    /// The strength of its orderings.
    pub strength: Strength,
    /// What the literature says of the weak outcome: whether it is allowed.
    pub verdict: bool,
    /// Every outcome that C++20 allows.
    pub allowed: BTreeSet<Outcome>,
    /// Every outcome that RC11 allows: C++20's without load buffering.
    pub rc11: BTreeSet<Outcome>,
    /// Every outcome that the explorer finds under each of [`Memory::ALL`].
    pub explored: [BTreeSet<Outcome>; 3],
    /// What loom found. Unless it is complete, it says nothing about outcomes that are missing.
    pub loom: Found<Outcome>,
}

impl Row {
    fn new(test: &'static Test, strength: Strength, verdict: bool) -> Self {
        let program = test.program(strength);
        let [allowed, rc11] = [Model::Cpp20, Model::Rc11].map(|model| allowed(&program, model));
        let explored = Memory::ALL.map(|memory| outcomes(&program, memory));
        Self { test, strength, verdict, allowed, rc11, explored, loom: by_loom(&program) }
    }

    /// Returns whether the explorer finds exactly what RC11 allows.
    pub fn is_exact(&self) -> bool {
        self.explored[2] == self.rc11
    }

    /// Returns whether loom came to the end.
    pub fn is_complete(&self) -> bool {
        self.loom.end == End::Complete
    }

    /// Returns where loom differs from C++20: first what it should not show, then what it should.
    pub fn gaps(&self) -> Vec<Gap> {
        let shown = &self.loom.outcomes;
        let alarms = shown.difference(&self.allowed).cloned().map(Gap::FalseAlarm);
        let missed = self.allowed.difference(shown).cloned().map(Gap::Missed);
        alarms.chain(missed).collect()
    }

    /// Returns the cause of a gap, if it is known.
    pub fn limitation(&self, gap: &Gap) -> Option<Limitation> {
        let is_it = |known: &&Known| {
            (known.test, known.strength) == (self.test.name, self.strength)
                && (known.gap)(known.outcome.to_vec()) == *gap
        };
        KNOWN.iter().find(is_it).map(|known| known.limitation)
    }
}

/// Runs every test at each of its strengths, which takes about a second.
pub fn table() -> Vec<Row> {
    let rows =
        |test: &'static Test| test.verdicts.iter().map(move |&(strength, verdict)| Row::new(test, strength, verdict));
    TESTS.iter().flat_map(rows).collect()
}
