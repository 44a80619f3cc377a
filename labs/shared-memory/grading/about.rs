//! The graded items of the exercise of `lab-shm`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Modelled,
    items: &[
        item("counts", 3.0, "Every value is counted in its bin", "What is in bin 3: 30 to 39, and what else?"),
        item(
            "model",
            7.0,
            "No order of the workers' steps loses a count",
            "Between a load and a store there is room for another worker. Which operation has no such gap?",
        ),
    ],
    hints: [
        "The bin of a value is its tens, but not beyond the last bin.",
        "A load and a store are two steps; fetch_add is one.",
        "One fetch_add on the bin. Compute the bin's number as a u64 and limit it, before it becomes an index.",
    ],
};
