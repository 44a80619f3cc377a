//! The facts about `lab-shm`, declared once: `--describe` prints them, and every tool reads them from here.

use crate::sums;
use common::{Figure, Lab, Lecture, Parameter, PythonProgram, Question};

/// The declaration of `lab-shm`.
pub const LAB: Lab = Lab {
    name: "shm",
    title: "processes that share memory because they ask for it",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture {
        program: "vecAddF.py",
        figures: &[("speedup", 0.62), ("sequential_seconds", 0.029), ("parallel_seconds", 0.047), ("cpus", 32.0)],
    },
    parameters: &[
        Parameter::size(50_000_000),
        Parameter::workers(),
        Parameter::threads(),
        Parameter::repeat(5),
        Parameter::seed(),
    ],
    question: Question {
        text: "one worker process per CPU sums its range of shared memory, nothing copied. How many times as fast as one core?",
        figure: Figure::Speedup("process-shared"),
        lecture: Some(0.62),
    },
    python: &[PythonProgram {
        file: "vecAddF.py",
        figure: "speed-up",
        name: "speedup",
        ours: Figure::Speedup("process-shared"),
        lecture: Some(0.62),
        flags: &[("size", "size"), ("workers", "workers"), ("seed", "seed")],
    }],
    worker: Some(sums::worker),
    ..Lab::EMPTY
};
