//! The facts about `lab-overhead`, declared once: `--describe` prints them, and every tool reads them from here.

use common::{Figure, Lab, Lecture, Parameter, PythonProgram, Question};

/// The declaration of `lab-overhead`.
pub const LAB: Lab = Lab {
    name: "overhead",
    title: "a sum in chunks, and what handing out a chunk costs",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture { program: "vecAddF.py, and partial sums on the board", figures: &[("speedup", 0.62)] },
    parameters: &[
        Parameter::size(50_000_000).help("elements of the largest array"),
        Parameter::threads(),
        Parameter::repeat(5),
        Parameter::seed(),
    ],
    question: Question {
        text: "a channel hands out an array in chunks. How many elements must a chunk have to be faster than one core?",
        figure: Figure::Quantity("break_even_chunk_channel"),
        lecture: None,
    },
    python: &[PythonProgram {
        file: "partial-sums.py",
        figure: "speed-up (ours: chunk of 100)",
        name: "speedup",
        ours: Figure::Speedup("channel"),
        lecture: Some(0.62),
        flags: &[("size", "size"), ("workers", "threads"), ("seed", "seed")],
    }],
    // Most runs end before the system has moved two threads of one CPU to different CPUs.
    pin: true,
    ..Lab::EMPTY
};
