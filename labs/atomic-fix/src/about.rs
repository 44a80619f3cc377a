//! What `lab-atomic` declares about itself, once: `--describe` prints it, and every tool takes it from there.

use crate::counters::COUNTERS;
use common::lab::Kept;
use common::{Figure, Lab, Lecture, Parameter, Question};

/// What `lab-atomic` is.
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
    pin: true, // a run is over before the system has spread its threads: on one CPU they do not disturb each other
    counters: COUNTERS,
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::EMPTY
};
