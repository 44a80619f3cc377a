//! The counters to judge: all counters of the labs, and the algorithms of the textbooks.

use crate::algorithms::ALGORITHMS;
use crate::size::Size;
use crate::sync::{Counting, Declaration, Outcome};
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
    /// Builds the program in which threads increment the counter.
    pub program: fn(Size) -> Counting,
}

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
    Some(Subject { lab, variant: counter.name, outcome: counter.outcome, program: counter.program? })
}

/// Returns the algorithms of the textbooks. Their lab is `algorithms`, which is not a lab.
pub fn algorithms() -> &'static [Subject] {
    static ALL: LazyLock<Vec<Subject>> =
        LazyLock::new(|| ALGORITHMS.iter().filter_map(|declaration| subject("algorithms", declaration)).collect());
    &ALL
}

/// Returns the counter of a lab with this name.
pub fn of(variant: &str) -> Option<&'static Subject> {
    all().iter().find(|subject| subject.variant == variant)
}
