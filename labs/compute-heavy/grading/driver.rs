//! Tells the student's sum, bit for bit.

use crate::student::balanced_sum;
use common::driver::{self, ask, tell};

pub fn main() {
    driver::serve(|| {
        let (terms, workers) = (driver::terms(), ask() as usize);
        let sum: f64 = balanced_sum(&terms, workers);
        tell(sum.to_bits());
    });
}
