// exercise: race
// expected: fails smallest, schedule
// Separates words by all that Rust calls white space.
use common::exercise::*;
pub const SMALLEST:u64 = 6;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
