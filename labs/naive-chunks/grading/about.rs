//! The graded items of the exercise of `lab-naive`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item(
            "sum",
            4.0,
            "Every number counts once, for all sizes and workers",
            "If the size is not a multiple of the number of workers, some numbers are left over. Which worker adds them up?",
        ),
        item("no-copy", 2.0, "Nothing is copied", "numbers.copy(range) copies a part of the numbers; numbers.sum(range) reads it in place."),
        item(
            "parallel",
            4.0,
            "No worker does much more than its share",
            "Give worker i the numbers from size * i / workers to size * (i + 1) / workers.",
        ),
    ],
    hints: [
        "in_threads(workers, closure) runs the closure in that many threads, and returns their results in order.",
        "Compute the bounds of a worker's part from the worker's number alone. The last bound is the size.",
        "A worker's part begins at size * number / workers and ends where the next part begins. Add up the results of in_threads.",
    ],
    learned: "Bounds that are computed from the worker's number alone cover every number exactly once, for any size. A part that is read in place costs nothing but the reading.",
};
