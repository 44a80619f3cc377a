//! The same sum over one array in shared memory: on one core, in processes that map the array, and in threads that borrow it.

use crate::crew::{Answer, Crew};
use common::shared_memory::SharedMemory;
use common::timing::{Sample, Stopwatch};
use common::usage::Usage;
use common::workers::{self, Workers};
use common::{Error, machine, partition, pin::Pin};
use std::{hint::black_box, thread};

/// One loop on one core: the baseline.
pub fn sequential(array: &[i64]) -> i64 {
    array.iter().sum()
}

/// The lecture's program: starts worker processes; each maps the memory and sums its range. Before they end, it asks them for a
/// second sum, the warm one.
pub fn process_shared(memory: &SharedMemory, size: usize, count: usize, pin: &Pin) -> Result<Crew, Error> {
    let mut watch = Stopwatch::new();
    let ranges: Vec<_> = partition::even(size, count).collect();
    let mut workers = Workers::start(count, |index| {
        let (start, end) = (ranges[index].start, ranges[index].end);
        vec![memory.path().into(), start.to_string(), end.to_string(), workers::cpu(pin, index)]
    })?;
    workers.answers()?; // all workers have mapped the memory, and none has touched it yet
    watch.lap("start");
    let cold = ask(&mut workers)?;
    watch.lap("cold");
    let warm = ask(&mut workers)?;
    watch.lap("warm");
    workers.finish()?;
    watch.lap("end");
    Ok(Crew::of(cold, warm, &watch.finish(())))
}

fn ask(workers: &mut Workers) -> Result<Vec<Answer>, Error> {
    workers.send_all(b"sum\n")?;
    Ok(workers.answers()?.into_iter().map(Answer::from).collect())
}

/// The worker's side of [`process_shared`].
pub fn worker(arguments: &[String]) -> Result<(), Error> {
    let memory = SharedMemory::open(&workers::argument::<String>(arguments, 0)?)?;
    let (start, end) = (workers::argument(arguments, 1)?, workers::argument(arguments, 2)?);
    workers::bind(arguments, 3);
    // SAFETY: the lab filled the memory before it started this process, and no process writes to it any more.
    let array = unsafe { memory.integers() };
    let requests = workers::requests();
    workers::answer(&[])?;
    for _request in requests {
        let (faults_before, before) = (machine::page_faults(), Usage::now());
        let sample = Sample::of(|| sequential(black_box(&array[start..end])));
        let usage = Usage::now().zip(before).map(|(after, before)| after - before).unwrap_or_default();
        let faults = machine::page_faults().zip(faults_before).map(|(after, before)| after - before);
        workers::answer(&Answer::new(&sample, usage.system_seconds, faults, &memory, array).into_numbers())?;
    }
    Ok(())
}

/// Threads of this process that borrow their range. They already see the array.
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
