//! The table of verdicts, exactly.

use explorer::Memory;
use model::sync::Outcome;
use model::table::{self, Row};
use model::verdict::{CHECKED_BY, Verdict};
use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Instant;

/// Variant, size, schedules, executions, finals, verdict.
const EXPECTED: &str = "\
plain            2x1        -      1  -       data race
plain            2x2        -      1  -       data race
plain            2x3        -      1  -       data race
plain            3x1        -      1  -       data race
plain            4x1        -      1  -       data race
plain            3x2        -      1  -       data race
plain            3x3        -      1  -       data race
load-store       2x1        6      3  1, 2    can lose updates
load-store       2x2       70     15  2 to 4  can lose updates
load-store       2x3      924     87  2 to 6  can lose updates
load-store       3x1       90     16  1 to 3  can lose updates
load-store       4x1     2520    109  1 to 4  can lose updates
load-store       3x2    34650    661  2 to 6  can lose updates
load-store       3x3 17153136      -  2 to 9  can lose updates
load-spin-store  2x1        6      3  1, 2    can lose updates
load-spin-store  2x2       70     15  2 to 4  can lose updates
load-spin-store  2x3      924     87  2 to 6  can lose updates
load-spin-store  3x1       90     16  1 to 3  can lose updates
load-spin-store  4x1     2520    109  1 to 4  can lose updates
load-spin-store  3x2    34650    661  2 to 6  can lose updates
load-spin-store  3x3 17153136      -  2 to 9  can lose updates
std-mutex        2x1        2      2  2       no execution loses one
std-mutex        2x2        6      6  4       no execution loses one
std-mutex        2x3       20     20  6       no execution loses one
std-mutex        3x1        6      6  3       no execution loses one
std-mutex        4x1       24     24  4       no execution loses one
std-mutex        3x2       90     90  6       no execution loses one
std-mutex        3x3     1680   1680  9       no execution loses one
parking-lot      2x1        2      2  2       no execution loses one
parking-lot      2x2        6      6  4       no execution loses one
parking-lot      2x3       20     20  6       no execution loses one
parking-lot      3x1        6      6  3       no execution loses one
parking-lot      4x1       24     24  4       no execution loses one
parking-lot      3x2       90     90  6       no execution loses one
parking-lot      3x3     1680   1680  9       no execution loses one
spin             2x1        -      2  2       no execution loses one
spin             2x2        -      6  4       no execution loses one
spin             2x3        -     20  6       no execution loses one
spin             3x1        -      6  3       no execution loses one
spin             4x1        -     24  4       no execution loses one
spin             3x2        -     90  6       no execution loses one
spin             3x3        -   1680  9       no execution loses one
locked-twice     2x1        6      4  1, 2    can lose updates
locked-twice     2x2       70     26  2 to 4  can lose updates
locked-twice     2x3      924    202  2 to 6  can lose updates
locked-twice     3x1       90     27  1 to 3  can lose updates
locked-twice     4x1     2520    280  1 to 4  can lose updates
locked-twice     3x2    34650   2574  2 to 6  can lose updates
locked-twice     3x3 17153136      -  2 to 9  can lose updates
fetch-add        2x1        2      2  2       no execution loses one
fetch-add        2x2        6      6  4       no execution loses one
fetch-add        2x3       20     20  6       no execution loses one
fetch-add        3x1        6      6  3       no execution loses one
fetch-add        4x1       24     24  4       no execution loses one
fetch-add        3x2       90     90  6       no execution loses one
fetch-add        3x3     1680   1680  9       no execution loses one
compare-exchange 2x1        6      4  2       no execution loses one
compare-exchange 2x2      126     40  4       no execution loses one
compare-exchange 2x3     3456    496  6       no execution loses one
compare-exchange 3x1      198     48  3       no execution loses one
compare-exchange 4x1    38808   1536  4       no execution loses one
compare-exchange 3x2  1962378  28032  6       no execution loses one
compare-exchange 3x3 39544499808      -  9       no execution loses one
padded           2x1        2      1  2       no execution loses one
padded           2x2        6      1  4       no execution loses one
padded           2x3       20      1  6       no execution loses one
padded           3x1        6      1  3       no execution loses one
padded           4x1       24      1  4       no execution loses one
padded           3x2       90      1  6       no execution loses one
padded           3x3     1680      1  9       no execution loses one
adjacent         2x1        2      1  2       no execution loses one
adjacent         2x2        6      1  4       no execution loses one
adjacent         2x3       20      1  6       no execution loses one
adjacent         3x1        6      1  3       no execution loses one
adjacent         4x1       24      1  4       no execution loses one
adjacent         3x2       90      1  6       no execution loses one
adjacent         3x3     1680      1  9       no execution loses one
local-then-add   2x1        2      2  2       no execution loses one
local-then-add   2x2        2      2  4       no execution loses one
local-then-add   2x3        2      2  6       no execution loses one
local-then-add   3x1        6      6  3       no execution loses one
local-then-add   4x1       24     24  4       no execution loses one
local-then-add   3x2        6      6  6       no execution loses one
local-then-add   3x3        6      6  9       no execution loses one
";

/// Returns whether a counter stands in the table above. One of a new lab need not: it is judged by what its lab declares.
pub fn is_known(variant: &str) -> bool {
    EXPECTED.lines().any(|line| line.split_whitespace().next() == Some(variant))
}

/// Returns the table, which is explored once for all tests that look at it.
pub fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let start = Instant::now();
        let rows = table::all();
        println!("the table took {:.1} s", start.elapsed().as_secs_f64());
        rows
    })
}

fn line(row: &Row) -> String {
    let judgement = &row.judgement;
    let schedules = judgement.interleavings().map_or("-".into(), |count| count.to_string());
    let finals = judgement.finals_in_words();
    let (variant, size, executions) = (row.subject.variant, judgement.size, judgement.executions());
    let executions = executions.map_or_else(|| "-".to_string(), |executions| executions.to_string());
    format!("{variant:<16} {size:<3} {schedules:>8} {executions:>6}  {finals:<7} {}", judgement.verdict)
}

#[test]
fn every_counter_has_exactly_this_verdict() {
    let mut text = String::new();
    let known = rows().iter().filter(|row| is_known(row.subject.variant));
    known.for_each(|row| _ = writeln!(text, "{}", line(row)));
    assert_eq!(text, EXPECTED, "\n{text}");
}

#[test]
fn every_counter_is_what_its_lab_declares() {
    for row in rows() {
        let declared = match row.subject.outcome {
            Outcome::Exact => Verdict::LosesNone,
            Outcome::LostUpdates => Verdict::CanLose,
            Outcome::DataRace => Verdict::DataRace,
        };
        assert_eq!(row.judgement.verdict, declared, "{}", line(row));
    }
}

#[test]
fn a_counter_has_the_same_final_values_under_every_memory() {
    for row in rows().iter().filter(|row| row.judgement.verdict != Verdict::DataRace) {
        for memory in Memory::ALL {
            let finals = row.judgement.under(memory).finals();
            let all: Vec<Vec<u64>> = row.judgement.finals.iter().map(|&value| vec![value]).collect();
            assert_eq!(finals, all, "{} {memory:?}", line(row));
        }
    }
}

#[test]
fn a_claim_names_the_size_and_says_no_more_than_was_explored() {
    for row in rows() {
        let (claim, verdict) = (&row.judgement.claim, row.judgement.verdict);
        assert!(claim.contains(&row.judgement.size.in_words()), "{claim}");
        assert_eq!(claim.ends_with("None lost an update."), verdict == Verdict::LosesNone, "{claim}");
        assert!(!["proved", "correct", "all N", "any number"].iter().any(|word| claim.contains(word)), "{claim}");
        assert!(claim.matches(". ").count() <= 1, "two sentences at most: {claim}");
    }
}

#[test]
fn the_tool_is_the_one_that_it_says() {
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
    let (name, version) = CHECKED_BY.split_once(' ').unwrap();
    assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "{CHECKED_BY} is not in Cargo.lock");
}
