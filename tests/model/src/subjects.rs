//! The counters to judge: all counters of the labs.

use crate::counting::Execute;
use crate::sync::{Declaration, Outcome};
use engine::{COMPARE_EXCHANGE, FETCH_ADD, Instruction, LOAD_STORE, LOCAL_THEN_ADD, LOCKED, LOCKED_TWICE, OWN};
use std::sync::LazyLock;

/// A counter to judge.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The lab whose counter it is, without its `lab-`.
    pub lab: &'static str,
    /// Its name in the lab's report.
    pub variant: &'static str,
    /// The outcome that the lab declares.
    pub outcome: Outcome,
    /// Executes the counter once and returns its final value.
    pub execute: Execute,
    /// The same increment as a program for the explorer of interleavings, whose results must agree; `None` if there is no such program.
    pub body: Option<&'static [Instruction]>,
}

/// The programs for the explorer of interleavings, by the name of the counter.
const BODIES: [(&str, &[Instruction]); 12] = [
    ("plain", LOAD_STORE),
    ("load-store", LOAD_STORE),
    ("load-spin-store", LOAD_STORE),
    ("std-mutex", LOCKED),
    ("parking-lot", LOCKED),
    ("spin", LOCKED),
    ("locked-twice", LOCKED_TWICE),
    ("fetch-add", FETCH_ADD),
    ("compare-exchange", COMPARE_EXCHANGE),
    ("padded", OWN),
    ("adjacent", OWN),
    ("local-then-add", LOCAL_THEN_ADD),
];

/// Returns all counters of the labs, in the order of their reports. A counter that processes share is the same as one for threads, and
/// is not listed again.
pub fn all() -> &'static [Subject] {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let declared =
            crate::COUNTERS.iter().flat_map(|(lab, counters)| counters.iter().map(move |counter| (*lab, counter)));
        declared.filter_map(|(lab, counter)| subject(lab, counter)).collect()
    });
    &ALL
}

fn subject(lab: &'static str, counter: &Declaration) -> Option<Subject> {
    let body = BODIES.iter().find(|(name, _)| *name == counter.name).map(|(_, body)| *body);
    Some(Subject { lab, variant: counter.name, outcome: counter.outcome, execute: counter.execute?, body })
}

/// Returns the counter with this name.
pub fn of(variant: &str) -> Option<&'static Subject> {
    all().iter().find(|subject| subject.variant == variant)
}
