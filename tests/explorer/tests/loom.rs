//! The labs' counters, judged by loom and by the explorer. loom is an independent judge: it shares no code with this crate.

use crate::labs::{SIZES, run};
use explorer::{Memory, Report};
use model::counting::Size;
use model::exploration::Limits;
use model::subjects;
use model::verdict::{self, Judgement, Verdict};
use std::collections::BTreeSet;
use std::io::{self, Write as _};

/// Returns how the two judges differ on a counter.
fn differences(loom: &Judgement, report: &Report) -> Vec<String> {
    let mut differences = Vec::new();
    let races = (loom.verdict == Verdict::DataRace, report.race().is_some());
    if races.0 != races.1 {
        differences.push(format!("a data race: {} for loom, {} for the explorer", races.0, races.1));
    }
    let finals: BTreeSet<u64> = report.outcomes.keys().map(|outcome| outcome[0]).collect();
    // Neither follows an execution beyond a data race, so there the final values say nothing.
    if races == (false, false) && loom.finals != finals {
        differences.push(format!("final values: {:?} for loom, {finals:?} for the explorer", loom.finals));
    }
    differences
}

#[test]
fn loom_and_the_explorer_agree_on_every_counter() {
    let sizes = if workspace::thorough() { &SIZES[..] } else { &SIZES[..2] };
    if sizes.len() < SIZES.len() {
        let _ = writeln!(io::stderr(), "SAMPLED {} of {} sizes: loom beside the explorer", sizes.len(), SIZES.len());
    }
    for subject in subjects::all() {
        for &[threads, increments] in sizes {
            let size = Size::new(threads as usize, increments);
            let loom = verdict::judge(subject, size, &Limits::default());
            let found = differences(&loom, &run(subject.variant, [threads, increments], Memory::Cpp20));
            assert_eq!(found, [""; 0], "{} {threads}x{increments}", subject.variant);
        }
    }
}

/// The twin: the judges look at different counters.
#[test]
fn different_counters_are_noticed() {
    let loom = |variant| verdict::judge(subjects::of(variant).unwrap(), Size::new(2, 1), &Limits::default());
    for (one, other) in [("load-store", "fetch-add"), ("fetch-add", "load-store"), ("plain", "fetch-add")] {
        assert_eq!(differences(&loom(one), &run(other, [2, 1], Memory::Cpp20)).len(), 1, "{one} and {other}");
    }
}
