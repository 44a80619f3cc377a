use common::exercise::*;

pub const SMALLEST: u64 = 2;
pub const SCHEDULE: [u8; 18] = [3, 1, 3, 2, 2, 3, 2, 2, 3, 1, 1, 3, 2, 1, 3, 1, 1, 2];
