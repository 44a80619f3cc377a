//! The facts about `lab-mutex`, declared once: `--describe` prints them, and every tool reads them from here.

use crate::counters::COUNTERS;
use common::lab::Kept;
use common::{Figure, Lab, Lecture, Parameter, PythonProgram, Question};

/// The declaration of `lab-mutex`.
pub const LAB: Lab = Lab {
    name: "mutex",
    title: "the counter behind a lock, and what the lock costs",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture { program: "get_lock on the slide", figures: &[("final", 400_000.0), ("expected", 400_000.0)] },
    parameters: &[
        Parameter::threads().default(4).help("threads (and processes) that add to one counter"),
        Parameter::increments(100_000),
        Parameter::repeat(10),
    ],
    question: Question {
        text: "4 threads add 1 to a counter behind a std::sync::Mutex. How many nanoseconds does one increment take?",
        figure: Figure::IncrementTime("std-mutex"),
        lecture: None,
    },
    python: &[PythonProgram {
        file: "threadP-lock.py",
        figure: "final (processes, get_lock)",
        name: "finals",
        ours: Figure::Final("process-lock"),
        lecture: Some(400_000.0),
        flags: &[("workers", "threads"), ("increments", "increments")],
    }],
    pin: true, // a run ends before the system has spread its threads, and threads on one CPU rarely compete for the lock
    counters: COUNTERS,
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::EMPTY
};
