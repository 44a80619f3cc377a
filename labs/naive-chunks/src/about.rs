//! The facts about `lab-naive`, declared once: `--describe` prints them, and every tool reads them from here.

use crate::sums;
use common::{Figure, Lab, Lecture, Parameter, PythonProgram, Question};

/// The declaration of `lab-naive`.
pub const LAB: Lab = Lab {
    name: "naive",
    title: "a sum whose data is copied to the workers",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture {
        program: "vecAdd.py",
        figures: &[("speedup", 0.03), ("sequential_seconds", 0.034), ("parallel_seconds", 1.014), ("cpus", 32.0)],
    },
    parameters: &[
        Parameter::size(50_000_000),
        Parameter::workers(),
        Parameter::threads(),
        Parameter::repeat(5),
        Parameter::seed(),
    ],
    question: Question {
        text: "the sum is given to one worker process per CPU, through pipes. How many times as fast as one core is that?",
        figure: Figure::Speedup("process-pool"),
        lecture: Some(0.03),
    },
    python: &[PythonProgram {
        file: "vecAdd.py",
        figure: "speed-up",
        name: "speedup",
        ours: Figure::Speedup("process-pool"),
        lecture: Some(0.03),
        flags: &[("size", "size"), ("workers", "workers"), ("seed", "seed")],
    }],
    worker: Some(sums::pool_worker),
    ..Lab::EMPTY
};
