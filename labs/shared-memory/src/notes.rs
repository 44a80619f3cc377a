//! Explains the figures in sentences that are made from them.

use crate::crew::Crew;
use common::format::{bytes, integer, percent, ratio, seconds};
use common::report::Note;
use common::shared_memory::SharedMemory;
use common::{Figure, Report, Row, machine::Machine};

/// Explains where the time of the processes went, and what a second request saves.
pub fn on_time(report: &mut Report, size: usize, workers: usize) {
    let row = |variant| report.row(variant).cloned().unwrap_or_default();
    let median = |row: &Row| row.seconds.map_or(0.0, |seconds| seconds.median);
    let (sequential, cold, warm) = (row("sequential"), row("process-shared"), row("process-shared-warm"));
    let phase = |name| cold.phase(name).unwrap_or(0.0);
    let all: f64 = cold.phases.iter().map(|phase| phase.1).sum();
    let share = |name| percent(phase(name) / all);
    let cpus = Machine::detect().effective_cpus();

    report.note(Note::on_time(
        format!(
            "Nothing is copied to the workers. process-shared takes {} and one core {}. Of the median run {} is the start of the \
             processes, {} page faults, {} the additions, {} the answers and the end of the processes.",
            seconds(median(&cold)),
            seconds(median(&sequential)),
            share("start"),
            share("page_faults"),
            share("compute"),
            share("collect"),
        ),
        &["sequential", "process-shared"],
    ));
    if cold.page_faults.is_none() {
        report.note(Note::from("This system does not say how many page faults a process takes.").in_full());
    }
    // Fewer than 100 faults are those of the program itself.
    if let Some(faults) = cold.page_faults.filter(|&faults| faults >= 100) {
        // With more workers than CPUs, the elapsed time of a worker contains that of others.
        let each = (workers <= cpus && phase("page_faults") > 0.0)
            .then(|| format!(", about {} each", seconds(phase("page_faults") * workers as f64 / faults as f64)));
        let note = format!(
            "Each process builds its own page table as it touches the memory: {} page faults, one for each {}{}. When \
             it ends, the table is taken down again: the end takes {}. Asked a second time, the same processes take {} faults \
             and {} in all.",
            integer(faults),
            bytes(size as u128 * 8 / u128::from(faults)),
            each.unwrap_or_default(),
            seconds(report.figure(Figure::Quantity("end_seconds")).map_or(0.0, |end| end.median)),
            warm.page_faults.map_or("none".into(), integer),
            seconds(median(&warm)),
        );
        report.note(Note::on_time(note, &["process-shared", "process-shared-warm"]).in_full());
    }
    let speedup = |variant| report.figure(Figure::Speedup(variant)).map(|summary| summary.median);
    if let (Some(warm), Some(threads)) = (speedup("process-shared-warm"), speedup("thread-borrow"))
        && cpus > 1
    {
        report.note(Note::on_time(
            format!(
                "Once they have their page tables, the same processes reach {}. Threads, which need none of that, reach {}.",
                ratio(warm),
                ratio(threads)
            ),
            &["sequential", "process-shared-warm", "thread-borrow"],
        ));
    }
    if let Some(fill) = report.figure(Figure::Quantity("fill_seconds")) {
        let note = format!(
            "Copying the array into shared memory took {}. No time above contains it, and the lecture's program does not time it either.",
            seconds(fill.median),
        );
        report.note(Note::on_time(note, &[]).in_full());
    }
}

/// Explains that the processes map the same memory at different addresses.
pub fn on_addresses(report: &mut Report, memory: &SharedMemory, array: &[i64], crew: &Crew) {
    let seen = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let mine = (memory.address(), seen(&array[..array.len().min(4)]));
    let theirs: Vec<_> = crew.answers.iter().map(|answer| (answer.address, seen(&answer.first))).collect();
    let places =
        theirs.iter().take(2).zip(1..).map(|((address, _), number)| format!("worker {number} at {address:#x}"));
    let places = places.collect::<Vec<_>>().join(", ");
    let same_bytes = theirs.iter().all(|(_, first)| *first == mine.1);
    let same_address = theirs.iter().any(|(address, _)| *address == mine.0);
    let note = format!(
        "The lab sees the array at {:#x}, {places}. {} {} there: {}.",
        mine.0,
        if same_bytes { "All of them read" } else { "The lab, but not every worker, reads" },
        mine.1,
        if same_address { "one memory" } else { "other addresses, the same memory" },
    );
    report.note(Note::from(note).in_full());
}
