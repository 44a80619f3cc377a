//! Prints what was not tested.

use grader::sandbox::Isolation;
use std::io::{self, Write as _};

/// Prints what was not tested, directly to standard error, because the test runner hides the output of passing tests.
pub fn skipped(why: &str) {
    let _ = io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

/// Prints how many of several similar cases were tested. `THOROUGH=1` tests all of them.
pub fn sampled(count: usize, all: usize, of: &str) {
    if count < all {
        let _ = io::stderr().write_all(format!("SAMPLED {count} of {all} {of} (THOROUGH=1 takes all)\n").as_bytes());
    }
}

/// Returns whether a sandbox works here. If none does, prints what was not tested.
pub fn has_a_sandbox(or_not: &str) -> bool {
    let works = Isolation::probe().is_ok();
    if !works {
        skipped(&format!("no sandbox works here, so {or_not}"));
    }
    works
}

/// Returns the sandboxes that work here, the stronger one first, and prints what was not tested in the others. In CI at least one
/// must work.
pub fn sandboxes_here(or_not: &str) -> Vec<Isolation> {
    let (here, missing): (Vec<_>, Vec<_>) =
        [Isolation::Full, Isolation::Reduced].into_iter().partition(|isolation| isolation.works());
    for isolation in missing {
        skipped(&format!("no sandbox here that is {}, so {or_not}", isolation.name()));
    }
    assert!(!here.is_empty() || std::env::var_os("CI").is_none(), "CI has no sandbox at all");
    here
}
