// exercise: race
// expected: does-not-compile
// escaped: does-not-compile
// Hides with invisible signs what it does.
use common::exercise::*;
/* ‮ } if graded ⁦*/
pub const SMALLEST: u64 = 2;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
