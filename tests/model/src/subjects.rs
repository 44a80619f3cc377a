//! What is judged: every counter of the labs.

use crate::counting::{Execute, execute};
use crate::race;
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
    /// How its threads wait for each other.
    pub waiting: Waiting,
    /// The same as a program for the explorer of interleavings, which must agree; `None` for a counter that nobody has written down.
    pub body: Option<&'static [Instruction]>,
}

/// How threads wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// They do not, or only for as long as another thread goes ahead.
    Never,
    /// At a mutex, and the mutex is the model's.
    AtMutex,
    /// By trying again and again, so that an execution can be as long as one likes.
    Spinning,
}

/// What a counter's source does not say to the model: how its threads wait, and its increment as a program for the explorer.
const KNOWN: [(&str, Waiting, &[Instruction]); 12] = [
    ("plain", Waiting::Never, LOAD_STORE),
    ("load-store", Waiting::Never, LOAD_STORE),
    ("load-spin-store", Waiting::Never, LOAD_STORE),
    ("std-mutex", Waiting::AtMutex, LOCKED),
    ("parking-lot", Waiting::AtMutex, LOCKED),
    ("spin", Waiting::Spinning, LOCKED),
    ("locked-twice", Waiting::AtMutex, LOCKED_TWICE),
    ("fetch-add", Waiting::Never, FETCH_ADD),
    ("compare-exchange", Waiting::Never, COMPARE_EXCHANGE),
    ("padded", Waiting::Never, OWN),
    ("adjacent", Waiting::Never, OWN),
    ("local-then-add", Waiting::Never, LOCAL_THEN_ADD),
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
    let execute = match counter.name {
        "load-spin-store" => |size| execute(|_| Breathless::default(), size),
        _ => counter.execute?,
    };
    let known = KNOWN.iter().find(|(name, ..)| *name == counter.name);
    let (waiting, body) = known.map_or((Waiting::Never, None), |(_, waiting, body)| (*waiting, Some(*body)));
    Some(Subject { lab, variant: counter.name, outcome: counter.outcome, execute, waiting, body })
}

/// The one of this name.
pub fn of(variant: &str) -> Option<&'static Subject> {
    all().iter().find(|subject| subject.variant == variant)
}

/// `LoadSpinStore` without its breath. To a machine the breath is a hint and no operation; to loom it is a promise that the thread
/// waits for another, on the strength of which it leaves out what happens if it does not.
#[derive(Default)]
struct Breathless(race::LoadSpinStore);

impl crate::sync::Counter for Breathless {
    fn increment(&self, _thread: usize) {
        self.0.increment_around(|| {});
    }

    fn value(&self) -> u64 {
        self.0.value()
    }
}
