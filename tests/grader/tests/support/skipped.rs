//! A word about what was not tested.

use grader::sandbox::Isolation;
use std::io::{self, Write as _};

/// Says what was not tested, past the test runner, which shows the output of failed tests only.
pub fn skipped(why: &str) {
    let _ = io::stderr().write_all(format!("SKIPPED: {why}\n").as_bytes());
}

/// Says what was tested of something that is the same in kind; `THOROUGH=1` tests all of it.
pub fn sampled(count: usize, all: usize, of: &str) {
    if count < all {
        let _ = io::stderr().write_all(format!("SAMPLED {count} of {all} {of} (THOROUGH=1 takes all)\n").as_bytes());
    }
}

/// Whether some sandbox works here; where none does, says what was not done for want of one.
pub fn has_a_sandbox(or_not: &str) -> bool {
    let works = Isolation::probe().is_some();
    if !works {
        skipped(&format!("no sandbox works here, so {or_not}"));
    }
    works
}

/// The sandboxes that work here, the better one first; says what was not done in those that do not. In CI at least one must.
pub fn sandboxes_here(or_not: &str) -> Vec<Isolation> {
    let (here, missing): (Vec<_>, Vec<_>) =
        [Isolation::Full, Isolation::Reduced].into_iter().partition(|isolation| isolation.works());
    for isolation in missing {
        skipped(&format!("no sandbox here that is {}, so {or_not}", isolation.name()));
    }
    assert!(!here.is_empty() || std::env::var_os("CI").is_none(), "CI has no sandbox at all");
    here
}
