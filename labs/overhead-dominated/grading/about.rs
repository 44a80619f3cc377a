//! The graded items of the exercise of `lab-overhead`, with their points and hints.

use crate::exercises::{About, item};

/// The items that are graded, with points and hints.
pub const ABOUT: About = About {
    items: &[
        item(
            "sum",
            3.0,
            "The sum is right, with at most as many threads as cores",
            "Cut the array into parts as in the exercise of lab-naive. Start at most cores threads.",
        ),
        item(
            "small",
            2.0,
            "One core alone adds up a small array",
            "How many ticks does it cost to start a thread? How many numbers can one core add up in that time?",
        ),
        item(
            "between",
            3.0,
            "In between, as many threads as repay their start",
            "Two threads can be better than one, and better than eight. Compute the cost for each number of threads, and compare.",
        ),
        item(
            "large",
            2.0,
            "All cores add up a large array",
            "If the array is large, starting a thread on each core costs little compared with the additions.",
        ),
    ],
    hints: [
        "Starting one thread costs costs::START ticks, and adding one number costs costs::ELEMENT ticks.",
        "n threads take n * START + len * ELEMENT / n ticks. One core alone takes len * ELEMENT ticks, and starts no thread.",
        "Choose the number from 1 to cores that costs least: (1..=cores).min_by_key(...). If it is 1, start no thread.",
    ],
    learned: "A thread repays its start only if it takes over more work than the start costs. So the best number of threads depends on the size, and for small arrays it is one.",
};
