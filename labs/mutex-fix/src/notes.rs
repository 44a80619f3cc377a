//! What the figures of a run show, in sentences made from them.

use common::format::{integer, seconds};
use common::report::{Quantity, Unit};
use common::{Report, Row, counting, machine::Machine, timing::Series};

/// What an increment costs without a lock, and with one that nobody else wants.
pub fn costs(report: &mut Report, costs: &[Series<u64>]) {
    let [no_lock, locked] = costs else { return };
    let quantity =
        |name, label: &str, value, unit| Quantity { name, label: label.into(), value, predicted: None, unit };
    let without = no_lock.seconds().median / no_lock.samples[0].value as f64;
    let ratio = no_lock.speedup_over(locked).map(|ratio| ratio.median);
    report.quantities = vec![
        quantity("increment_without_lock", "an increment by one thread, without a lock", Some(without), Unit::Seconds),
        quantity("uncontended_lock_ratio", "the same through std-mutex, over that", ratio, Unit::Ratio),
    ];
}

/// What repaired the counter, what did not, and what waiting for a lock costs `threads` threads.
pub fn explain(report: &mut Report, threads: usize, increments: u64) {
    let mut notes = Vec::new();
    let sound: Vec<_> = report.rows.iter().filter(|row| row.correct == Some(true)).map(|row| row.variant).collect();
    if !sound.is_empty() {
        notes.push(format!("Kept every update, with any number of threads: {}.", sound.join(", ")));
    }
    if let Some(lost) = report.row("locked-twice").and_then(Row::lost).filter(|lost| lost.median > 0.0) {
        notes.push(format!(
            "locked-twice takes the lock for every access, and {threads} threads lost {} updates all the same: between its two \
             locks another thread reads the same old number. Hold the lock around the read, the addition and the write.",
            integer(lost.median as i64),
        ));
    }
    let sweep = report.row("std-mutex").and_then(|row| row.sweep.as_ref());
    let time =
        |threads: usize| sweep?.points.iter().find(|point| point.at == threads as u64)?.nanoseconds_per_increment;
    let cpus = Machine::detect().effective_cpus();
    if let (Some(one), Some(many)) = (time(1), time(threads))
        && many.median > one.median
        && increments >= counting::TELLING
        && cpus > 1
    {
        let time = |nanoseconds: f64| seconds(nanoseconds * 1e-9);
        notes.push(format!(
            "Through std-mutex one thread needs {} for an increment. {threads} threads on {cpus} CPUs that did not disturb each \
             other would need {}; they need {}, since one works and the others wait. One lock around everything, as the GIL \
             is, does that to a whole program.",
            time(one.median),
            time(one.median / threads.min(cpus) as f64),
            time(many.median),
        ));
    }
    report.notes = notes;
}
