//! The graded items of the exercise of `lab-heavy`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Simulated,
    items: &[
        item("sum", 4.0, "Every term counts once", "Is the last piece as long as the others?"),
        item(
            "balance",
            3.0,
            "No worker waits long for another",
            "Equal parts are not equal work. Let whoever is free take the next piece.",
        ),
        item(
            "same-digits",
            3.0,
            "The same last digit for any number of workers",
            "Add up piece by piece, in the order of the pieces, and cut the pieces without regard to the workers.",
        ),
    ],
    hints: [
        "An index that all workers share tells what is still to do: AtomicU64 and fetch_add.",
        "Cut into pieces of, say, 32 terms, whatever the number of workers; a worker remembers the sum of each piece with the piece's number.",
        "in_threads returns what each worker remembered; put the pieces in order, and add them up one after the other.",
    ],
};
