//! Explains the figures of a run in sentences made from them.

use common::format::{ratio, seconds};
use common::report::{Note, Quantity, Unit};
use common::{Figure, Report, counting, machine::Machine, timing::Series};

/// Adds what sharing costs two threads on two CPUs, as ratios. On one CPU the threads do not run at the same time, so the ratios are
/// missing.
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
        quantity("independence_ratio", "padded on 2 CPUs over fetch-add on 1", times_as_long(padded, alone)),
    ];
}

/// Two CPUs that share nothing take as long as one alone. Two hardware threads of one core take longer than this many times as long.
const INDEPENDENT: f64 = 1.4;

/// Explains what repaired the counter, and what sharing an integer or a cache line costs, if the runs of the pair agree.
pub fn explain(report: &mut Report, pair: &[Series<u64>], threads: usize, increments: u64) {
    let exact: Vec<_> = report.rows.iter().filter(|row| row.correct == Some(true)).map(|row| row.variant).collect();
    if !exact.is_empty() {
        report.note(Note::from(format!("No run lost an update with {}.", exact.join(", "))).in_full());
    }
    let agree = !pair.iter().any(Series::is_noisy);
    let quantity = |name| report.figure(Figure::Quantity(name)).filter(|_| agree).map(|figure| figure.median);
    let own = quantity("independence_ratio");
    let (contention, false_sharing) = (quantity("contention_ratio"), quantity("false_sharing_ratio"));
    if own.is_some_and(|own| own > INDEPENDENT) {
        report.note(Note::on_time(
            format!(
                "Two CPUs that share nothing take {} as long as one alone. They are probably two hardware threads of one core, or \
                 something else runs on them, so this run cannot tell what sharing costs.",
                ratio(own.unwrap_or_default())
            ),
            &[],
        ));
    } else if let (Some(contention), Some(false_sharing)) = (contention, false_sharing) {
        if contention > 1.0 {
            report.note(Note::on_time(
                format!(
                    "Per increment, two CPUs that share an integer take {} as long as one CPU (0.50x without contention): the cache line \
                     travels between them.",
                    ratio(contention)
                ),
                &[],
            ));
        }
        if false_sharing > 1.2 {
            report.note(Note::on_time(
                format!("False sharing: adjacent takes {} as long as padded.", ratio(false_sharing)),
                &[],
            ));
        }
    }
    let time = |variant| report.figure(Figure::IncrementTime(variant));
    if let (Some(shared), Some(local)) = (time("fetch-add"), time("local-then-add"))
        && threads > 1
        && increments >= counting::TELLING
        && local.max < shared.min
    {
        let note = Note::on_time(
            format!(
                "{threads} threads that share an integer take {} per increment, and {} if each adds only once, at its end.",
                seconds(shared.median * 1e-9),
                seconds(local.median * 1e-9),
            ),
            &["fetch-add", "local-then-add"],
        );
        report.note(note.in_full());
    }
}
