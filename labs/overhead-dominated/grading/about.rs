//! The graded items of the exercise of `lab-overhead`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Simulated,
    items: &[
        item(
            "sum",
            3.0,
            "The sum is right, and no more threads run than there are cores",
            "Cut as in the exercise of lab-naive.",
        ),
        item(
            "small",
            2.0,
            "A small array is added up by one core alone",
            "What does a thread cost, and how many additions is that?",
        ),
        item(
            "between",
            3.0,
            "Between small and large, as many threads as pay for themselves",
            "Two threads can be better than one, and better than eight. Compare the costs of every number.",
        ),
        item(
            "large",
            2.0,
            "A large array is shared out to all cores",
            "With enough to do, the start of all threads does not matter.",
        ),
    ],
    hints: [
        "costs::START is the price of one thread, costs::ELEMENT that of one number, both in ticks.",
        "With n threads it takes n * START + len * ELEMENT / n; one core alone takes len * ELEMENT, and starts none.",
        "Take the number from 1 to cores for which that is least, (1..=cores).min_by_key(...), and start none if it is 1.",
    ],
};
