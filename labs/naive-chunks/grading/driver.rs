//! Tells the student's sum, and which threads allocate much memory.

use crate::student::parallel_sum;
use common::driver::{self, Counting, ask, tell};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

pub fn main() {
    driver::serve(|| {
        driver::tell_memory();
        let (numbers, workers) = (driver::numbers(), ask() as usize);
        let sum: i64 = driver::telling_memory(|| parallel_sum(&numbers, workers));
        tell(sum as u64);
    });
}
