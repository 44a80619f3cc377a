//! The same sum on one core, at the speed of the memory: four places of the array are read in step.
//!
//! A sum does little but wait for memory. So that it need not, the processor fetches ahead what a loop will probably read
//! next. It follows several such *streams* of addresses at a time, and each only a short way: on many processors not beyond
//! the end of a page of 4 KiB, after which the stream has to be discovered anew (Intel 64 and IA-32 Architectures Optimization
//! Reference Manual, "Hardware Prefetch"; Drepper, "What Every Programmer Should Know About Memory", 2007, section 6.3.1). A
//! loop that goes from the first element to the last is one stream. Four of them keep more of the memory busy, and while one
//! is at the end of its page, three are not.
//!
//! A processor that fetches ahead by itself may still do so too late. So the loop asks for the line that it will read soon.
//!
//! What all that brings is a matter of the machine: a core waits for so many lines of memory at a time and no more, and one that
//! has them all under way with one stream gains nothing from four.

use common::timing::{Sample, Stopwatch};
use common::{pin::Pin, prefetch};
use std::array::from_fn;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Places that are read in step. No other number from one to sixteen was reliably faster where this was measured.
const STREAMS: usize = 4;

/// Elements that a thread takes at a time: 2 MiB, a large page.
const PIECE: usize = 1 << 18;

/// Elements of a cache line, which is what memory hands out: 64 bytes on nearly every processor.
const LINE: usize = 8;

/// The sum, with the widest instructions that this was found to gain from and that the processor has.
pub fn streams(array: &[i64]) -> i64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has just said that it has the feature.
        return unsafe { streams_avx2(array) };
    }
    streams_portable(array)
}

/// [`streams`] with the instructions that every processor of its kind has: two elements at a time on x86-64 and ARM.
pub fn streams_portable(array: &[i64]) -> i64 {
    in_step(array)
}

/// [`streams`] four elements at a time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn streams_avx2(array: &[i64]) -> i64 {
    in_step(array)
}

/// A cache line of each stream in turn, into eight sums that do not wait for each other, so that they fit vector instructions.
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

/// The same loop in threads, which borrow as well. The thread that starts the others works too, and each takes the next piece when
/// it is done with one: a thread that comes late, or that has to share its CPU for a moment, leaves pieces to the others.
/// With `--pin` the others are bound and the starting thread is not: whatever it starts later would be bound as well.
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
