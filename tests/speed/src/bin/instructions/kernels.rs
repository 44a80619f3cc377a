//! The kernels whose instructions are counted.

use crate::COUNTERS;
use crate::sync::Declaration;
use crate::{heavy, naive, overhead};
use common::{data, pin::Pin};
use speed::instructions::callgrind::LARGE;
use std::hint::black_box;

/// A kernel whose instructions are counted.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// The lab and the variant: `heavy/vectorized`.
    pub name: String,
    run: Run,
}

/// The code to run in one thread, given the number of elements or of increments.
#[derive(Clone, Copy, Debug)]
enum Run {
    Sum(Sum),
    Counter(&'static Declaration),
}

/// A sum, given the number of elements.
type Sum = fn(usize);

/// The sums whose instructions are counted.
const SUMS: [(&str, Sum); 8] = [
    ("naive/sequential", |size| of_integers(size, naive::sums::sequential)),
    (STREAMS, |size| of_integers(size, naive::streams::streams)),
    ("naive/streams-portable", |size| of_integers(size, naive::streams::streams_portable)),
    // Chunks of one element: this counts taking a chunk, not adding it.
    ("overhead/atomic-index", |size| of_integers(size, |all| overhead::sums::atomic_index(all, 1, 1, &no_pin()))),
    ("overhead/dealt", |size| of_integers(size, |all| overhead::sums::dealt(all, 1, 1, &no_pin()))),
    ("heavy/sequential", |size| of_doubles(size, heavy::sums::sequential)),
    (VECTORIZED, |size| of_doubles(size, heavy::sums::vectorized)),
    ("heavy/vectorized-portable", |size| of_doubles(size, heavy::sums::vectorized_portable)),
];

/// Returns all kernels: the sums, then every counter of the labs that runs in threads.
pub fn all() -> Vec<Kernel> {
    let sums = SUMS.into_iter().map(|(name, run)| Kernel { name: name.into(), run: Run::Sum(run) });
    let tables = COUNTERS.iter().flat_map(|(lab, counters)| counters.iter().map(move |counter| (lab, counter)));
    let counters = tables.filter(|(_, counter)| !counter.is_shared_by_processes());
    let counters =
        counters.map(|(lab, counter)| Kernel { name: format!("{lab}/{}", counter.name), run: Run::Counter(counter) });
    sums.chain(counters).collect()
}

/// The kernels that choose their code by the processor: they are counted with AVX2 and FMA.
const STREAMS: &str = "naive/streams";
const VECTORIZED: &str = "heavy/vectorized";

/// The twin for the tests of this check: `naive/sequential` as if the compiler could not vectorise it.
fn twin() -> Kernel {
    Kernel { name: "twin/sequential".into(), run: Run::Sum(|size| of_integers(size, worse)) }
}

fn worse(array: &[i64]) -> i64 {
    array.iter().map(black_box).sum()
}

impl Kernel {
    /// Returns the kernel with this name, even if it is the twin.
    pub fn named(name: &str) -> Option<Self> {
        all().into_iter().chain([twin()]).find(|kernel| kernel.name == name)
    }

    /// Runs it in one thread, over `size` elements or for `size` increments.
    ///
    /// # Panics
    ///
    /// If a counter loses an update, which is impossible with one thread.
    pub fn run(&self, size: usize) {
        match self.run {
            Run::Sum(run) => run(size),
            Run::Counter(counter) => {
                let sample = counter.run(1, size as u64, &no_pin()).expect("a thread can be started");
                assert_eq!(sample.value, size as u64, "one thread loses nothing");
            }
        }
    }

    /// Returns whether this processor uses the code that the figures are about.
    pub fn is_whole_here(&self) -> bool {
        #[cfg(target_arch = "x86_64")]
        let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        let has_avx2 = false;
        ![STREAMS, VECTORIZED].contains(&self.name.as_str()) || has_avx2
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

fn no_pin() -> Pin {
    Pin::new(false)
}
