//! The labs' counters, from the very files that the labs run, a few increments each: `bash tests/miri.sh` has Miri interpret
//! them under many schedules.
//!
//! Without an argument it lists the variants and what is expected of each; with one it counts with that variant, and says if
//! an update was lost.

#[path = "../../../labs/atomic-fix/src/counters.rs"]
mod atomic_fix;
#[path = "../../../labs/data-race/src/counters.rs"]
mod data_race;
#[path = "../../../labs/mutex-fix/src/counters.rs"]
mod mutex_fix;
mod sync;
mod twins;

use atomic_fix::{Adjacent, CompareExchange, FetchAdd, LocalThenAdd, Padded};
use common::{counting, pin::Pin, schedule, shared_memory::Shareable};
use data_race::{LoadSpinStore, LoadStore, Plain};
use mutex_fix::{LockedTwice, ParkingLot, Spin, StdMutex};
use std::mem::MaybeUninit;
use sync::Counter;
use twins::RelaxedSpin;

/// What must come of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Miri finds a data race.
    DataRace,
    /// No undefined behaviour, and some schedule loses an update.
    LostUpdates,
    /// No undefined behaviour, and no schedule loses an update.
    Exact,
}
use Expected::{DataRace, Exact, LostUpdates};

/// A counter for so many threads is made, counts, and tells where it ended.
type Final = fn(Size) -> u64;

/// Miri has no processes: what they share is played by threads here, around a counter that zero bytes made.
static VARIANTS: [(&str, Expected, Final); 16] = [
    ("plain", DataRace, |size| size.count(Plain::default())),
    ("relaxed-spin", DataRace, |size| size.count(RelaxedSpin::default())), // a twin, in no lab
    ("load-store", LostUpdates, |size| size.count(LoadStore::default())),
    ("load-spin-store", LostUpdates, |size| size.count(LoadSpinStore::default())),
    ("process-load-spin-store", LostUpdates, |size| size.count(of_zeros::<LoadSpinStore>())),
    ("locked-twice", LostUpdates, |size| size.count(LockedTwice::default())),
    ("std-mutex", Exact, |size| size.count(StdMutex::default())),
    ("parking-lot", Exact, |size| size.count(ParkingLot::default())),
    ("spin", Exact, |size| size.count(Spin::default())),
    ("process-lock", Exact, |size| size.count(of_zeros::<Spin>())),
    ("fetch-add", Exact, |size| size.count(FetchAdd::default())),
    ("compare-exchange", Exact, |size| size.count(CompareExchange::default())),
    ("padded", Exact, |size| size.count(Padded::new(size.threads))),
    ("adjacent", Exact, |size| size.count(Adjacent::new(size.threads))),
    ("local-then-add", Exact, |size| size.count(LocalThenAdd::default())),
    ("process-atomic", Exact, |size| size.count(of_zeros::<FetchAdd>())),
];

/// So many threads, and so many increments by each.
#[derive(Clone, Copy)]
struct Size {
    threads: usize,
    increments: u64,
}

impl Size {
    fn count(self, counter: impl Counter) -> u64 {
        counting::in_threads(&counter, self.threads, self.increments, &Pin::new(false)).value
    }
}

/// What processes find in the memory that they share.
fn of_zeros<C: Shareable>() -> C {
    // SAFETY: `Shareable` promises that zero bytes are a value.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

// SAFETY: as its lab argues.
unsafe impl Shareable for LoadSpinStore {}
// SAFETY: as its lab argues.
unsafe impl Shareable for Spin {}
// SAFETY: as its lab argues.
unsafe impl Shareable for FetchAdd {}

fn main() {
    let Some(chosen) = std::env::args().nth(1) else {
        for (variant, expected, _) in VARIANTS {
            println!("{variant} {expected:?}");
        }
        return;
    };
    let (_, _, run) = VARIANTS.into_iter().find(|variant| variant.0 == chosen).expect("one of the variants");
    let mut has_lost = false;
    for (threads, increments) in [(2, 3), (3, 2)] {
        let value = run(Size { threads, increments });
        assert!(schedule::reachable(threads as u64, increments).contains(&value), "no schedule ends at {value}");
        has_lost |= value != threads as u64 * increments;
    }
    if has_lost {
        println!("lost an update");
    }
}
