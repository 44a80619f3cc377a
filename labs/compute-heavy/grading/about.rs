//! The graded items of the exercise of `lab-heavy`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item("sum", 4.0, "Every term counts once", "If the number of terms is not a multiple of the length of a piece, the last piece is shorter. Do you add up exactly its terms?"),
        item(
            "balance",
            3.0,
            "No worker waits long for another",
            "Parts with equally many terms are not equal work. Let each free worker take the next small piece.",
        ),
        item(
            "same-digits",
            3.0,
            "The same last digit for any number of workers",
            "Add up the sums of the pieces in the order of the pieces. The length of a piece must not depend on the number of workers.",
        ),
    ],
    hints: [
        "All workers share the number of the next piece. A worker takes a piece with fetch_add on an AtomicU64.",
        "Cut the terms into pieces of, say, 32 terms, for any number of workers. A worker stores the sum of each piece together with the number of the piece.",
        "in_threads returns what each worker stored. Sort the sums by the number of their piece, then add them up one after the other.",
    ],
    learned: "Small pieces from a shared counter keep all workers busy, whatever each piece costs. The sum stays the same, bit for bit, because the pieces and the order of their additions do not depend on the workers.",
};
