use common::exercise::*;

pub const SMALLEST: u64 = 2;
pub const SCHEDULE: [u8; 18] = [1, 3, 1, 1, 2, 1, 2, 2, 2, 3, 1, 3, 3, 3, 2, 3, 2, 1];
