//! What is counted.

use crate::atomic::{Adjacent, CompareExchange, FetchAdd, LocalThenAdd, Padded};
use crate::mutex::{LockedTwice, ParkingLot, Spin, StdMutex};
use crate::race::{LoadSpinStore, LoadStore, Plain};
use crate::sync::Counter;
use crate::{heavy, naive, overhead};
use common::{counting, data, pin::Pin};
use speed::instructions::callgrind::LARGE;
use std::hint::black_box;

/// Something that is counted.
#[derive(Debug)]
pub struct Kernel {
    /// The lab, and the variant: `heavy/vectorized`.
    pub name: &'static str,
    /// Runs it over so many elements, or lets it count so often, in one thread.
    pub run: fn(usize),
}

/// All of them, in the order of the lecture. An element is one of the array, or one increment.
pub static ALL: [Kernel; 20] = [
    Kernel { name: "naive/sequential", run: |size| of_integers(size, naive::sums::sequential) },
    Kernel { name: STREAMS, run: |size| of_integers(size, naive::streams::streams) },
    Kernel { name: "naive/streams-portable", run: |size| of_integers(size, naive::streams::streams_portable) },
    // Chunks of one element: what it costs to take a chunk, and not to add it.
    Kernel {
        name: "overhead/atomic-index",
        run: |size| of_integers(size, |all| overhead::sums::atomic_index(all, 1, 1, &no_pin())),
    },
    Kernel { name: "overhead/dealt", run: |size| of_integers(size, |all| overhead::sums::dealt(all, 1, 1, &no_pin())) },
    Kernel { name: "heavy/sequential", run: |size| of_doubles(size, heavy::sums::sequential) },
    Kernel { name: VECTORIZED, run: |size| of_doubles(size, heavy::sums::vectorized) },
    Kernel { name: "heavy/vectorized-portable", run: |size| of_doubles(size, heavy::sums::vectorized_portable) },
    Kernel { name: "race/plain", run: |size| increments(size, Plain::default()) },
    Kernel { name: "race/load-store", run: |size| increments(size, LoadStore::default()) },
    Kernel { name: "race/load-spin-store", run: |size| increments(size, LoadSpinStore::default()) },
    Kernel { name: "mutex/std-mutex", run: |size| increments(size, StdMutex::default()) },
    Kernel { name: "mutex/parking-lot", run: |size| increments(size, ParkingLot::default()) },
    Kernel { name: "mutex/spin", run: |size| increments(size, Spin::default()) },
    Kernel { name: "mutex/locked-twice", run: |size| increments(size, LockedTwice::default()) },
    Kernel { name: "atomic/fetch-add", run: |size| increments(size, FetchAdd::default()) },
    Kernel { name: "atomic/compare-exchange", run: |size| increments(size, CompareExchange::default()) },
    Kernel { name: "atomic/padded", run: |size| increments(size, Padded::new(2)) },
    Kernel { name: "atomic/adjacent", run: |size| increments(size, Adjacent::new(2)) },
    Kernel { name: "atomic/local-then-add", run: |size| increments(size, LocalThenAdd::default()) },
];

/// Those that look at the processor before they start: their count is that of AVX2, and of FMA.
const STREAMS: &str = "naive/streams";
const VECTORIZED: &str = "heavy/vectorized";

/// A twin, for the tests of this check: `naive/sequential` as it would be if the compiler could not vectorise it.
pub static WORSE: Kernel = Kernel { name: "twin/sequential", run: |size| of_integers(size, worse) };

fn worse(array: &[i64]) -> i64 {
    array.iter().map(black_box).sum()
}

impl Kernel {
    /// That of a name, the twin too.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().chain([&WORSE]).find(|kernel| kernel.name == name)
    }

    /// Whether this processor takes the way through the kernel that the figures are about.
    pub fn is_whole_here(&self) -> bool {
        #[cfg(target_arch = "x86_64")]
        let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        let has_avx2 = false;
        ![STREAMS, VECTORIZED].contains(&self.name) || has_avx2
    }
}

fn of_integers(size: usize, sum: impl Fn(&[i64]) -> i64) {
    let array = data::integers(LARGE, 7001);
    black_box(sum(black_box(&array[..size])));
}

fn of_doubles(size: usize, sum: impl Fn(&[f64]) -> f64) {
    let array = data::doubles(LARGE, 7001);
    black_box(sum(black_box(&array[..size])));
}

/// As the labs count, with one thread: nobody waits for anybody.
fn increments(size: usize, counter: impl Counter) {
    let sample = counting::in_threads(black_box(&counter), 1, size as u64, &no_pin());
    assert_eq!(sample.value, size as u64, "one thread loses nothing");
}

fn no_pin() -> Pin {
    Pin::new(false)
}
