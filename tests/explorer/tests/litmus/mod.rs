//! Litmus tests: whole sets of outcomes, against the axioms of RC11.

mod enumeration;
mod random;
mod three_locations;

use explorer::{Memory, Verdict, explore};
use litmus::{Model, Outcome, Program, Strength, TESTS, Test, allowed};
use model::litmus::outcomes;
use std::collections::{BTreeMap, BTreeSet};

/// Each test at each of its strengths.
pub fn rows() -> Vec<(&'static Test, Strength, Program)> {
    let row =
        |test: &'static Test| test.verdicts.iter().map(move |&(strength, _)| (test, strength, test.program(strength)));
    TESTS.iter().flat_map(row).collect()
}

/// The tests whose weak outcome is seen at any strength.
fn seen_under(memory: Memory) -> BTreeSet<&'static str> {
    rows()
        .into_iter()
        .filter(|(test, _, program)| outcomes(program, memory).contains(test.weak))
        .map(|row| row.0.name)
        .collect()
}

#[test]
fn all_outcome_sets_of_the_catalogue_are_those_of_rc11() {
    let rows = rows();
    assert_eq!(rows.len(), 40);
    for (test, strength, program) in &rows {
        assert_eq!(outcomes(program, Memory::Cpp20), allowed(program, Model::Rc11), "{} {strength}", test.name);
    }
}

#[test]
fn cpp20_allows_more_only_where_loads_are_buffered() {
    let differs = |(_, _, program): &&(&Test, Strength, Program)| {
        outcomes(program, Memory::Cpp20) != allowed(program, Model::Cpp20)
    };
    let rows = rows();
    let different: Vec<_> = rows.iter().filter(differs).map(|(test, strength, _)| (test.name, *strength)).collect();
    let expected = [Strength::Relaxed, Strength::ReleaseOnly, Strength::AcquireOnly].map(|strength| ("LB", strength));
    assert_eq!(different, expected);
}

#[test]
fn each_memory_allows_what_a_stronger_one_allows() {
    for (test, strength, program) in rows() {
        let [one, two, three] = Memory::ALL.map(|memory| outcomes(&program, memory));
        assert!(one.is_subset(&two) && two.is_subset(&three), "{} {strength}", test.name);
    }
}

#[test]
fn store_buffers_show_store_buffering_alone() {
    // CoRR+RW is about an interleaving, which every memory must show.
    assert_eq!(seen_under(Memory::Interleaved), BTreeSet::from(["CoRR+RW"]));
    assert_eq!(seen_under(Memory::StoreBuffers), BTreeSet::from(["CoRR+RW", "SB"]));
}

#[test]
fn a_fence_on_x86_drains_the_buffer() {
    let weak = |strength| {
        let test = TESTS.iter().find(|test| test.name == "SB").expect("it is in the catalogue");
        outcomes(&test.program(strength), Memory::StoreBuffers).contains(test.weak)
    };
    let strengths =
        [Strength::Relaxed, Strength::ReleaseAcquire, Strength::Fences, Strength::SeqCst, Strength::SeqCstFences];
    assert_eq!(strengths.map(weak), [true, true, true, false, false]);
}

#[test]
fn no_litmus_test_has_a_problem() {
    for (test, strength, program) in rows() {
        for memory in Memory::ALL {
            let report = explore(&model::litmus::program(&program), memory);
            assert_eq!(report.verdict(), Verdict::NothingFound, "{} {strength} {memory:?}", test.name);
        }
    }
}

#[test]
fn interleavings_are_those_of_brute_force_with_their_numbers() {
    for (test, strength, program) in rows() {
        assert_eq!(counted(&program), enumeration::interleavings(&program), "{} {strength}", test.name);
    }
}

/// Every outcome under one memory, with the number of its schedules.
fn counted(program: &Program) -> BTreeMap<Outcome, u128> {
    let report = explore(&model::litmus::program(program), Memory::Interleaved);
    let count = |(values, outcome): (Outcome, explorer::Outcome)| (values, outcome.schedules.expect("no thread waits"));
    report.outcomes.into_iter().map(count).collect()
}

/// The twin: the comparison notices an outcome too many and one too few.
#[test]
fn a_changed_outcome_set_is_noticed() {
    let (_, _, program) = &rows()[0];
    let mut expected: BTreeSet<Outcome> = allowed(program, Model::Rc11);
    let seen = outcomes(program, Memory::Cpp20);
    assert_ne!(outcomes(program, Memory::Interleaved), expected);
    expected.insert(vec![7, 7]);
    assert_ne!(seen, expected);
}
