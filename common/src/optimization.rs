//! Detects whether the lab was compiled with optimisation. No setting that a program can read tells, so it is measured.
//!
//! Cargo's settings differ between packages, and flags in the environment override them. So the lab's own code is
//! timed: the generic functions here are compiled in the lab, with the lab's settings.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// A build is taken to be without optimisation if an element takes longer than this. On the machine that this was written on, an element of the
/// iterator chain below takes a third of a nanosecond with optimisation, and about twenty nanoseconds without.
const MOST_NANOSECONDS: f64 = 4.0;

static MISSING: AtomicBool = AtomicBool::new(false);

/// Times a small loop compiled at the calling crate's optimisation level and stores the result. Called once, before any
/// measurement.
#[inline]
pub fn look_for<T>(of: &T) {
    MISSING.store(nanoseconds_of_an_element(of) > MOST_NANOSECONDS, Relaxed);
}

/// The shortest of many runs counts, so that an interruption does not matter.
#[inline]
fn nanoseconds_of_an_element<T>(_of: &T) -> f64 {
    let (left, right) = (black_box([1_u64; 4096]), black_box([2_u64; 4096]));
    let nanoseconds = |_| {
        let start = Instant::now();
        let pairs = black_box(&left).iter().zip(black_box(&right));
        black_box(pairs.map(|(one, other)| one ^ other).map(|sum| sum.wrapping_add(1)).sum::<u64>());
        start.elapsed().as_nanos() as f64 / left.len() as f64
    };
    (0..50).map(nanoseconds).fold(f64::MAX, f64::min)
}

/// Returns what [`look_for`] found. Without optimisation a report prints no speed-up.
pub fn found() -> bool {
    !MISSING.load(Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine;

    /// The twin of what the labs report: in the dev profile this crate itself is compiled without optimisation.
    #[test]
    fn code_that_was_not_optimized_is_told_from_code_that_was() {
        let nanoseconds = nanoseconds_of_an_element(&());
        assert_eq!(nanoseconds > MOST_NANOSECONDS, machine::profile() == "dev", "{nanoseconds} ns an element");
    }
}
