//! The graded items of the exercise of `lab-toy`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Modelled,
    items: &[
        item("alone", 4.0, "One clerk counts every vote", "A vote adds one."),
        item("together", 6.0, "No order of two clerks' steps loses a vote", "Which operation reads and writes in one step?"),
    ],
    hints: ["A vote is one operation on the atomic.", "It is fetch_add.", "self.votes.fetch_add(1, Ordering::Relaxed);"],
};
