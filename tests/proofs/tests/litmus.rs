//! Litmus tests: loom, the axioms and the literature must say what they are known to say, of the same programs.

use litmus::Access::{self, Read, Write};
use litmus::Instruction::{self, Fence, Load, Store, Swap};
use litmus::{Model, Outcome, Program, Strength, TESTS, Test, X, Y, allowed};
use proofs::litmus::limitation::Limitation;
use proofs::litmus::{Gap, KNOWN, Row, by_loom, table, to_json, to_text};
use proofs::second::{self, End, Found};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(table)
}

fn row(test: &str, strength: Strength) -> &'static Row {
    rows().iter().find(|row| (row.test.name, row.strength) == (test, strength)).expect("it is in the table")
}

fn test(name: &str) -> &'static Test {
    TESTS.iter().find(|test| test.name == name).expect("it is in the catalogue")
}

fn set(outcomes: &[&[u64]]) -> BTreeSet<Outcome> {
    outcomes.iter().map(|outcome| outcome.to_vec()).collect()
}

/// Every gap of these rows: the test, the strength, what differs, and why.
fn gaps(rows: &[Row]) -> Vec<(&str, Strength, Gap, Option<Limitation>)> {
    let of_row = |row| Row::gaps(row).into_iter().map(move |gap| (row, gap));
    rows.iter()
        .flat_map(of_row)
        .map(|(row, gap)| {
            let why = row.limitation(&gap);
            (row.test.name, row.strength, gap, why)
        })
        .collect()
}

#[test]
fn loom_differs_from_cpp20_exactly_where_it_is_known_to() {
    assert!(rows().iter().all(Row::is_complete));
    let known: Vec<_> = KNOWN
        .iter()
        .map(|known| (known.test, known.strength, (known.gap)(known.outcome.to_vec()), Some(known.limitation)))
        .collect();
    assert_eq!(gaps(rows()), known);
}

#[test]
fn the_axioms_say_of_every_weak_outcome_what_the_literature_says() {
    for row in rows() {
        assert_eq!(row.allowed.contains(row.test.weak), row.verdict, "{} {}", row.test.name, row.strength);
    }
}

#[test]
fn loom_shows_exactly_these_outcomes() {
    use Strength::{AcquireOnly, Fences, Relaxed, ReleaseAcquire, ReleaseOnly, SeqCst, SeqCstFences};
    let all: &[&[u64]] = &[&[0, 0], &[0, 1], &[1, 0], &[1, 1]];
    let without = |weak: &[u64]| all.iter().copied().filter(|outcome| *outcome != weak).collect::<Vec<_>>();
    let finals: &[&[u64]] = &[&[1, 1], &[1, 2], &[2, 1], &[2, 2]];
    for strength in [Relaxed, ReleaseAcquire, SeqCst, Fences] {
        assert_eq!(row("SB", strength).loom.outcomes, set(all), "SB {strength}");
        assert_eq!(row("2+2W", strength).loom.outcomes, set(finals), "2+2W {strength}");
        assert_eq!(row("IRIW", strength).loom.outcomes.len(), 16, "IRIW {strength}");
    }
    assert_eq!(row("SB", SeqCstFences).loom.outcomes, set(&without(&[0, 0])));
    assert_eq!(row("2+2W", SeqCstFences).loom.outcomes, set(&finals[1..]));
    let mut iriw = row("IRIW", Relaxed).loom.outcomes.clone();
    assert!(iriw.remove(&[1, 0, 1, 0][..]));
    assert_eq!(row("IRIW", SeqCstFences).loom.outcomes, iriw);

    for strength in [Relaxed, ReleaseOnly, AcquireOnly] {
        assert_eq!(row("MP", strength).loom.outcomes, set(all), "MP {strength}");
    }
    for strength in [ReleaseAcquire, SeqCst, Fences, SeqCstFences] {
        assert_eq!(row("MP", strength).loom.outcomes, set(&without(&[1, 0])), "MP {strength}");
    }
    for strength in [Relaxed, ReleaseOnly, AcquireOnly, ReleaseAcquire, SeqCst, Fences, SeqCstFences] {
        assert_eq!(row("LB", strength).loom.outcomes, set(&without(&[1, 1])), "LB {strength}");
    }

    assert_eq!(row("CoRR", Relaxed).loom.outcomes, set(&without(&[1, 0])));
    assert_eq!(row("CoWW", Relaxed).loom.outcomes, set(&[&[2]]));
    assert_eq!(row("CoWR", Relaxed).loom.outcomes, set(&[&[1, 1], &[1, 2], &[2, 2]]));
    assert_eq!(row("CoRW", Relaxed).loom.outcomes, set(&[&[0, 1], &[0, 2], &[2, 1]]));
    assert_eq!(row("CoWR+W", Relaxed).loom.outcomes, set(&[&[1, 1], &[1, 3], &[2, 2], &[2, 3], &[3, 3]]));
    assert_eq!(row("CoRR+RW", Relaxed).loom.outcomes, set(&[&[0, 0, 0]]));
    assert_eq!(row("RMW", Relaxed).loom.outcomes, set(&[&[0, 1], &[0, 2], &[1, 2]]));
    assert_eq!(row("MP+RMW", Relaxed).loom.outcomes, set(&[&[0, 0, 1], &[0, 0, 2], &[0, 1, 2], &[1, 1, 2]]));
}

#[test]
fn of_eight_values_the_oldest_is_forgotten_and_of_seven_none() {
    for (name, oldest, newest) in [("MP6", 0, 6), ("MP7", 1, 7)] {
        let row = row(name, Strength::Relaxed);
        let seen_after = |outcomes: &BTreeSet<Outcome>| -> Vec<u64> {
            outcomes.iter().filter(|outcome| outcome[0] == 1).map(|outcome| outcome[1]).collect()
        };
        assert_eq!(seen_after(&row.loom.outcomes), (oldest..=newest).collect::<Vec<_>>(), "{name}");
        assert_eq!(seen_after(&row.allowed), (0..=newest).collect::<Vec<_>>(), "{name}");
    }
}

/// `threads` threads, each of which writes once.
fn writers(threads: u64) -> Program {
    let threads = (1..=threads).map(|value| vec![Store(X, value, Relaxed)]).collect();
    Program { threads, shows_finals: false }
}

#[test]
fn there_is_room_for_five_threads_and_not_for_six() {
    assert_eq!(by_loom(&writers(4)).end, End::Complete);
    let end = by_loom(&writers(5)).end;
    assert!(matches!(&end, End::Panicked(message) if message.contains("self.threads.len() < self.max()")), "{end:?}");
}

#[test]
fn a_weak_compare_exchange_never_fails_without_a_cause() {
    let found = second::explore(100, || {
        let atomic = proofs::sync::atomic::AtomicU64::new(0);
        atomic.compare_exchange_weak(0, 1, Relaxed, Relaxed)
    });
    assert_eq!(found.end, End::Complete);
    assert_eq!(found.outcomes, BTreeSet::from([Ok(0)])); // the standard allows Err(0) too
}

/// Whole sets of outcomes, and not only the weak one.
#[test]
fn the_explorer_finds_exactly_what_rc11_allows() {
    assert_eq!(rows().len(), 40);
    assert!(rows().iter().all(Row::is_exact));
    let mut changed = rows()[0].clone();
    changed.rc11.insert(vec![7, 7]);
    assert!(!changed.is_exact());
}

#[test]
fn rc11_forbids_load_buffering_and_differs_in_nothing_else() {
    for row in rows() {
        let rc11 = allowed(&row.test.program(row.strength), Model::Rc11);
        let mut expected = row.allowed.clone();
        if row.test.name == "LB" {
            expected.remove(row.test.weak);
        }
        assert_eq!(rc11, expected, "{} {}", row.test.name, row.strength);
    }
}

/// The twin of the first proof: an outcome too many or too few is an unknown gap.
#[test]
fn an_outcome_too_many_or_too_few_is_noticed() {
    let sound = row("MP", Strength::ReleaseAcquire);
    let mut loose = sound.clone();
    loose.loom.outcomes.insert(vec![1, 0]);
    assert_eq!(loose.gaps(), [Gap::FalseAlarm(vec![1, 0])]);
    let mut blind = sound.clone();
    blind.loom.outcomes.remove(&[1, 1][..]);
    assert_eq!(blind.gaps(), [Gap::Missed(vec![1, 1])]);
    for broken in [loose, blind] {
        assert_eq!(broken.limitation(&broken.gaps()[0]), None);
        assert!(to_text(std::slice::from_ref(&broken)).contains("(why: not known)"));
        assert_eq!(to_json(&[broken])["tests"][0]["loom"]["gaps"][0]["limitation"], serde_json::Value::Null);
    }
}

/// Both judges look at the orderings: what is not ordered enough is told apart from what is.
#[test]
fn half_an_ordering_is_not_taken_for_a_whole_one() {
    for strength in [Strength::Relaxed, Strength::ReleaseOnly, Strength::AcquireOnly] {
        let program = test("MP").program(strength);
        assert!(by_loom(&program).outcomes.contains(&[1, 0][..]), "{strength}");
        assert!(allowed(&program, Model::Cpp20).contains(&[1, 0][..]), "{strength}");
    }
    let mut program = test("SB").program(Strength::SeqCstFences);
    program.threads[1].remove(1); // a fence in one thread alone
    assert!(by_loom(&program).outcomes.contains(&[0, 0][..]));
    assert!(allowed(&program, Model::Cpp20).contains(&[0, 0][..]));
}

/// Whether loom shows an outcome, and whether C++20 allows it.
fn judges(threads: Vec<Vec<Instruction>>, outcome: &[u64]) -> (bool, bool) {
    let program = Program { threads, shows_finals: false };
    (by_loom(&program).outcomes.contains(outcome), allowed(&program, Model::Cpp20).contains(outcome))
}

#[test]
fn a_release_sequence_goes_on_through_a_swap_and_not_through_a_store() {
    let sender = vec![Store(X, 1, Relaxed), Store(Y, 1, Release)];
    let receiver = vec![Load(Y, Acquire), Load(X, Relaxed)];
    let swap = vec![Swap(Y, 2, Relaxed)];
    assert_eq!(judges(vec![sender.clone(), swap, receiver.clone()], &[1, 2, 0]), (false, false));
    let store = vec![Load(Y, Relaxed), Store(Y, 2, Relaxed)];
    assert_eq!(judges(vec![sender, store, receiver], &[1, 2, 0]), (true, true));
}

/// Store buffering with a fence in one thread and `SeqCst` accesses in the other; and IRIW-acq-sc of Lahav 2017, which C++11
/// forbade and RC11 allows, because Power does it.
#[test]
fn the_axioms_know_fences_beside_accesses_and_what_was_repaired() {
    let fenced = vec![Store(X, 1, Relaxed), Fence(SeqCst), Load(Y, Relaxed)];
    let strong = vec![Store(Y, 1, SeqCst), Load(X, SeqCst)];
    assert_eq!(judges(vec![fenced, strong], &[0, 0]), (true, false));
    let reader = |first, second| vec![Load(first, Acquire), Load(second, SeqCst)];
    let threads = vec![vec![Store(X, 1, SeqCst)], vec![Store(Y, 1, SeqCst)], reader(X, Y), reader(Y, X)];
    assert_eq!(judges(threads, &[1, 0, 1, 0]), (true, true));
}

#[test]
fn an_exploration_that_did_not_end_is_no_agreement() {
    let mut cut = row("CoRR", Strength::Relaxed).clone();
    assert!(to_text(std::slice::from_ref(&cut)).contains("loom: no; agrees with C++20"));
    cut.loom.end = End::ManyExecutions;
    let text = to_text(std::slice::from_ref(&cut));
    assert!(text.contains("loom: not decided") && !text.contains("agrees"), "{text}");
    assert_eq!(to_json(&[cut])["tests"][0]["loom"]["complete"], false);
}

#[test]
fn the_table_names_every_gap_every_limitation_and_every_source() {
    let (text, json) = (to_text(rows()), to_json(rows()));
    assert!(text.lines().all(|line| line.len() <= 80 && line.is_ascii() && line == line.trim_end()));
    assert_eq!(text.matches("false alarm: ").count() + text.matches("missed: ").count(), KNOWN.len());
    for limitation in Limitation::ALL {
        assert!(text.contains(&format!("\n  {}: ", limitation.name())));
    }
    let tests = json["tests"].as_array().expect("a list");
    assert_eq!(tests.len(), rows().len());
    let keys: Vec<_> = json["sources"].as_array().expect("a list").iter().map(|source| &source["key"]).collect();
    assert!(tests.iter().flat_map(|test| test["sources"].as_array().expect("a list")).all(|key| keys.contains(&key)));
}

/// Every program of two threads with two loads or stores each, at five strengths: but for the known gaps loom shows what RC11
/// allows, which has no load buffering, with SeqCst accesses taken for acquire and release.
#[test]
fn of_680_programs_loom_shows_what_rc11_allows_but_for_lost_interleavings_and_one_false_alarm() {
    let (mut programs, mut missed, mut alarms) = (0, 0, Vec::new());
    for (first, second) in (0..16).flat_map(|first| (first..16).map(move |second| (first, second))) {
        let shape = [accesses(first, 1), accesses(second, 3)];
        for strength in
            [Strength::Relaxed, Strength::ReleaseAcquire, Strength::SeqCst, Strength::Fences, Strength::SeqCstFences]
        {
            let judged = if strength == Strength::SeqCst { Strength::ReleaseAcquire } else { strength };
            let expected = allowed(&judged.program(&shape, true), Model::Rc11);
            let Found { outcomes: shown, end, .. } = by_loom(&strength.program(&shape, true));
            assert_eq!(end, End::Complete);
            programs += 1;
            missed += usize::from(!expected.is_subset(&shown));
            alarms.extend(shown.difference(&expected).cloned());
        }
    }
    assert_eq!((programs, missed), (680, 65));
    assert_eq!(alarms, vec![vec![3, 3]; 8]); // as in CoWR+W
}

/// Two accesses; each store writes a different value.
fn accesses(code: u64, value: u64) -> Vec<Access> {
    let access = |code, value| [Read(X), Read(Y), Write(X, value), Write(Y, value)][code as usize];
    vec![access(code % 4, value), access(code / 4, value + 1)]
}
