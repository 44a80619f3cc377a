// fails: schedule
// Three threads in lock step lose two of three updates and no more: the counter ends at 3.
use common::exercise::*;

pub const SMALLEST: u64 = 2;
pub const SCHEDULE: [u8; 18] = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3];
