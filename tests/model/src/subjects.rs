//! What is judged: every counter of the labs.

use crate::counting::{Execute, execute};
use crate::{atomic, mutex, race};
use common::interleavings::{
    COMPARE_EXCHANGE, FETCH_ADD, Instruction, LOAD_STORE, LOCAL_THEN_ADD, LOCKED, LOCKED_TWICE, OWN,
};

/// A program that some threads run, each of them a few times.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The lab whose counter it is, without its `lab-`.
    pub lab: &'static str,
    /// Its name in the lab's report.
    pub variant: &'static str,
    /// One execution: what the counter holds in the end.
    pub execute: Execute,
    /// How its threads wait for each other.
    pub waiting: Waiting,
    /// The same as a program for the explorer of interleavings, which must agree.
    pub body: &'static [Instruction],
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

impl Subject {
    /// A counter of a lab.
    const fn new(lab: &'static str, variant: &'static str, body: &'static [Instruction], execute: Execute) -> Self {
        Self { lab, variant, execute, waiting: Waiting::Never, body }
    }

    const fn waiting(self, waiting: Waiting) -> Self {
        Self { waiting, ..self }
    }
}

/// All, in the order of the labs' reports. Rows in which processes count have the counter of a row in which threads do.
pub const ALL: [Subject; 12] = [
    Subject::new("race", "plain", LOAD_STORE, |size| execute(|_| race::Plain::default(), size)),
    Subject::new("race", "load-store", LOAD_STORE, |size| execute(|_| race::LoadStore::default(), size)),
    Subject::new("race", "load-spin-store", LOAD_STORE, |size| execute(|_| Breathless::default(), size)),
    Subject::new("mutex", "std-mutex", LOCKED, |size| execute(|_| mutex::StdMutex::default(), size))
        .waiting(Waiting::AtMutex),
    Subject::new("mutex", "parking-lot", LOCKED, |size| execute(|_| mutex::ParkingLot::default(), size))
        .waiting(Waiting::AtMutex),
    Subject::new("mutex", "spin", LOCKED, |size| execute(|_| mutex::Spin::default(), size)).waiting(Waiting::Spinning),
    Subject::new("mutex", "locked-twice", LOCKED_TWICE, |size| execute(|_| mutex::LockedTwice::default(), size))
        .waiting(Waiting::AtMutex),
    Subject::new("atomic", "fetch-add", FETCH_ADD, |size| execute(|_| atomic::FetchAdd::default(), size)),
    Subject::new("atomic", "compare-exchange", COMPARE_EXCHANGE, |size| {
        execute(|_| atomic::CompareExchange::default(), size)
    }),
    Subject::new("atomic", "padded", OWN, |size| execute(atomic::Padded::new, size)),
    Subject::new("atomic", "adjacent", OWN, |size| execute(atomic::Adjacent::new, size)),
    Subject::new("atomic", "local-then-add", LOCAL_THEN_ADD, |size| execute(|_| atomic::LocalThenAdd::default(), size)),
];

/// The one of this name.
pub fn of(variant: &str) -> Option<&'static Subject> {
    ALL.iter().find(|subject| subject.variant == variant)
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
