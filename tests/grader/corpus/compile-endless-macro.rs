// exercise: race
// expected: does-not-compile or limit
// Has a macro that calls itself with more each time.
use common::exercise::*;
macro_rules! more {
    ($($all:tt)*) => {
        more!(x $($all)*);
    };
}
more!();

pub const SMALLEST: u64 = 6;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
