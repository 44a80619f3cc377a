//! Explains the figures of a run in sentences made from them.

use common::format::{integer, ratio, seconds};
use common::report::{Note, Quantity, Unit};
use common::{Figure, Report, Row, counting, machine::Machine, timing::Series};

/// Explains what an increment costs without a lock, and with an uncontended lock.
pub fn costs(report: &mut Report, costs: &[Series<u64>]) {
    let [no_lock, locked] = costs else { return };
    let quantity =
        |name, label: &str, value, unit| Quantity { name, label: label.into(), value, predicted: None, unit };
    let without = no_lock.seconds().median / no_lock.samples[0].value as f64;
    let ratio = no_lock.speedup_over(locked).map(|ratio| ratio.median);
    report.quantities = vec![
        quantity("increment_without_lock", "an increment by one thread, in a register", Some(without), Unit::Seconds),
        quantity("uncontended_lock_ratio", "the same through std-mutex, over that", ratio, Unit::Ratio),
    ];
}

/// Explains what repaired the counter, what did not, and what waiting for a lock costs.
pub fn explain(report: &mut Report, threads: usize, increments: u64) {
    let exact: Vec<_> = report.rows.iter().filter(|row| row.correct == Some(true)).map(|row| row.variant).collect();
    if !exact.is_empty() {
        report.note(Note::from(format!("No run lost an update with {}.", exact.join(", "))).in_full());
    }
    if let Some(lost) = report.row("locked-twice").and_then(Row::lost).filter(|_| threads > 1) {
        let lost = match lost.max {
            0.0 => "lost nothing in these runs, and it is still wrong".to_string(),
            _ => format!("lost up to {} of {} updates", integer(lost.max as i64), integer(threads as u64 * increments)),
        };
        report.note(format!(
            "locked-twice takes the lock for every access, and it {lost}. Between its two locks another thread can read the same old \
             value. Hold the lock around the whole read, addition and write.",
        ));
    }
    let sweep = report.row("std-mutex").and_then(|row| row.sweep.as_ref());
    let time = |threads: usize| {
        let point = sweep?.points.iter().find(|point| point.at == threads as u64)?;
        point.nanoseconds_per_increment.map(|time| time.median * 1e-9)
    };
    let cpus = Machine::detect().effective_cpus();
    if let (Some(one), Some(many)) = (time(1), time(threads))
        && many > one
        && threads > 1
        && increments >= counting::TELLING
        && cpus > 1
    {
        let note = format!(
            "Through std-mutex, 1 thread takes {} per increment. {threads} threads together take {}: only the thread that holds the \
             lock makes progress.",
            seconds(one),
            seconds(many),
        );
        report.note(Note::on_time(note, &["std-mutex"]));
    }
    let ratio_of = report.figure(Figure::Quantity("uncontended_lock_ratio"));
    if let Some(found) = ratio_of {
        report.note(
            Note::on_time(
                format!(
                    "An increment through a lock that no other thread wants takes {} as long as one in a register.",
                    ratio(found.median)
                ),
                &["std-mutex"],
            )
            .in_full(),
        );
    }
}
