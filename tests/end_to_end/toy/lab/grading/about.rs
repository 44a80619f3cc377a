//! The graded items of the exercise of `lab-toy`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item("alone", 4.0, "One clerk counts every vote", "Does each call of vote() add exactly 1?"),
        item("together", 6.0, "No order of two clerks' steps loses a vote", "Which operation loads and stores in one step?"),
    ],
    hints: ["Count a vote with one operation on the atomic.", "The operation is fetch_add.", "Write: self.votes.fetch_add(1, Ordering::Relaxed);"],
    learned: "One operation cannot be split, and two can.",
};
