//! The same sum at the speed of the memory: one core reads four independent streams of the array.
//!
//! A sum mostly waits for memory. To shorten the wait, the processor *prefetches*: it loads what the loop will probably read next.
//! It follows several streams of addresses at the same time, but only for a short distance. On many processors a stream stops at
//! the end of a page of 4 KiB, and the processor must detect it again (Intel 64 and IA-32 Architectures Optimization Reference
//! Manual, "Hardware Prefetch"; Drepper, "What Every Programmer Should Know About Memory", 2007, section 6.3.1). A loop from the
//! first element to the last is one stream. Four streams keep more of the memory busy: while one of them is at the end of its page,
//! the other three continue.
//!
//! The processor's own prefetching may still come too late. So the loop also requests the line that it will read soon.
//!
//! The gain depends on the machine. A core can wait for a limited number of cache lines at a time. If one stream already uses all of
//! them, four streams gain nothing.

use common::timing::{Sample, Stopwatch};
use common::{pin::Pin, prefetch};
use std::array::from_fn;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Number of streams. No other number from one to sixteen was reliably faster on the machine where this was measured.
const STREAMS: usize = 4;

/// Elements that a thread takes at a time: 2 MiB, the size of a huge page.
const PIECE: usize = 1 << 18;

/// Elements per cache line, the unit in which memory is read: 64 bytes on nearly every processor.
const LINE: usize = 8;

/// Returns the sum, using AVX2 if the processor has it. Wider instructions were not found to be faster.
pub fn streams(array: &[i64]) -> i64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the check above says that the processor has this feature.
        return unsafe { streams_avx2(array) };
    }
    streams_portable(array)
}

/// [`streams`] with the instructions that every processor of the target has: two elements at a time on x86-64 and ARM64.
pub fn streams_portable(array: &[i64]) -> i64 {
    in_step(array)
}

/// [`streams`] with AVX2: four elements at a time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn streams_avx2(array: &[i64]) -> i64 {
    in_step(array)
}

/// Reads one cache line of each stream in turn. The eight sums do not depend on each other, so that they fit vector instructions.
#[inline(always)]
fn in_step(array: &[i64]) -> i64 {
    let (lines, _) = array.as_chunks::<LINE>();
    let length = lines.len() / STREAMS;
    let streams: [&[[i64; LINE]]; STREAMS] = from_fn(|stream| &lines[stream * length..][..length]);
    let mut sums = [0; LINE];
    for step in 0..length {
        for stream in streams {
            prefetch::ask_ahead_of(&stream[step]);
            for (sum, element) in sums.iter_mut().zip(&stream[step]) {
                *sum += element;
            }
        }
    }
    let tail = &array[STREAMS * length * LINE..];
    sums.iter().chain(tail).sum()
}

/// The same loop in threads that borrow the array. The calling thread works too. Each thread takes the next piece when it has
/// finished one, so a thread that starts late or loses its CPU for a moment leaves pieces to the others. With `--pin` the new
/// threads are bound to CPUs. The calling thread is not, because all threads that it starts later would then be bound as well.
pub fn streams_threads(array: &[i64], threads: usize, pin: &Pin) -> Sample<i64> {
    let mut watch = Stopwatch::new();
    let next = AtomicUsize::new(0);
    let work = &|| {
        let mut sum = 0;
        while let Some(rest) = array.get(next.fetch_add(PIECE, Relaxed)..).filter(|rest| !rest.is_empty()) {
            sum += streams(&rest[..PIECE.min(rest.len())]);
        }
        sum
    };
    let sum = thread::scope(|scope| {
        let start = |index| {
            scope.spawn(move || {
                pin.worker(index);
                work()
            })
        };
        let handles: Vec<_> = (1..threads).map(start).collect();
        watch.lap("start");
        let own = work();
        let others = handles.into_iter().map(|handle| handle.join().expect("a sum never panics"));
        let sum = own + others.sum::<i64>();
        watch.lap("compute");
        sum
    });
    watch.lap("collect");
    Sample { bytes_copied: Some(0), ..watch.finish(sum) }
}
