//! The facts about `lab-heavy`, declared once: `--describe` prints them, and every tool reads them from here.

use common::{Figure, Lab, Lecture, Parameter, PythonProgram, Question};

/// The declaration of `lab-heavy`.
pub const LAB: Lab = Lab {
    name: "heavy",
    title: "a sum with much work per element",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture {
        program: "vecAddF-heavy.py",
        figures: &[
            ("speedup", 2.69),
            ("sequential_seconds", 0.209),
            ("parallel_seconds", 0.078),
            ("sum", 792_804.28),
            ("cpus", 32.0),
        ],
    },
    parameters: &[Parameter::size(1_000_000), Parameter::threads(), Parameter::repeat(9), Parameter::seed()],
    question: Question {
        text: "the sum of x*x + sin x over a million doubles, one thread per CPU. How many times as fast as one core is that?",
        figure: Figure::Speedup("threads"),
        lecture: Some(2.69),
    },
    python: &[PythonProgram {
        file: "vecAddF-heavy.py",
        figure: "speed-up",
        name: "speedup",
        ours: Figure::Speedup("threads"),
        lecture: Some(2.69),
        flags: &[("size", "size"), ("workers", "threads"), ("seed", "seed")],
    }],
    ..Lab::EMPTY
};
