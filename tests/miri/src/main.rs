//! Runs a few increments of the labs' counters, compiled from the labs' own files. `bash tests/miri.sh` runs this program under Miri
//! with many schedules.
//!
//! Without an argument it lists the variants, each with the expected outcome. With the name of a variant it counts with that variant,
//! and prints whether an update was lost.

mod sync;
mod twins;

include!(concat!(env!("OUT_DIR"), "/counters.rs"));

use common::schedule;
use sync::{Declaration, Outcome, declare};

/// A wrong counter that no lab has: its lock has orderings that are too weak.
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
