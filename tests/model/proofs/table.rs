//! The table of verdicts, exactly.

use model::counting::Size;
use model::exploration::{End, Limit, Limits};
use model::sync::Outcome;
use model::table::{self, Plan, Row};
use model::verdict::{CHECKED_BY, Verdict};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::OnceLock;
use std::time::Instant;

/// Variant, size, executions, interleavings, finals, verdict. loom's version is fixed by the lock file, and so is the number of its
/// executions: one that changes says that something else is explored.
const EXPECTED: &str = "\
plain            2x1      1      -  -       data race
plain            2x2      1      -  -       data race
plain            2x3      1      -  -       data race
plain            3x1      1      -  -       data race
load-store       2x1     30      6  1, 2    can lose updates
load-store       2x2    477     70  2 to 4  can lose updates
load-store       2x3  12546    924  2 to 6  can lose updates
load-store       3x1  10305     90  1 to 3  can lose updates
load-spin-store  2x1     30      6  1, 2    can lose updates
load-spin-store  2x2    477     70  2 to 4  can lose updates
load-spin-store  2x3  12546    924  2 to 6  can lose updates
load-spin-store  3x1  10305     90  1 to 3  can lose updates
std-mutex        2x1      9      2  2       no execution loses one
std-mutex        2x2     30      6  4       no execution loses one
std-mutex        2x3    105     20  6       no execution loses one
std-mutex        3x1    414      6  3       no execution loses one
std-mutex        3x2   7847     90  6       no execution loses one
parking-lot      2x1      9      2  2       no execution loses one
parking-lot      2x2     30      6  4       no execution loses one
parking-lot      2x3    105     20  6       no execution loses one
parking-lot      3x1    414      6  3       no execution loses one
parking-lot      3x2   7847     90  6       no execution loses one
spin             2x1     21      -  2       no execution loses one
spin             2x2    309      -  4       no execution loses one
spin             2x3   7104      -  6       no execution loses one
spin             3x1  11528      -  3       no execution loses one
locked-twice     2x1     30      6  1, 2    can lose updates
locked-twice     2x2    378     70  2 to 4  can lose updates
locked-twice     2x3   5148    924  2 to 6  can lose updates
locked-twice     3x1   7847     90  1 to 3  can lose updates
locked-twice     2x4  72930  12870  2 to 8  can lose updates
fetch-add        2x1      9      2  2       no execution loses one
fetch-add        2x2     30      6  4       no execution loses one
fetch-add        2x3    105     20  6       no execution loses one
fetch-add        3x1    414      6  3       no execution loses one
fetch-add        3x2   7847     90  6       no execution loses one
compare-exchange 2x1     18      6  2       no execution loses one
compare-exchange 2x2    279    126  4       no execution loses one
compare-exchange 2x3   8346   3456  6       no execution loses one
compare-exchange 3x1   9949    198  3       no execution loses one
padded           2x1      3      2  2       no execution loses one
padded           2x2      3      6  4       no execution loses one
padded           2x3      3     20  6       no execution loses one
padded           3x1     26      6  3       no execution loses one
padded           3x2     26     90  6       no execution loses one
adjacent         2x1      3      2  2       no execution loses one
adjacent         2x2      3      6  4       no execution loses one
adjacent         2x3      3     20  6       no execution loses one
adjacent         3x1     26      6  3       no execution loses one
adjacent         3x2     26     90  6       no execution loses one
local-then-add   2x1      9      2  2       no execution loses one
local-then-add   2x2      9      2  4       no execution loses one
local-then-add   2x3      9      2  6       no execution loses one
local-then-add   3x1    414      6  3       no execution loses one
local-then-add   3x2    414      6  6       no execution loses one
";

/// What is expected of a counter at a size: the line of it, if there is one.
fn expected(variant: &str, size: Size) -> Option<&'static str> {
    let is_it = |line: &&str| {
        let mut words = line.split_whitespace();
        words.next() == Some(variant) && words.next() == Some(&size.to_string())
    };
    EXPECTED.lines().find(is_it)
}

/// Whether a counter stands in the table above. One of a new lab need not: it is judged by what its lab declares.
pub fn is_known(variant: &str) -> bool {
    expected(variant, table::SIZES[0]).is_some()
}

/// Returns what is explored. The quick tests take what has at most 1,000 executions: at least two sizes of every counter.
/// A counter of a new lab is not in the table above, so it is explored at the two smallest sizes.
fn plan() -> Plan {
    let mut plan = table::plan();
    let all = plan.len();
    if !workspace::thorough() {
        plan.retain(|(subject, size)| match expected(subject.variant, *size) {
            Some(line) => {
                let executions: u64 = line.split_whitespace().nth(2).and_then(|number| number.parse().ok()).unwrap();
                executions <= 1_000
            }
            None => table::SIZES[..2].contains(size),
        });
        let (some, rows) = (plan.len(), "rows of the table of proofs, every counter among them");
        let _ = writeln!(io::stderr(), "SAMPLED {some} of {all} {rows}: THOROUGH=1 explores all");
    }
    plan
}

/// The table, explored once for all tests that look at it.
pub fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let (plan, start) = (plan(), Instant::now());
        let rows = table::rows(&plan);
        println!("the table took {:.1} s", start.elapsed().as_secs_f64());
        rows
    })
}

fn without_seconds(row: &Row) -> String {
    let judgement = &row.judgement;
    let interleavings = judgement.interleavings().map_or("-".into(), |count| count.to_string());
    let finals = judgement.finals_in_words();
    let (variant, size, executions) = (row.subject.variant, judgement.size, judgement.executions());
    format!("{variant:<16} {size:<3} {executions:>6} {interleavings:>6}  {finals:<7} {}", judgement.verdict)
}

#[test]
fn every_counter_has_exactly_this_verdict() {
    let mut text = String::new();
    for row in rows() {
        let (Row { subject, judgement }, found) = (row, without_seconds(row));
        match expected(subject.variant, judgement.size) {
            Some(expected) if expected != found => _ = writeln!(text, "expected {expected}\nfound    {found}"),
            Some(_) => {}
            // A counter of a new lab, say: it must be what its lab declares, and may have too many executions at a larger size.
            None => {
                let declared = match subject.outcome {
                    Outcome::Exact => Verdict::LosesNone,
                    Outcome::LostUpdates => Verdict::CanLose,
                    Outcome::DataRace => Verdict::DataRace,
                };
                let is_large = judgement.size != table::SIZES[0]
                    && judgement.explorations.iter().any(|(.., it)| it.end == End::Limit(Limit::Executions));
                let is_so = judgement.verdict == declared || judgement.verdict == Verdict::Inconclusive && is_large;
                assert!(is_so, "{found}: its lab declares {:?}. {}", subject.outcome, judgement.claim);
            }
        }
    }
    assert_eq!(text, "", "\n{text}");
    let judged = |line: &str| rows().iter().any(|row| without_seconds(row) == line);
    let judged = EXPECTED.lines().filter(|line| judged(line)).count();
    assert_eq!(judged, if workspace::thorough() { 55 } else { 41 });

    for row in rows() {
        let (claim, verdict) = (&row.judgement.claim, row.judgement.verdict);
        assert!(claim.contains(&row.judgement.size.in_words()), "{claim}");
        let is_clean = claim.ends_with("None lost an update.");
        assert_eq!(is_clean, verdict == Verdict::LosesNone, "{claim}");
        assert!(!["proved", "correct", "all N", "any number"].iter().any(|word| claim.contains(word)), "{claim}");
    }
}

/// With a bound the sentence names it, and is another.
#[test]
fn a_preemption_bound_is_part_of_the_sentence() {
    for variant in ["fetch-add", "std-mutex", "spin"] {
        let subject = model::subjects::of(variant).unwrap();
        let limits = Limits { preemption_bound: Some(1), ..Limits::default() };
        let judgement = model::verdict::judge(subject, Size::new(2, 2), &limits);
        assert_eq!(judgement.verdict, Verdict::LosesNone);
        assert!(
            judgement.claim.contains("only executions of 2 threads x 2 increments with at most 1 preemption."),
            "{}",
            judgement.claim
        );
        assert!(!judgement.claim.contains("None lost an update"), "{}", judgement.claim);
        assert_eq!(judgement.interleavings(), None, "with a bound they are not all run");
        assert!(
            judgement.executions() < model::verdict::judge(subject, Size::new(2, 2), &Limits::default()).executions()
        );
    }
}

#[test]
fn the_tool_is_the_one_that_it_says() {
    let lock = std::fs::read_to_string(workspace::root().join("Cargo.lock")).unwrap();
    let (name, version) = CHECKED_BY.split_once(' ').unwrap();
    assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")), "{CHECKED_BY} is not in Cargo.lock");
}
