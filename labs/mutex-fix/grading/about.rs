//! The graded items of the exercise of `lab-mutex`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item(
            "lock",
            3.0,
            "Only one thread holds the lock, and it sees earlier writes",
            "Does arrive() draw its number in one step? Which ordering do the load in wait() and the operation in leave() need?",
        ),
        item(
            "fair",
            2.0,
            "No thread overtakes one that arrived before it",
            "Which thread does leave() let in: any waiting thread, or the one with the next number?",
        ),
        item(
            "withdraw",
            2.0,
            "The account pays out what it holds, and no more",
            "What must withdraw(amount) do if amount is exactly the balance? What if it is one more?",
        ),
        item(
            "account",
            3.0,
            "No order of the steps overdraws the account",
            "Do you hold the lock only while you check, only while you change, or for both together?",
        ),
    ],
    hints: [
        "next is the number to be drawn next, and serving is the number whose turn it is. A thread draws a number by adding 1 to next in one step.",
        "Use Acquire for the load that ends the waiting, and Release for the operation that serves the next number. In the account, keep the guard in a variable.",
        "arrive is one fetch_add on next. wait loads serving in a loop, with hint::spin_loop(), until serving equals number. leave adds 1 to serving.",
    ],
    learned: "A lock needs one operation that cannot be split, to decide who is next, and a Release store that an Acquire load reads, to hand over the data. A check protects a change only if both happen while the lock is held once.",
};
