//! The graded items of the exercise of `lab-atomic`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item(
            "sequence",
            3.0,
            "One seller sells every ticket once, in order",
            "After the last ticket, sell() returns None and sold() no longer changes.",
        ),
        item(
            "model",
            7.0,
            "No order of the steps sells a ticket twice or oversells",
            "Another seller can act between your check and your change. compare_exchange changes the value only if it is still the one you checked. Do you look at its result?",
        ),
    ],
    hints: [
        "Load the number of sold tickets, decide, and change it only if it is still the same: use compare_exchange.",
        "If compare_exchange fails, its error is the current value. Decide again with that value.",
        "In a loop: if seen == self.count, return None. Otherwise call compare_exchange(seen, seen + 1, ...). On Ok, return Some(seen). On Err(now), set seen to now and repeat.",
    ],
    learned: "compare_exchange changes a value only if it is still the one that you decided on. If it fails, another thread was faster, so the threads together always get on: this is what lock-free means.",
};
