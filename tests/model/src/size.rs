//! The numbers of threads and of increments.

use std::fmt;

/// The numbers of threads and of increments per thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    /// The number of threads that increment.
    pub threads: usize,
    /// The increments of each thread.
    pub increments: u64,
}

impl Size {
    /// Creates a size, for use in constants.
    pub const fn new(threads: usize, increments: u64) -> Self {
        Self { threads, increments }
    }

    /// Returns the final value of a counter that loses no update.
    pub const fn expected(self) -> u64 {
        self.threads as u64 * self.increments
    }

    /// Formats the size as `2 threads x 1 increment`.
    pub fn in_words(self) -> String {
        let plural = |count| if count == 1 { "" } else { "s" };
        let Self { threads, increments } = self;
        format!("{threads} thread{} x {increments} increment{}", plural(threads as u64), plural(increments))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{}x{}", self.threads, self.increments))
    }
}
