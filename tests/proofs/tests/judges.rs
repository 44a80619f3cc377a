//! loom proves which counters can lose updates, and agrees with the explorer except where its gaps are known.

use model::size::Size;
use model::subjects::{self, Subject};
use model::sync::Outcome;
use model::table;
use proofs::comparison::{Difference, compare, limitation};
use proofs::litmus::limitation::Limitation;
use proofs::second::{self, End, LOOM};
use std::collections::BTreeSet;
use std::io::{self, Write as _};

const TWO_BY_ONE: Size = Size::new(2, 1);
const TWO_BY_TWO: Size = Size::new(2, 2);

/// Explores a counter with loom alone, to the end.
fn by_loom(subject: &Subject, size: Size) -> (BTreeSet<u64>, End) {
    let execute = second::of(subject.variant).expect("both doors have the same counters");
    let found = second::explore(1_000_000, move || execute(size));
    (found.outcomes, found.end)
}

fn declared(outcome: Outcome) -> Vec<&'static Subject> {
    subjects::all().iter().filter(|subject| subject.outcome == outcome).collect()
}

#[test]
fn loom_proves_that_these_counters_lose_no_update() {
    for subject in declared(Outcome::Exact) {
        for size in [TWO_BY_ONE, TWO_BY_TWO] {
            let expected = (BTreeSet::from([size.expected()]), End::Complete);
            assert_eq!(by_loom(subject, size), expected, "{} {size}", subject.variant);
        }
    }
}

#[test]
fn loom_proves_that_these_counters_can_lose_an_update() {
    for subject in declared(Outcome::LostUpdates) {
        let (finals, end) = by_loom(subject, TWO_BY_ONE);
        assert_eq!((finals, end), (BTreeSet::from([1, 2]), End::Complete), "{}", subject.variant);
        assert!(by_loom(subject, TWO_BY_TWO).0.contains(&2), "{}", subject.variant);
    }
}

#[test]
fn loom_proves_that_these_counters_have_a_data_race() {
    for subject in declared(Outcome::DataRace) {
        assert_eq!(by_loom(subject, TWO_BY_ONE).1, End::DataRace, "{}", subject.variant);
    }
}

/// Every kind of counter is among those that loom judges, so that no proof above is about nothing.
#[test]
fn every_counter_has_a_proof() {
    let proved = [Outcome::Exact, Outcome::LostUpdates, Outcome::DataRace].map(|outcome| declared(outcome).len());
    assert!(proved.iter().all(|&count| count > 0));
    assert_eq!(proved.iter().sum::<usize>(), subjects::all().len());
}

#[test]
fn loom_and_the_explorer_agree_but_for_known_gaps() {
    let mut rows = table::plan();
    if !workspace::thorough() {
        let _ =
            writeln!(io::stderr(), "SAMPLED counters with at most 4 increments beside loom: THOROUGH=1 compares all");
        rows.retain(|(_, size)| size.expected() <= 4);
    }
    let (mut agreed, mut stopped, mut gaps) = (0, 0, Vec::new());
    for row in table::rows(&rows) {
        let comparison = compare(&row).expect("both doors have the same counters");
        let (variant, size) = (row.subject.variant, row.judgement.size);
        match comparison.difference {
            None => agreed += 1,
            Some(Difference::Stopped) => stopped += 1,
            Some(difference) => {
                let why = limitation(row.subject, &difference);
                gaps.push((variant, size.to_string(), format!("{difference:?}"), why));
            }
        }
    }
    let hint = ("load-spin-store", "2x2".to_string(), "Missed([4])".to_string(), Some(Limitation::Hints));
    assert_eq!(gaps, [hint], "{agreed} agreed");
    let expected = if workspace::thorough() { (59, 24) } else { (37, 10) };
    assert_eq!((agreed, stopped), expected);
}

/// The twin: loom explores one counter, and the explorer another.
#[test]
fn a_difference_between_the_judges_is_noticed() {
    for (one, other, difference) in [
        ("load-store", "fetch-add", Difference::Verdict(model::verdict::Verdict::LosesNone)),
        ("fetch-add", "load-store", Difference::Verdict(model::verdict::Verdict::CanLose)),
        ("plain", "fetch-add", Difference::Verdict(model::verdict::Verdict::LosesNone)),
    ] {
        let mut row = table::judge(subjects::of(one).unwrap(), TWO_BY_ONE, &explorer::Bounds::default());
        row.subject = subjects::of(other).unwrap();
        let found = compare(&row).unwrap().difference;
        assert_eq!(found.as_ref(), Some(&difference), "{one} and {other}");
        assert_eq!(limitation(row.subject, &difference), None);
    }
}

#[test]
fn loom_is_the_one_that_it_says() {
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
    let (name, version) = LOOM.split_once(' ').unwrap();
    assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "{LOOM} is not in Cargo.lock");
}
