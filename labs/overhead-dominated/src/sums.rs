//! The same sum in small chunks, without copying. The variants differ in how a worker gets its next chunk.

use common::{partition, pin::Pin};
use crossbeam::channel;
use rayon::{ThreadPool, prelude::*};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, ScopedJoinHandle};

/// Capacity of the channel, in chunks. The sender waits when the channel is full.
const QUEUE: usize = 1024;

/// One loop on one core: the baseline.
pub fn sequential(array: &[i64]) -> i64 {
    array.iter().sum()
}

/// One chunk per thread: as few chunks as possible.
pub fn threads(array: &[i64], threads: usize, pin: &Pin) -> i64 {
    thread::scope(|scope| {
        let chunks = partition::even(array.len(), threads).map(|range| &array[range]);
        let start = |(index, chunk)| {
            scope.spawn(move || {
                pin.worker(index);
                sequential(chunk)
            })
        };
        let handles: Vec<_> = (0..).zip(chunks).map(start).collect();
        collect(handles)
    })
}

/// A new thread per chunk. At most `threads` run at a time; the next ones start when all of these have ended.
pub fn spawn_per_chunk(array: &[i64], chunk: usize, threads: usize, pin: &Pin) -> i64 {
    let wave = |chunks: &[i64]| {
        thread::scope(|scope| {
            let start = |(index, chunk)| {
                scope.spawn(move || {
                    pin.worker(index);
                    sequential(chunk)
                })
            };
            let handles: Vec<_> = (0..).zip(chunks.chunks(chunk)).map(start).collect();
            collect(handles)
        })
    };
    array.chunks(chunk.saturating_mul(threads)).map(wave).sum()
}

/// The threads stay. Each chunk goes through a channel to the next free thread.
pub fn channel(array: &[i64], chunk: usize, threads: usize, pin: &Pin) -> i64 {
    let (sender, receiver) = channel::bounded(QUEUE);
    thread::scope(|scope| {
        let work = |index| {
            let receiver = receiver.clone();
            scope.spawn(move || {
                pin.worker(index);
                receiver.iter().map(sequential).sum()
            })
        };
        let handles: Vec<_> = (0..threads).map(work).collect();
        for chunk in array.chunks(chunk) {
            sender.send(chunk).expect("the workers listen until the sender is gone");
        }
        drop(sender);
        collect(handles)
    })
}

/// The threads share an index. A thread takes the next chunk by adding to it, so nothing is sent.
pub fn atomic_index(array: &[i64], chunk: usize, threads: usize, pin: &Pin) -> i64 {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let next = &next;
        let work = |index| {
            scope.spawn(move || {
                pin.worker(index);
                let mut sum = 0;
                while let Some(rest) = array.get(next.fetch_add(chunk, Relaxed)..).filter(|rest| !rest.is_empty()) {
                    sum += sequential(&rest[..chunk.min(rest.len())]);
                }
                sum
            })
        };
        let handles: Vec<_> = (0..threads).map(work).collect();
        collect(handles)
    })
}

/// The sum as you would write it in practice. The pool's threads already run, and a task splits only when a thread is idle.
pub fn rayon(array: &[i64], chunk: usize, pool: &ThreadPool) -> i64 {
    pool.install(|| array.par_chunks(chunk).map(sequential).sum())
}

/// The same, with one task per chunk.
pub fn rayon_one_by_one(array: &[i64], chunk: usize, pool: &ThreadPool) -> i64 {
    pool.install(|| array.par_chunks(chunk).with_max_len(1).map(sequential).sum())
}

/// The chunks are assigned in advance, in turn, like dealt cards. Nothing is handed out during the sum, so the only remaining cost
/// is that neighbouring chunks go to different threads.
pub fn dealt(array: &[i64], chunk: usize, threads: usize, pin: &Pin) -> i64 {
    thread::scope(|scope| {
        let work = |index| {
            scope.spawn(move || {
                pin.worker(index);
                array.chunks(chunk).skip(index).step_by(threads).map(sequential).sum()
            })
        };
        let handles: Vec<_> = (0..threads).map(work).collect();
        collect(handles)
    })
}

fn collect(handles: Vec<ScopedJoinHandle<'_, i64>>) -> i64 {
    handles.into_iter().map(|handle| handle.join().expect("a sum never panics")).sum()
}
