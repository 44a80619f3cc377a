//! What the figures show, in sentences that are made from them.

use crate::sums;
use common::format::{integer, percent, ratio};
use common::{Figure, Report, machine::Machine, partition};

/// Where the time went, what copying costs beside borrowing, what another loop gains, and what the lecture's cut drops.
pub fn explain(report: &mut Report, array: &[i64], workers: usize, threads: usize) {
    let share =
        |variant, phase| Some(report.row(variant)?.phase(phase)? / report.figure(Figure::Seconds(variant))?.median);
    let speedup = |variant| report.figure(Figure::Speedup(variant));
    let (start, copy) = (share("process-pool", "start"), share("process-pool", "copy"));
    let slowest =
        if copy > start { ("copying the chunks through pipes", copy) } else { ("starting the workers", start) };
    let mut notes = vec![format!(
        "process-pool spends {} of its time {}; the additions are the same as in sequential.",
        percent(slowest.1.unwrap_or(0.0)),
        slowest.0
    )];
    if let (Some(copying), Some(borrowing)) = (speedup("thread-copy"), speedup("thread-borrow"))
        && share("thread-copy", "copy") > Some(0.5)
        && borrowing.min > copying.max
        && borrowing.median > 0.9
    {
        notes.push(format!(
            "Threads that copy reach {}, threads that borrow {}: the copy is what made it slow, not the threads.",
            ratio(copying.median),
            ratio(borrowing.median)
        ));
    }
    if let (Some(alone), Some(together)) = (speedup("streams"), speedup("streams-threads")) {
        let several = threads > 1 && Machine::detect().effective_cpus() > 1;
        let in_threads = if several { format!(", and {} in threads", ratio(together.median)) } else { String::new() };
        notes.push(format!(
            "A loop that reads four places in step reaches {} ({} to {}) on one core{in_threads}. It copies nothing.",
            ratio(alone.median),
            ratio(alone.min),
            ratio(alone.max),
        ));
    }
    // The next number of workers that does not divide the array evenly: 32 happens to divide the lecture's.
    let workers = (workers..).find(|workers| !array.len().is_multiple_of(*workers)).unwrap_or(workers);
    let kept: i64 = partition::floor(array.len(), workers).flat_map(|range| &array[range]).sum();
    notes.push(format!(
        "The lecture's N // num_procs gives each of {workers} workers {} elements and drops the last {}: the sum would be {} \
         in place of {}. The partition used here keeps the tail.",
        integer((array.len() / workers) as i64),
        array.len() % workers,
        integer(kept),
        integer(sums::sequential(array)),
    ));
    report.notes = notes;
}
