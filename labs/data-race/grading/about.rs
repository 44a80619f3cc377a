//! The graded items of the exercise of `lab-race`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Modelled,
    items: &[
        item(
            "smallest",
            4.0,
            "The smallest value that the counter can end at",
            "Look at the store that comes last of all. What has its thread read, at least?",
        ),
        item(
            "schedule",
            6.0,
            "A schedule that ends there",
            "One thread holds an old number while all others work, and then another one does.",
        ),
    ],
    hints: [
        "Draw three columns, and let one thread load first and store last.",
        "Nobody stores less than 1, and the last store ends a second increment: what is the least that it can have read?",
        "Let T1 load 0; let the others do all but one increment of T2; let T1 store 1; let T2 load that 1; let T1 finish; let T2 store 2.",
    ],
};
