//! Explains the final values of a run in sentences made from them.

use common::format::{integer, percent};
use common::report::Note;
use common::{Arguments, Report, Row, schedule};

/// Explains which updates were lost, which were not, and which could have been.
pub fn explain(report: &mut Report, arguments: &Arguments) {
    let (threads, increments) = (arguments.threads() as u64, arguments.increments());
    if threads == 1 {
        report.note("One thread alone cannot lose an update. Give --threads 2 or more to see the race.");
        return;
    }
    let expected = threads * increments;
    let right = |row: &Row| row.finals.iter().filter(|&&value| value == expected).count();
    for row in report.rows.clone() {
        let (right, runs) = (right(&row), row.finals.len());
        if row.variant == "plain" && right == runs {
            report.note(
                "plain lost nothing in any run, and it is still wrong. Its threads write the same memory, and nothing orders them: \
                 that is a data race, so its behaviour is undefined.",
            );
        } else if row.variant == "load-store" && right > 0 {
            let note = format!("load-store lost nothing in {right} of {runs} runs: a test that runs it once may pass.");
            report.note(Note::from(note).in_full());
        }
    }
    let worst = report.rows.iter().filter_map(|row| Some((row.finals.iter().min()?, row.variant))).min();
    if let Some((&least, variant)) = worst.filter(|(least, _)| **least < expected) {
        let lost = percent((expected - least) as f64 / expected as f64);
        let note = format!("The worst run lost {lost} of the updates: {variant} ended at {}.", integer(least));
        report.note(Note::from(note).in_full());
    }
    let reachable = schedule::reachable(threads, increments);
    let given = ["threads", "increments"].into_iter().filter(|name| arguments.is_given(name));
    let flags: String = given.filter_map(|name| Some(format!("--{name} {} ", arguments.get(name)?))).collect();
    report.note(format!(
        "The smallest possible final value is {}. Some schedule ends at each value from there to {}: try {flags}--final {}.",
        reachable.start(),
        integer(*reachable.end()),
        reachable.start(),
    ));
}
