//! What `lab-toy` declares about itself.

use crate::counters::COUNTERS;
use common::{Figure, Lab, Lecture, Parameter, Question};

/// The declaration of `lab-toy`.
pub const LAB: Lab = Lab {
    name: "toy",
    title: "several clerks, one tally",
    folder: env!("CARGO_MANIFEST_DIR"),
    lecture: Lecture { program: "not in the lecture", figures: &[] },
    parameters: &[
        Parameter::threads().default(2).help("clerks"),
        Parameter::increments(1_000),
        Parameter::repeat(3),
    ],
    question: Question {
        text: "2 clerks add 1,000 votes each, in two steps. Where does the tally end?",
        figure: Figure::Final("two-steps"),
        lecture: None,
    },
    counters: COUNTERS,
    ..Lab::EMPTY
};
