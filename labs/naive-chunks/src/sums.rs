//! The same sum in four ways, which differ only in how a worker gets its chunk.

use common::timing::{Sample, Stopwatch};
use common::workers::{self, Workers};
use common::{Error, partition, pin::Pin};
use std::thread;

/// One loop on one core: the baseline.
pub fn sequential(array: &[i64]) -> i64 {
    array.iter().sum()
}

/// The lecture's program: one worker process per chunk, and each chunk is written to its worker through a pipe.
pub fn process_pool(array: &[i64], count: usize, pin: &Pin) -> Result<Sample<i64>, Error> {
    let mut watch = Stopwatch::new();
    let chunks: Vec<&[i64]> = partition::even(array.len(), count).map(|range| &array[range]).collect();
    let mut workers = Workers::start(count, |index| vec![chunks[index].len().to_string(), workers::cpu(pin, index)])?;
    watch.lap("start");
    for (index, chunk) in chunks.iter().enumerate() {
        workers.send(index, workers::bytes_of(chunk))?;
    }
    watch.lap("copy");
    let partial_sums = workers.answers()?;
    watch.lap("compute");
    let sum = partial_sums.iter().map(|answer| answer[0]).sum();
    workers.finish()?;
    watch.lap("collect");
    Ok(Sample { bytes_copied: Some(size_of_val(array) as u64), ..watch.finish(sum) })
}

/// The worker's side of [`process_pool`]: reads its chunk from standard input and writes its sum to standard output.
pub fn pool_worker(arguments: &[String]) -> Result<(), Error> {
    let mut chunk = vec![0; workers::argument(arguments, 0)?];
    workers::bind(arguments, 1);
    workers::receive(&mut chunk)?;
    workers::answer(&[sequential(&chunk)])
}

/// Threads instead of processes, each with its own copy of its chunk.
pub fn thread_copy(array: &[i64], threads: usize, pin: &Pin) -> Sample<i64> {
    let mut watch = Stopwatch::new();
    let copies: Vec<Vec<i64>> = partition::even(array.len(), threads).map(|range| array[range].to_vec()).collect();
    watch.lap("copy");
    let handles: Vec<_> = (copies.into_iter().zip(0..))
        .map(|(chunk, index)| {
            let pin = pin.clone();
            thread::spawn(move || {
                pin.worker(index);
                sequential(&chunk)
            })
        })
        .collect();
    watch.lap("start");
    let partial_sums: Vec<i64> = handles.into_iter().map(|handle| handle.join().expect("a sum never panics")).collect();
    watch.lap("compute");
    let sum = partial_sums.iter().sum();
    watch.lap("collect");
    Sample { bytes_copied: Some(size_of_val(array) as u64), ..watch.finish(sum) }
}

/// Threads that borrow their chunk, so nothing is copied. The scope guarantees that they end before the array does.
pub fn thread_borrow(array: &[i64], threads: usize, pin: &Pin) -> Sample<i64> {
    let mut watch = Stopwatch::new();
    let sum = thread::scope(|scope| {
        let chunks = partition::even(array.len(), threads).map(|range| &array[range]);
        let handles: Vec<_> = (chunks.zip(0..))
            .map(|(chunk, index)| {
                scope.spawn(move || {
                    pin.worker(index);
                    sequential(chunk)
                })
            })
            .collect();
        watch.lap("start");
        let partial_sums: Vec<i64> =
            handles.into_iter().map(|handle| handle.join().expect("a sum never panics")).collect();
        watch.lap("compute");
        partial_sums.iter().sum()
    });
    watch.lap("collect");
    Sample { bytes_copied: Some(0), ..watch.finish(sum) }
}
