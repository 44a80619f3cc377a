// exercise: race
// expected: rejected
// past: does-not-compile
// escaped: does-not-compile
// Reads a file into its documentation.
use common::exercise::*;
#[doc = include_str!("/etc/passwd")]
pub struct Passwd;

pub const SMALLEST: u64 = 6;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
