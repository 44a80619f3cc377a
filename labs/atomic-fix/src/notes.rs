//! What the figures of a run show, in sentences made from them.

use common::format::{ratio, seconds};
use common::report::{Quantity, Unit};
use common::{Figure, Report, counting, machine::Machine, timing::Series};

/// What two threads on two CPUs cost each other; on one CPU they cannot meet, and nothing is said.
pub fn costs(report: &mut Report, pair: &[Series<u64>]) {
    let [alone, shared, adjacent, padded] = pair else { return };
    let times_as_long = |own: &Series<u64>, base: &Series<u64>| {
        let ratio = base.speedup_over(own)?.median;
        (Machine::detect().effective_cpus() > 1).then_some(ratio)
    };
    let quantity = |name, label: &str, value| Quantity {
        name,
        label: format!("{label}: time of an increment"),
        value,
        predicted: None,
        unit: Unit::Ratio,
    };
    report.quantities = vec![
        // Two threads do twice the increments.
        quantity("contention_ratio", "fetch-add, 2 CPUs over 1", times_as_long(shared, alone).map(|ratio| ratio / 2.0)),
        quantity("false_sharing_ratio", "2 CPUs, adjacent over padded", times_as_long(adjacent, padded)),
        quantity("padding_gain", "2 CPUs, fetch-add over padded", times_as_long(shared, padded)),
    ];
}

/// What repaired the counter, and what sharing an integer or a cache line costs.
pub fn explain(report: &mut Report, threads: usize, increments: u64) {
    let mut notes = Vec::new();
    let sound: Vec<_> = report.rows.iter().filter(|row| row.correct == Some(true)).map(|row| row.variant).collect();
    if !sound.is_empty() {
        notes.push(format!("Kept every update without a lock, with any number of threads: {}.", sound.join(", ")));
    }
    let quantity = |name| report.figure(Figure::Quantity(name)).map(|figure| figure.median);
    if let Some(contention) = quantity("contention_ratio").filter(|&contention| contention > 1.0) {
        notes.push(format!(
            "Two CPUs that add to one integer need {} as long for each increment as one CPU alone, in place of 0.50x: the \
             cache line with the integer travels between them, and one waits while the other has it.",
            ratio(contention)
        ));
    }
    if let Some(false_sharing) = quantity("false_sharing_ratio").filter(|&false_sharing| false_sharing > 1.0) {
        notes.push(format!(
            "adjacent shares no integer, only a cache line, and takes {} as long as padded: false sharing.",
            ratio(false_sharing)
        ));
    }
    let time = |variant| report.figure(Figure::IncrementTime(variant));
    if let (Some(shared), Some(local)) = (time("fetch-add"), time("local-then-add"))
        && threads > 1
        && increments >= counting::TELLING
        && local.max < shared.min
    {
        notes.push(format!(
            "{threads} threads that share an integer need {} for an increment, and {} if each adds only once, in the end: the \
             cheapest sharing is none.",
            seconds(shared.median * 1e-9),
            seconds(local.median * 1e-9),
        ));
    }
    report.notes = notes;
}
