//! The graded items of the exercise of `lab-race`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item(
            "smallest",
            4.0,
            "The smallest possible final value of the counter",
            "Look at the last store of all. What is the smallest value that its thread can have loaded before it?",
        ),
        item(
            "schedule",
            6.0,
            "A schedule that ends at this value",
            "A thread that loads early and stores late overwrites all that the others stored in between. In lock step each thread overwrites the other two, and the counter ends at 3. You need two late stores, by different threads.",
        ),
    ],
    hints: [
        "Draw one column per thread. Taking turns ends at 3: do not let the threads take turns. Let one thread load first, and store only when the others have done most of their steps.",
        "No thread stores less than 1. The last store of all ends the third increment of its thread. What is the smallest value that this increment can have loaded?",
        "Let T1 load 0. Let T3 do its three increments, and T2 its first two. Let T1 store 1. Let T2 load that 1. Let T1 do its other two increments. Let T2 store 2.",
    ],
    learned: "A single thread that loads early and stores late overwrites the work of all others. So the worst schedule is not the one that switches most, and tests that run the threads fairly do not find it.",
};
