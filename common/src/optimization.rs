//! Whether the lab was compiled with optimisation: measured, since no setting that a program can see tells.
//!
//! Cargo's settings differ from package to package, and flags in the environment come on top of them. So the lab's own code is
//! tried: what is generic here is compiled in the lab, as the lab is.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// An optimised loop adds an element in a tenth of a nanosecond to one, the same loop as it is written takes five to ten.
const MOST_NANOSECONDS: f64 = 2.5;

static MISSING: AtomicBool = AtomicBool::new(false);

/// Tries the code of the crate that `T` comes from. Called once, before anything is measured.
#[inline]
pub fn look_for<T>(_of: &T) {
    let array = black_box([1_u64; 4096]);
    let nanoseconds = |_| {
        let start = Instant::now();
        black_box(black_box(&array).iter().sum::<u64>());
        start.elapsed().as_nanos() as f64 / array.len() as f64
    };
    // The best of many, so that an interruption does not count.
    let best = (0..50).map(nanoseconds).fold(f64::MAX, f64::min);
    MISSING.store(best > MOST_NANOSECONDS, Relaxed);
}

/// What [`look_for`] found. Without optimisation a report prints no speed-up.
pub fn found() -> bool {
    !MISSING.load(Relaxed)
}
