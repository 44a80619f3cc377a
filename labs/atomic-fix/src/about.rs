//! The facts about `lab-atomic`, declared once: `--describe` prints them, and every tool reads them from here.

use crate::counters::COUNTERS;
use common::lab::Kept;
use common::{Figure, Lab, Lecture, Parameter, Question};

/// The declaration of `lab-atomic`.
pub const LAB: Lab = Lab {
    name: "atomic",
    title: "the counter without a lock, and what sharing costs",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture { program: "sync tools on the slide (mutex, semaphores, atomics)", figures: &[] },
    parameters: &[
        Parameter::threads().default(10).help("threads (and processes) that add to one counter"),
        Parameter::increments(100_000),
        Parameter::repeat(10),
    ],
    question: Question {
        text: "Two threads on two CPUs fetch_add on one integer. If an increment by one thread alone takes 1, and work shared \
               out perfectly would make it 0.5, what does it take really?",
        figure: Figure::Quantity("contention_ratio"),
        lecture: None,
    },
    pin: true, // a run ends before the system has spread its threads, and threads on one CPU do not disturb each other
    counters: COUNTERS,
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::EMPTY
};
