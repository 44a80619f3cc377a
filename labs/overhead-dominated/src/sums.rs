//! The same sum in small pieces, which nobody copies. The variants differ in how a piece comes to its worker.

use common::{partition, pin::Pin};
use crossbeam::channel;
use rayon::{ThreadPool, prelude::*};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, ScopedJoinHandle};

/// Chunks that may wait in the channel; a sender that is further ahead than that waits itself.
const QUEUE: usize = 1024;

/// One loop on one core: what every other variant is compared with.
pub fn sequential(array: &[i64]) -> i64 {
    array.iter().sum()
}

/// One thread a CPU, and one chunk for each: as few pieces as there can be.
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

/// A thread of its own for every chunk; when `threads` of them are at work, the next have to wait until they have ended.
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

/// The threads stay, and every chunk goes through a channel to the one that is free first.
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

/// Nothing is sent: a worker takes the next chunk by adding to an index that all share.
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

/// What one would really write. The pool's threads are there already, and its tasks split only when a thread is idle.
pub fn rayon(array: &[i64], chunk: usize, pool: &ThreadPool) -> i64 {
    pool.install(|| array.par_chunks(chunk).map(sequential).sum())
}

/// The same, told to make a task of every single chunk.
pub fn rayon_one_by_one(array: &[i64], chunk: usize, pool: &ThreadPool) -> i64 {
    pool.install(|| array.par_chunks(chunk).with_max_len(1).map(sequential).sum())
}

/// Nothing is handed out: the chunks are dealt out beforehand, in turn, like cards. What is left is that neighbours are apart.
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
