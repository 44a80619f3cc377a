//! The graded items of the exercise of `lab-mutex`, with their points and hints.

use crate::exercises::{About, Kit, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    kit: Kit::Modelled,
    items: &[
        item(
            "lock",
            3.0,
            "Only one thread at a time holds the lock, and sees what the last holder wrote",
            "Drawing is one step that looks and writes. Which ordering goes with waiting, which with leaving?",
        ),
        item(
            "fair",
            2.0,
            "Nobody overtakes who has come first",
            "Whom does leave() let in: anybody who waits, or the one with the next number?",
        ),
        item(
            "withdraw",
            2.0,
            "The account pays out what it holds, and no more",
            "What if exactly the balance is asked for?",
        ),
        item(
            "account",
            3.0,
            "No order of the steps overdraws the account",
            "How long do you hold the lock: for looking, for changing, or for both together?",
        ),
    ],
    hints: [
        "next is the number that is drawn next, serving the one whose turn it is; who draws adds 1 to next, in one step.",
        "Acquire for the load that ends the waiting, Release for the step that serves the next. In the account, keep the guard in a variable.",
        "arrive is one fetch_add; wait loops around a load of serving, with hint::spin_loop(), until it is the number; leave adds 1 to serving.",
    ],
};
