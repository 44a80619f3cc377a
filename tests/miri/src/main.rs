//! The labs' counters, from the very files that the labs run, a few increments each: `bash tests/miri.sh` has Miri interpret
//! them under many schedules.
//!
//! Without an argument it lists the variants and what is expected of each; with one it counts with that variant, and says if
//! an update was lost.

mod sync;
mod twins;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));

use common::schedule;
use sync::{Declaration, Outcome, declare};

/// A twin that no lab has: a lock whose orderings are too weak.
const TWIN: Declaration = declare::<twins::RelaxedSpin>("relaxed-spin", Outcome::DataRace, "");

fn main() {
    let counters = || COUNTERS.iter().flat_map(|(_, counters)| *counters).chain([&TWIN]);
    let Some(chosen) = std::env::args().nth(1) else {
        for counter in counters() {
            println!("{} {:?}", counter.name, counter.outcome);
        }
        return;
    };
    let counter = counters().find(|counter| counter.name == chosen).expect("one of the variants");
    let mut has_lost = false;
    for (threads, increments) in [(2, 3), (3, 2)] {
        let value = (counter.run)(threads, increments);
        assert!(schedule::reachable(threads as u64, increments).contains(&value), "no schedule ends at {value}");
        has_lost |= value != threads as u64 * increments;
    }
    if has_lost {
        println!("lost an update");
    }
}
