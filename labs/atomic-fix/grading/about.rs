//! The graded items of the exercise of `lab-atomic`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Modelled,
    items: &[
        item(
            "sequence",
            3.0,
            "One seller hands out every ticket once, in order",
            "After the last ticket: None, and sold() stays.",
        ),
        item(
            "model",
            7.0,
            "No order of the sellers' steps sells a ticket twice or too many",
            "If compare_exchange fails, somebody was faster: begin again with the value that it returned.",
        ),
    ],
    hints: [
        "Load, decide, and change only if nothing has changed since: compare_exchange.",
        "The error of compare_exchange is the value that is there now. Decide again with it.",
        "loop over: if seen == self.count return None; match compare_exchange(seen, seen + 1, ...): Ok sells ticket seen, Err(now) goes on with now.",
    ],
};
