//! `cargo proofs speed`: how fast the explorer, loom, shuttle and Miri are on the same counters.
//!
//! Each figure comes from a process of its own ([`child`]), one at a time, so that its memory belongs to it and a limit
//! can end it. No figure decides whether a test passes.

pub mod child;
pub mod miri;
mod task;
mod text;

use crate::litmus::limitation::Limitation;
use common::Error;
use explorer::Memory;
use miri::Interpreted;
use model::size::Size;
use model::subjects::{self, Subject};
use model::verdict::Verdict;
pub use task::{Judge, Measured, Task, Work};
pub use text::{comparison_head, comparison_line, explanation, explorer_head, explorer_lines, to_json};

/// The version of shuttle; `None` if this program was built without it.
#[cfg(feature = "shuttle")]
pub const SHUTTLE: Option<&str> = Some(shuttled::SHUTTLE);
/// The version of shuttle; `None` if this program was built without it.
#[cfg(not(feature = "shuttle"))]
pub const SHUTTLE: Option<&str> = None;

/// The sizes of every counter of the labs.
const SIZES: [Size; 5] = [Size::new(2, 1), Size::new(3, 1), Size::new(4, 1), Size::new(3, 2), Size::new(3, 3)];

/// The sizes of a ticket lock.
const TICKET_SIZES: [Size; 5] = [Size::new(2, 1), Size::new(3, 1), Size::new(4, 1), Size::new(3, 2), Size::new(4, 2)];

/// The sizes of a lock for two threads.
const PAIR_SIZES: [Size; 2] = [Size::new(2, 1), Size::new(2, 2)];

/// The sizes that show how `load-store` grows: more threads, then more increments.
const GROWTH: [Size; 10] = [
    Size::new(2, 1),
    Size::new(3, 1),
    Size::new(4, 1),
    Size::new(5, 1),
    Size::new(2, 2),
    Size::new(2, 4),
    Size::new(2, 8),
    Size::new(2, 16),
    Size::new(3, 2),
    Size::new(3, 3),
];

/// Returns the counter or algorithm with this name.
pub fn of(name: &str) -> Option<&'static Subject> {
    subjects::of(name).or_else(|| subjects::algorithms().iter().find(|subject| subject.variant == name))
}

/// Returns the counters and algorithms to measure, each with a size.
pub fn plan(only: Option<&Subject>) -> Vec<(&'static Subject, Size)> {
    let sizes = |subject: &Subject| match subject.variant {
        "ticket" => &TICKET_SIZES[..],
        "peterson" | "dekker" => &PAIR_SIZES,
        _ => &SIZES,
    };
    let all = subjects::all().iter().chain(subjects::algorithms());
    all.filter(|subject| only.is_none_or(|only| only.variant == subject.variant))
        .flat_map(|subject| sizes(subject).iter().map(move |&size| (subject, size)))
        .collect()
}

/// The figures of a counter at a size.
#[derive(Clone, Debug)]
pub struct Row {
    /// The counter that was explored.
    pub subject: &'static Subject,
    /// The numbers of threads and of increments.
    pub size: Size,
    /// The explorer under each of [`Memory::ALL`].
    pub explorer: [Measured; 3],
    /// loom, when it was measured.
    pub loom: Option<Measured>,
    /// shuttle, when it was measured.
    pub shuttle: Option<Measured>,
}

impl Row {
    /// Measures a counter with the explorer, under each memory.
    pub fn measure(subject: &'static Subject, size: Size, seconds: u32) -> Self {
        let explorer = Memory::ALL.map(|memory| {
            child::run(Task { judge: Judge::Explorer(memory), work: Work::Counter(subject, size) }, seconds)
        });
        Self { subject, size, explorer, loom: None, shuttle: None }
    }

    /// Measures loom and shuttle.
    pub fn measure_others(&mut self, seconds: u32) {
        let work = Work::Counter(self.subject, self.size);
        self.loom = Some(child::run(Task { judge: Judge::Loom, work }, seconds));
        self.shuttle = SHUTTLE.map(|_| child::run(Task { judge: Judge::Shuttle, work }, seconds));
    }

    /// Returns what the explorer found under C++20, the memory that loom explores.
    pub fn cpp20(&self) -> &Measured {
        &self.explorer[2]
    }

    /// Returns whether loom finds the same as the explorer; `None` if one of them did not decide.
    pub fn agrees(&self) -> Option<bool> {
        let (one, two) = (self.cpp20(), self.loom.as_ref()?);
        let (verdict, other) = (one.verdict.as_ref()?, two.verdict.as_ref()?);
        // Neither follows an execution beyond a data race.
        Some(verdict == other && (verdict == Verdict::DataRace.name() || one.finals == two.finals))
    }

    /// Returns how many times longer loom takes to the same verdict. `None` if one of them did not decide, or if loom finds
    /// something else: a false alarm ends it at once.
    pub fn factor(&self) -> Option<f64> {
        self.agrees().filter(|&agrees| agrees)?;
        Some(self.loom.as_ref()?.seconds / self.cpp20().seconds)
    }

    /// Returns why loom finds something else, if that is known.
    pub fn limitation(&self) -> Option<Limitation> {
        match self.subject.variant {
            "load-spin-store" => Some(Limitation::Hints),
            "peterson" | "dekker" => Some(Limitation::SeqCstAccesses),
            _ => None,
        }
    }
}

/// The figures that do not belong to one counter.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// `load-store` under each memory, at each size of its growth.
    pub growth: Vec<(Size, [Measured; 3])>,
    /// All litmus tests by the explorer, under all memories.
    pub litmus: Measured,
    /// All litmus tests by loom.
    pub litmus_by_loom: Measured,
    /// The whole table of verdicts, on all CPUs.
    pub verdicts: Measured,
}

impl Totals {
    /// Measures them. A size that `rows` has already is taken from there.
    pub fn measure(rows: &[Row], seconds: u32) -> Self {
        let load_store = of("load-store").expect("it is in a lab");
        let measured = |size| {
            let known = rows.iter().find(|row| row.subject.variant == load_store.variant && row.size == size);
            known.map_or_else(|| Row::measure(load_store, size, seconds).explorer, |row| row.explorer.clone())
        };
        let run = |judge, work| child::run(Task { judge, work }, seconds);
        Self {
            growth: GROWTH.map(|size| (size, measured(size))).into(),
            litmus: run(Judge::Explorer(Memory::Cpp20), Work::Litmus),
            litmus_by_loom: run(Judge::Loom, Work::Litmus),
            verdicts: run(Judge::Explorer(Memory::Cpp20), Work::Verdicts),
        }
    }
}

/// Everything that was measured.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The counters, each at some sizes.
    pub rows: Vec<Row>,
    /// The rest, unless only one counter was asked for.
    pub totals: Option<Totals>,
    /// Miri, or why it was not run.
    pub miri: Interpreted,
    /// The limit of each process, in seconds.
    pub seconds: u32,
}

impl Report {
    /// Measures everything, and passes each line of the tables to `print` as soon as it is known.
    ///
    /// # Errors
    ///
    /// Those of `print`.
    pub fn measure(
        only: Option<&Subject>,
        seconds: u32,
        with_miri: bool,
        mut print: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let mut rows = Vec::new();
        print(&explorer_head())?;
        for (subject, size) in plan(only) {
            let row = Row::measure(subject, size, seconds);
            print(&explorer_lines(&row, seconds))?;
            rows.push(row);
        }
        print(&comparison_head())?;
        for row in &mut rows {
            row.measure_others(seconds);
            print(&comparison_line(row, seconds))?;
        }
        let totals = only.is_none().then(|| Totals::measure(&rows, seconds));
        let names = rows.iter().map(|row| row.subject).filter(|subject| subject.lab != "algorithms");
        let miri = if with_miri { miri::run(names.map(|subject| subject.variant)) } else { Interpreted::NotAsked };
        let report = Self { rows, totals, miri, seconds };
        print(&explanation(&report))?;
        Ok(report)
    }
}
