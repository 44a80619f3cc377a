// fails: schedule
use common::exercise::*;

pub const SMALLEST: u64 = 2;
pub const SCHEDULE: [u8; 18] = [4, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 1, 2, 1, 1, 1, 1, 2];
