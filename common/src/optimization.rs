//! Whether the lab was compiled with optimisation: measured, since no setting that a program can see tells.
//!
//! Cargo's settings differ from package to package, and flags in the environment come on top of them. So the lab's own code is
//! tried: what is generic here is compiled in the lab, as the lab is.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// On the machine that this was written on, an element of the chain of iterators below takes a third of a nanosecond with
/// optimisation, and about twenty without. The limit leaves room for slower machines on one side and faster ones on the other.
const MOST_NANOSECONDS: f64 = 4.0;

static MISSING: AtomicBool = AtomicBool::new(false);

/// Tries the code of the crate that `T` comes from. Called once, before anything is measured.
#[inline]
pub fn look_for<T>(of: &T) {
    MISSING.store(nanoseconds_of_an_element(of) > MOST_NANOSECONDS, Relaxed);
}

/// The best of many runs, so that an interruption does not count.
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

/// What [`look_for`] found. Without optimisation a report prints no speed-up.
pub fn found() -> bool {
    !MISSING.load(Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine;

    /// The twin of what the labs report: in the dev profile this crate itself is compiled without.
    #[test]
    fn code_that_was_not_optimized_is_told_from_code_that_was() {
        let nanoseconds = nanoseconds_of_an_element(&());
        assert_eq!(nanoseconds > MOST_NANOSECONDS, machine::profile() == "dev", "{nanoseconds} ns an element");
    }
}
