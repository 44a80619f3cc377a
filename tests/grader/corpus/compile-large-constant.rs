// exercise: race
// expected: does-not-compile or limit
// Has constants of a tebibyte and of a gibibyte.
use common::exercise::*;
const LARGE: [u8; 1 << 40] = [0; 1 << 40];
const FILLED: [u64; 1 << 27] = [7; 1 << 27];
static COPY: [u64; 1 << 27] = FILLED;

pub const SMALLEST: u64 = FILLED[5] + COPY[6] + LARGE[7] as u64;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
