// exercise: race
// expected: does-not-compile
// escaped: does-not-compile
// Answers with a value that is equal to every number.
use common::exercise::*;

pub struct Every;

impl PartialEq<u64> for Every {
    fn eq(&self, _: &u64) -> bool {
        true
    }
}

impl core::ops::Deref for Every {
    type Target = u64;

    fn deref(&self) -> &u64 {
        &2
    }
}

pub const SMALLEST: Every = Every;
pub const SCHEDULE: [u8; 18] = [1; 18];
