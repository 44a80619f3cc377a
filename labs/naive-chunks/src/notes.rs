//! Explains the figures in sentences that are made from them.

use crate::sums;
use common::format::{integer, percent, ratio};
use common::report::Note;
use common::{Figure, Report, machine::Machine, partition};

/// Explains where the time went, what copying costs compared with borrowing, what another loop gains, and what the
/// lecture's cut drops.
pub fn explain(report: &mut Report, array: &[i64], workers: usize, threads: usize) {
    let mut notes: Vec<Note> = Vec::new();
    let share = |variant, phase| {
        let row = report.row(variant)?;
        Some(row.phase(phase)? / row.phases.iter().map(|phase| phase.1).sum::<f64>())
    };
    let speedup = |variant| report.figure(Figure::Speedup(variant));
    let (start, copy) = (share("process-pool", "start"), share("process-pool", "copy"));
    let slowest = if copy > start {
        ("copying the chunks through pipes", copy)
    } else {
        ("starting its worker processes", start)
    };
    notes.push(Note::on_time(
        format!("process-pool spends {} of its time on {}.", percent(slowest.1.unwrap_or(0.0)), slowest.0),
        &["process-pool"],
    ));
    if let (Some(copying), Some(borrowing)) = (speedup("thread-copy"), speedup("thread-borrow"))
        && share("thread-copy", "copy") > Some(0.5)
        && borrowing.min > copying.max
        && borrowing.median > 0.9
    {
        notes.push(Note::on_time(
            format!(
                "Threads that copy reach {}, and threads that borrow {}: the copy makes it slow, not the threads.",
                ratio(copying.median),
                ratio(borrowing.median)
            ),
            &["thread-copy", "thread-borrow"],
        ));
    }
    if let (Some(alone), Some(together)) = (speedup("streams"), speedup("streams-threads")) {
        let several = threads > 1 && Machine::detect().effective_cpus() > 1;
        let in_threads = if several { format!(", and {} in threads", ratio(together.median)) } else { String::new() };
        notes.push(
            Note::on_time(
                format!(
                    "Four independent streams, read by one core, reach {} ({} to {}){in_threads}.",
                    ratio(alone.median),
                    ratio(alone.min),
                    ratio(alone.max),
                ),
                &["streams", "streams-threads"],
            )
            .in_full(),
        );
    }
    // The next number of workers that does not divide the array evenly: 32 happens to divide the lecture's.
    let workers = (workers..).find(|workers| !array.len().is_multiple_of(*workers)).unwrap_or(workers);
    let kept: i64 = partition::floor(array.len(), workers).flat_map(|range| &array[range]).sum();
    let dropped = array.len() % workers;
    notes.push(Note::from(format!(
        "The lecture's N // num_procs gives each of {workers} workers {} and drops the last {}: the sum would be {}, not {}. \
         The partition here drops nothing.",
        elements(array.len() / workers),
        if dropped == 1 { "one".into() } else { integer(dropped as i64) },
        integer(kept),
        integer(sums::sequential(array)),
    )).in_full());
    report.notes.extend(notes);
}

fn elements(count: usize) -> String {
    if count == 1 { "1 element".into() } else { format!("{} elements", integer(count as i64)) }
}
