// exercise: race
// expected: does-not-compile or limit
// Has constants that need each other, and one that calls itself.
use common::exercise::*;
const fn fibonacci(n: u64) -> u64 {
    if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

const ONE: u64 = OTHER;
const OTHER: u64 = ONE;
pub const SMALLEST: u64 = fibonacci(90) + ONE;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
