//! The graded items of the exercise of `lab-naive`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Simulated,
    items: &[
        item(
            "sum",
            4.0,
            "Every number counts once, for any size and any number of workers",
            "Which elements are left over when the workers do not divide the size?",
        ),
        item("no-copy", 2.0, "Nothing is copied", "sum(range) reads the numbers where they lie."),
        item(
            "parallel",
            4.0,
            "No worker does more than its share",
            "Worker i gets the numbers from size * i / workers to size * (i + 1) / workers.",
        ),
    ],
    hints: [
        "in_threads runs a closure in so many threads and returns what each returned.",
        "The bounds of a worker's part can be computed from its number alone; the last bound is the size.",
        "A worker's part begins at size * number / workers and ends where the next one begins; add up what in_threads returns.",
    ],
};
