//! The graded items of the exercise of `lab-shm`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item("counts", 3.0, "Every value is counted in its bin", "Bin 3 counts the values from 30 to 39. Which other values does it count?"),
        item(
            "model",
            7.0,
            "No order of the workers' steps loses a count",
            "Another worker can act between your load and your store. Which operation loads and stores in one step?",
        ),
    ],
    hints: [
        "Divide the value by 10 to find its bin. If the result is too large, take the last bin.",
        "A load and a store are two steps; fetch_add is one.",
        "Call fetch_add once, on the bin. Compute the number of the bin as a u64, and limit it to the last bin before you convert it to usize.",
    ],
    learned: "A read-modify-write operation is one step, so no other worker can act between its load and its store. A load and a store are two steps, and no ordering makes them one.",
};
