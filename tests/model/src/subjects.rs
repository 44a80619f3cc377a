//! What is judged: every counter of the labs.

use crate::counting::Execute;
use crate::sync::{Declaration, Outcome};
use engine::{COMPARE_EXCHANGE, FETCH_ADD, Instruction, LOAD_STORE, LOCAL_THEN_ADD, LOCKED, LOCKED_TWICE, OWN};
use std::sync::LazyLock;

/// A program that some threads run, each of them a few times.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The lab whose counter it is, without its `lab-`.
    pub lab: &'static str,
    /// Its name in the lab's report.
    pub variant: &'static str,
    /// What the lab says may come of it.
    pub outcome: Outcome,
    /// One execution: what the counter holds in the end.
    pub execute: Execute,
    /// The same as a program for the explorer of interleavings, which must agree; `None` for a counter without such a
    /// program.
    pub body: Option<&'static [Instruction]>,
}

/// The increments that are written down as programs for the explorer.
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

/// All counters of the labs, in the order of their reports. Those that run in processes are those that run in threads.
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

/// The one of this name.
pub fn of(variant: &str) -> Option<&'static Subject> {
    all().iter().find(|subject| subject.variant == variant)
}
