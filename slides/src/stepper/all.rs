//! The deck's steppers: which program of which lab each shows, at which size, and with which question.
//!
//! This is the deck's own choice. A lab needs no stepper; a stepper names its lab, and the lab's folder is looked up.

use anyhow::{Context as _, Result};
use common::Error;
use explorer::Memory;
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
    /// The lab's code that is explored.
    pub code: Code,
    /// The functions that the page shows, each up to a line with this text if there is one.
    pub functions: &'static [(&'static str, Option<&'static str>)],
    /// The names of the shared objects, in the order of their creation.
    pub objects: &'static [Name],
    /// The memory under which the audience schedules.
    pub memory: Memory,
    /// The schedule that the page plays if there is no stored one.
    pub example: &'static str,
    /// The end that the audience tries to reach; `None` if there is no such task.
    pub goal: Option<&'static str>,
    /// Whether the audience schedules first; otherwise the stored schedule is played first.
    pub room_begins: bool,
    /// The question that is asked before the first step.
    pub question: &'static str,
}

/// The lab's code that two threads run.
#[derive(Clone, Copy, Debug)]
pub enum Code {
    /// A counter of `counters.rs`.
    Counter {
        /// The counter's variant, which is also the anchor of its source.
        variant: &'static str,
        /// The number of increments of each thread.
        increments: u64,
    },
    /// A program of `two_locations.rs`.
    TwoLocations {
        /// The anchor of its source.
        anchor: &'static str,
        /// What the threads return.
        results: &'static [Name],
    },
}

/// The name of an object or of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name in the source, or on the slide.
    pub name: &'static str,
    /// Whether its values are `false` and `true`.
    pub is_flag: bool,
}

const fn number(name: &'static str) -> Name {
    Name { name, is_flag: false }
}

const fn flag(name: &'static str) -> Name {
    Name { name, is_flag: true }
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

const LOAD_STORE: Stepper = Stepper {
    name: "",
    title: "",
    lab: "race",
    code: Code::Counter { variant: "load-store", increments: 1 },
    functions: &[("increment", None)],
    objects: &[number("counter")],
    memory: Memory::Interleaved,
    example: "",
    goal: None,
    room_begins: false,
    question: "Two threads add 1 each. Which final values are possible?",
};

/// All steppers, in the order of the lecture.
pub const STEPPERS: &[Stepper] = &[
    Stepper { name: "lose-an-update", title: "You are the scheduler: lose an update", goal: Some("1"), ..LOAD_STORE },
    Stepper {
        name: "end-at-two",
        title: "Three increments each: can you end at 2?",
        code: Code::Counter { variant: "load-store", increments: 3 },
        goal: Some("2"),
        room_begins: true,
        question: "Two threads add 1 three times each. Which final values are possible?",
        ..LOAD_STORE
    },
    Stepper {
        name: "store-buffering",
        lab: "atomic",
        title: "Store buffering: can both threads read 0?",
        code: Code::TwoLocations { anchor: "store-buffering", results: &[number("a"), number("b")] },
        functions: &[("first", None), ("second", None)],
        objects: &[number("x"), number("y")],
        memory: Memory::StoreBuffers,
        example: "1122ab",
        goal: Some("a = 0, b = 0"),
        question: "first returns a, and second returns b. Which results are possible on an x86?",
        ..LOAD_STORE
    },
    Stepper {
        name: "message-passing",
        lab: "atomic",
        title: "Message passing: the flag without the data?",
        code: Code::TwoLocations { anchor: "message-passing", results: &[flag("ready"), number("data")] },
        functions: &[("send", None), ("receive", None)],
        objects: &[number("data"), flag("ready")],
        memory: Memory::StoreBuffers,
        question: "receive returns the flag and the data. Which results are possible on an x86?",
        ..LOAD_STORE
    },
    Stepper {
        name: "lock",
        title: "The same with a lock: try to lose",
        lab: "mutex",
        code: Code::Counter { variant: "spin", increments: 1 },
        functions: &[("lock", Some("while")), ("unlock", None), ("increment", None)],
        objects: &[flag("taken"), number("counter")],
        example: "11112222",
        ..LOAD_STORE
    },
    Stepper {
        name: "locked-twice",
        title: "Locked twice: is every access safe?",
        lab: "mutex",
        code: Code::Counter { variant: "locked-twice", increments: 1 },
        goal: Some("1"),
        ..LOAD_STORE
    },
    Stepper {
        name: "fetch-add",
        title: "One indivisible step: nothing to schedule",
        lab: "atomic",
        code: Code::Counter { variant: "fetch-add", increments: 2 },
        example: "1221",
        question: "Two threads add 1 twice each. Which final values are possible?",
        ..LOAD_STORE
    },
    Stepper {
        name: "compare-exchange",
        title: "Compare-exchange: try until it succeeds",
        lab: "atomic",
        code: Code::Counter { variant: "compare-exchange", increments: 1 },
        example: "12211",
        ..LOAD_STORE
    },
];
