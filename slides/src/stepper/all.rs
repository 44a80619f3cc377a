//! The deck's steppers: which counter of which lab each shows, at which size, and with which question.
//!
//! This is the deck's own choice. A lab needs no stepper; a stepper names its lab, and the lab's folder is looked up.

use anyhow::{Context as _, Result};
use common::Error;
use engine::{self as program, Instruction};
use std::path::Path;

/// A small program to be stepped through.
#[derive(Clone, Copy, Debug)]
pub struct Stepper {
    /// The name, for the deck and for addresses.
    pub name: &'static str,
    /// The title above it.
    pub title: &'static str,
    /// The lab's name without `lab-`.
    pub lab: &'static str,
    /// The counter's variant, which is also the anchor of its source.
    pub variant: &'static str,
    /// Increments of each of the two threads.
    pub increments: u64,
    /// The counter's increment as a program for the explorer of interleavings.
    pub body: &'static [Instruction],
    /// For each instruction of the body, a text that only its source line contains. Empty if a stored schedule gives
    /// the lines.
    pub marks: &'static [&'static str],
    /// The schedule that the page plays for a counter without a losing schedule.
    pub example: &'static str,
    /// The final value that the audience tries to reach; `None` if there is no such task.
    pub goal: Option<u64>,
    /// Whether the audience schedules first; otherwise the stored schedule is played first.
    pub room_begins: bool,
    /// Whether a load may read an old store.
    pub is_relaxed: bool,
    /// The question that is asked before the first step.
    pub question: &'static str,
}

impl Stepper {
    /// Returns the name of the lab's package.
    pub fn package(&self) -> String {
        format!("lab-{}", self.lab)
    }

    /// Returns the lab's folder, from the workspace in `root`.
    ///
    /// # Errors
    ///
    /// No lab has that name; the message names the stepper.
    pub fn folder(&self, root: &Path) -> Result<String> {
        let lab = workspace::labs_of(root).into_iter().find(|lab| lab.name == self.lab);
        let lab =
            lab.with_context(|| format!("the stepper {} is for {}, which does not exist", self.name, self.package()))?;
        Ok(format!("labs/{}", lab.folder))
    }
}

/// Returns the packages that have steppers, in the order of the lecture.
pub fn packages() -> Vec<String> {
    let mut packages = Vec::new();
    for package in STEPPERS.iter().map(Stepper::package) {
        if !packages.contains(&package) {
            packages.push(package);
        }
    }
    packages
}

/// Returns the steppers of a package.
///
/// # Errors
///
/// [`Error::Usage`] if it has none; the message lists the packages that do.
pub fn steppers_of(package: &str) -> Result<Vec<&'static Stepper>, Error> {
    let found: Vec<_> = STEPPERS.iter().filter(|stepper| stepper.package() == package).collect();
    if found.is_empty() {
        let packages = packages().join(", ");
        return Err(Error::Usage(format!("--stepper {package}: no such stepper, give one of {packages}")));
    }
    Ok(found)
}

/// The number of threads of every stepper.
pub const THREADS: usize = 2;

const PLAIN: Stepper = Stepper {
    name: "",
    title: "",
    lab: "",
    variant: "",
    increments: 1,
    body: program::LOAD_STORE,
    marks: &[],
    example: "",
    goal: None,
    room_begins: false,
    is_relaxed: false,
    question: "Two threads add 1 each. Which final values are possible?",
};

/// All steppers, in the order of the lecture.
pub const STEPPERS: &[Stepper] = &[
    Stepper {
        name: "lose-an-update",
        title: "You are the scheduler: lose an update",
        lab: "race",
        variant: "load-store",
        goal: Some(1),
        ..PLAIN
    },
    Stepper {
        name: "end-at-two",
        title: "Three increments each: can you end at 2?",
        lab: "race",
        variant: "load-store",
        increments: 3,
        goal: Some(2),
        room_begins: true,
        question: "Two threads add 1 three times each. Which final values are possible?",
        ..PLAIN
    },
    Stepper {
        name: "relaxed",
        title: "One counter: do old values add a result?",
        lab: "race",
        variant: "load-store",
        goal: Some(1),
        is_relaxed: true,
        question: "A load may also read an older store. Which final values are possible?",
        ..PLAIN
    },
    Stepper {
        name: "lock",
        title: "The same with a lock: try to lose",
        lab: "mutex",
        variant: "spin",
        body: program::LOCKED,
        marks: &["self.lock()", ".read()", ".write(", "self.unlock()"],
        example: "11112222",
        ..PLAIN
    },
    Stepper {
        name: "locked-twice",
        title: "Locked twice: is every access safe?",
        lab: "mutex",
        variant: "locked-twice",
        body: program::LOCKED_TWICE,
        goal: Some(1),
        ..PLAIN
    },
    Stepper {
        name: "fetch-add",
        title: "One indivisible step: nothing to schedule",
        lab: "atomic",
        variant: "fetch-add",
        increments: 2,
        body: program::FETCH_ADD,
        marks: &[".fetch_add("],
        example: "1221",
        question: "Two threads add 1 twice each. Which final values are possible?",
        ..PLAIN
    },
    Stepper {
        name: "compare-exchange",
        title: "Compare-exchange: try until it succeeds",
        lab: "atomic",
        variant: "compare-exchange",
        body: program::COMPARE_EXCHANGE,
        marks: &[".load(", ".compare_exchange"],
        example: "12211",
        ..PLAIN
    },
];
