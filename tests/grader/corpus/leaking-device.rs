// exercise: race
// expected: rejected
// past: does-not-compile or limit
// escaped: does-not-compile
// Reads a device that never ends.
use common::exercise::*;
const ZEROS: &[u8] = include_bytes!("/dev/zero");

pub const SMALLEST: u64 = 6;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
