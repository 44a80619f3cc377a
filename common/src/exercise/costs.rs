//! What each operation costs when the grader counts the time of a run, in ticks. A tick is one addition.

/// Ticks to start a thread and wait for its end, paid by the thread that starts it.
pub const START: u64 = 50_000;
/// Ticks for an operation on an atomic, or for taking a mutex.
pub const SHARED: u64 = 100;
/// Ticks to add up one number in place.
pub const ELEMENT: u64 = 1;
/// Ticks to copy one number.
pub const COPY: u64 = 4;
