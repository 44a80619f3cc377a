// exercise: race
// expected: does-not-compile
// Ends its lines by carriage returns only.
use common::exercise::*;
// a commentpub const SMALLEST: u64 = 6;pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
