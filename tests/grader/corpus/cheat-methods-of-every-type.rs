// exercise: race
// expected: fails smallest, schedule
// Gives every type methods that the grader could call by mistake.
use common::exercise::*;

pub trait Every {
    fn len(&self) -> usize {
        0
    }

    fn into_iter(&self) -> core::iter::Empty<u8> {
        core::iter::empty()
    }
}

impl<T> Every for T {}

pub const SMALLEST: u64 = 6;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
