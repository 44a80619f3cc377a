//! `--final V`: forces real threads through a schedule with the final value `V`.

use crate::counters::LoadSpinStore;
use crate::sync::{Counter, Outcome};
use common::parameter::{MAX_EXACT, Preset};
use common::schedule::{self, Step, Turn};
use common::timing::Experiment;
use common::{Arguments, Error, Parameter, Report, Row};
use common::{format::integer, timing::Sample};

/// The flag `--final N`.
pub const FINAL: Parameter = Parameter {
    name: "final",
    preset: Preset::Absent,
    limits: (1, MAX_EXACT),
    help: "force real threads through a schedule that ends at exactly N",
};

/// Runs the race so that it ends at `target`.
///
/// # Errors
///
/// [`Error::Usage`] if no schedule ends there.
pub fn drive_to(target: u64, arguments: &Arguments) -> Result<Report, Error> {
    let (threads, increments) = (arguments.threads(), arguments.increments());
    let Some(turns) = schedule::ending_at(threads, increments, target) else {
        let (least, most) = schedule::reachable(threads as u64, increments).into_inner();
        return Err(Error::Usage(format!(
            "--final {target} is reached by no schedule of {threads} x {increments} increments: give a value from {least} \
             to {most}"
        )));
    };

    let series = Experiment::new(arguments.repeat())
        .measured("forced", "load-spin-store, each thread held at a gate until its turn", || {
            let counter = LoadSpinStore::default();
            let timed = Sample::of(|| schedule::drive(&turns, threads, |gap| counter.increment_around(gap)));
            Ok(Sample { value: counter.value(), seconds: timed.seconds, phases: timed.phases, bytes_copied: None })
        })
        .measure()?;

    let all = threads as u64 * increments;
    let outcome = if target == all { Outcome::Exact } else { Outcome::LostUpdates };
    let mut row = Row::counter(&series[0], all, outcome);
    row.forced = true;
    row.nanoseconds_per_increment = None; // most of the time is the gate's
    let mut report = Report { rows: vec![row], ..Report::default() };
    report.note(match threads {
        1 => "Forced: one real thread ran alone:".to_string(),
        _ => {
            format!("Forced: {} real threads took their turns in this order and in no other:", integer(threads as u64))
        }
    });
    for sentence in in_words(&turns) {
        report.note(sentence);
    }
    Ok(report)
}

fn in_words(turns: &[Turn]) -> Vec<String> {
    let mut counter = 0;
    let mut seen = std::collections::BTreeMap::new();
    let mut sentence = |turn: &Turn| {
        let name = turn.thread + 1;
        match turn.step {
            Step::Load => {
                seen.insert(name, counter);
                format!("T{name} loads {}, and holds it", integer(counter))
            }
            Step::Store => {
                let before = std::mem::replace(&mut counter, seen[&name] + 1);
                let lost = before - seen[&name];
                format!("T{name} stores {}: {} lost", integer(counter), updates(lost))
            }
            Step::Increments(count) => {
                counter += count;
                format!("T{name} adds 1, {}: the counter is {}", times(count), integer(counter))
            }
        }
    };
    turns.iter().map(&mut sentence).collect()
}

fn updates(count: u64) -> String {
    if count == 1 { "1 update is".into() } else { format!("{} updates are", integer(count)) }
}

fn times(count: u64) -> String {
    if count == 1 { "once".into() } else { format!("{} times", integer(count)) }
}
