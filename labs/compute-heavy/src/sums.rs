//! The sum of x*x + sin x in five ways: on one core or several, with the library's sine or with one that vectorises.

use super::sine::sine;
use common::timing::{Sample, Stopwatch};
use common::{partition, pin::Pin, prefetch};
use std::sync::Mutex;
use std::thread;

/// Number of elements that a thread computes before it releases the global lock. In CPython, a waiting thread requests the interpreter
/// lock after 5 ms (`sys.getswitchinterval`), which is about 20,000 elements of the lecture's loop.
pub const BATCH: usize = 20_000;

/// Doubles per cache line, the unit in which memory is read: 64 bytes on nearly every processor.
const LINE: usize = 8;

/// One loop on one core: the baseline.
pub fn sequential(array: &[f64]) -> f64 {
    continued(0.0, array)
}

/// Returns `sum` plus the terms of all elements, added one after the other.
fn continued(mut sum: f64, array: &[f64]) -> f64 {
    for &x in array {
        sum += x * x + x.sin();
    }
    sum
}

/// Threads that compute at the same time, one chunk each.
pub fn threads(array: &[f64], threads: usize, pin: &Pin) -> Sample<f64> {
    in_threads(array, threads, pin, sequential)
}

/// The same threads, but each computes only while it holds the one lock that all share, as Python's threads do.
pub fn global_lock(array: &[f64], threads: usize, pin: &Pin) -> Sample<f64> {
    let interpreter = Mutex::new(());
    in_threads(array, threads, pin, |chunk| {
        chunk.chunks(BATCH).fold(0.0, |sum, batch| {
            let _held = interpreter.lock().expect("a sum never panics");
            continued(sum, batch)
        })
    })
}

/// Better code on one core. The sine is a polynomial, and sixteen sums do not depend on each other, so the compiler can compute
/// several elements with each instruction. Such a fast loop would wait for memory, so it prefetches.
pub fn vectorized(array: &[f64]) -> f64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the check above says that the processor has both features.
        return unsafe { vectorized_avx2(array) };
    }
    vectorized_portable(array)
}

/// [`vectorized`] with the instructions that every processor of the target has: two elements at a time on x86-64 and ARM64.
pub fn vectorized_portable(array: &[f64]) -> f64 {
    sixteen_sums(array, |a, b, c| a * b + c)
}

/// [`vectorized`] with AVX2 and FMA: four elements at a time, with multiplication and addition in one instruction.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn vectorized_avx2(array: &[f64]) -> f64 {
    sixteen_sums(array, f64::mul_add)
}

#[inline(always)]
fn sixteen_sums(array: &[f64], multiply_add: impl Fn(f64, f64, f64) -> f64 + Copy) -> f64 {
    let mut sums = [0.0; 16];
    let (sixteens, rest) = array.as_chunks::<16>();
    let add = |sum: &mut f64, x: f64| *sum += multiply_add(x, x, sine(x, multiply_add));
    for sixteen in sixteens {
        sixteen.chunks_exact(LINE).for_each(prefetch::ask_ahead_of);
        for (sum, &x) in sums.iter_mut().zip(sixteen) {
            add(sum, x);
        }
    }
    for (sum, &x) in sums.iter_mut().zip(rest) {
        add(sum, x);
    }
    sums.iter().sum()
}

/// The better code in threads, one chunk each.
pub fn vectorized_threads(array: &[f64], threads: usize, pin: &Pin) -> Sample<f64> {
    in_threads(array, threads, pin, vectorized)
}

fn in_threads(array: &[f64], threads: usize, pin: &Pin, sum_of: impl Fn(&[f64]) -> f64 + Sync) -> Sample<f64> {
    let mut watch = Stopwatch::new();
    let sum = thread::scope(|scope| {
        let sum_of = &sum_of;
        let chunks = partition::even(array.len(), threads).map(|range| &array[range]);
        let handles: Vec<_> = (chunks.zip(0..))
            .map(|(chunk, index)| {
                scope.spawn(move || {
                    pin.worker(index);
                    sum_of(chunk)
                })
            })
            .collect();
        watch.lap("start");
        let partial_sums: Vec<f64> =
            handles.into_iter().map(|handle| handle.join().expect("a sum never panics")).collect();
        watch.lap("compute");
        partial_sums.iter().sum()
    });
    watch.lap("collect");
    Sample { bytes_copied: Some(0), ..watch.finish(sum) }
}
