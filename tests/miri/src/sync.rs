//! The `crate::sync` of the labs' counters for Miri: the same primitives as in the labs, and a table of counters that Miri can run.

pub use common::sync::{Counter, Mutex, Outcome, RacyCell, Shareable, atomic, hint, thread};
pub use crossbeam::utils::CachePadded;
pub use parking_lot::Mutex as ParkingLotMutex;

use common::{counter, pin::Pin};
use std::mem::MaybeUninit;

/// One line of a lab's table of counters.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The name in the lab's report.
    pub name: &'static str,
    /// The outcome that Miri must find.
    pub outcome: Outcome,
    /// Counts with a number of threads and of increments per thread, and returns the final value.
    pub run: fn(usize, u64) -> u64,
}

/// Declares a counter that threads share.
pub const fn declare<C: Counter + Default>(name: &'static str, outcome: Outcome, _label: &'static str) -> Declaration {
    Declaration { name, outcome, run: |threads, increments| count(C::for_threads(threads), threads, increments) }
}

/// Declares the same counter on a page that processes share. Miri has no processes, so threads take their place, and the counter is
/// made of zero bytes as on a new page.
pub const fn declare_shared<C: Counter + Shareable>(
    name: &'static str,
    outcome: Outcome,
    _label: &'static str,
) -> Declaration {
    Declaration { name, outcome, run: |threads, increments| count(of_zeros::<C>(), threads, increments) }
}

fn count(counter: impl Counter, threads: usize, increments: u64) -> u64 {
    counter::in_threads(&counter, threads, increments, &Pin::new(false)).value
}

/// Returns the value that processes find in new shared memory.
fn of_zeros<C: Shareable>() -> C {
    // SAFETY: `Shareable` promises that zero bytes are a value.
    unsafe { MaybeUninit::zeroed().assume_init() }
}
