//! The facts about `lab-race`, declared once: `--describe` prints them, and every tool reads them from here.

use crate::counters::COUNTERS;
use crate::forced;
use common::lab::Kept;
use common::{Figure, Lab, Lecture, Parameter, PythonProgram, Question};

/// The declaration of `lab-race`.
pub const LAB: Lab = Lab {
    name: "race",
    title: "many threads, one counter, no lock",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture { program: "threadP-B.py", figures: &[("final", 170_066.0), ("expected", 1_000_000.0)] },
    parameters: &[
        Parameter::threads().default(10).help("threads (and processes) that add to one counter"),
        Parameter::increments(100_000),
        Parameter::repeat(10),
        forced::FINAL,
    ],
    question: Question {
        text: "10 threads add 1 to a counter 100,000 times each, with spin_loop() between load and store. Where does it end?",
        figure: Figure::Final("load-spin-store"),
        lecture: Some(170_066.0),
    },
    python: &[
        PythonProgram {
            file: "threadP.py",
            figure: "final (threads under the GIL)",
            name: "finals",
            ours: Figure::Final("load-spin-store"),
            lecture: Some(1_000_000.0),
            flags: &[("workers", "threads"), ("increments", "increments")],
        },
        PythonProgram {
            file: "threadP-B.py",
            figure: "final (processes)",
            name: "finals",
            ours: Figure::Final("process-load-spin-store"),
            lecture: Some(170_066.0),
            flags: &[("workers", "threads"), ("increments", "increments")],
        },
    ],
    counters: COUNTERS,
    witness: Some(Kept { document: include_str!("../witnesses.json"), source: include_str!("counters.rs") }),
    ..Lab::EMPTY
};
