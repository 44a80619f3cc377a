//! Correct counters with a mistake made on purpose: each is noticed, or it is known why it is none.

use crate::table::is_known;
use model::mutation::operators::{self, DROP_LOCK, NOTHING, SPLIT, WEAKEN};
use model::mutation::{self, Counter, DEADLINE, Fate, Mutant, Trial, correct};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The counters as they stand, each once: a mutant in which nothing is changed.
fn unchanged(counters: &[Counter]) -> Vec<Mutant> {
    let mut mutants = mutation::mutants(counters, &[NOTHING]);
    mutants.dedup_by_key(|mutant| mutant.counter.variant);
    mutants
}

/// What one pass found.
struct Pass {
    /// Of the counters whose verdicts are known.
    mutants: Vec<Trial>,
    /// Of others, such as those of a new lab.
    others: Vec<Trial>,
    /// Of counters as they stand.
    unchanged: Vec<Trial>,
}

/// One pass over the mutants and the counters as they stand.
fn pass() -> &'static Pass {
    static PASS: OnceLock<Pass> = OnceLock::new();
    PASS.get_or_init(|| {
        let start = Instant::now();
        let (known, others): (Vec<_>, Vec<_>) = correct().into_iter().partition(|it| is_known(it.variant));
        let mut mutants = unchanged(&known); // first, for one of them takes longest
        mutants.extend(unchanged(&[Counter::of("locked-twice")]));
        let count_unchanged = mutants.len();
        mutants.extend(mutation::mutants(&known, &operators::ALL));
        let count_known = mutants.len();
        mutants.extend(mutation::mutants(&others, &operators::ALL));
        let mut trials = mutation::run(mutants, DEADLINE, |_| {}).unwrap();
        println!("{} trials: {:.1} s", trials.len(), start.elapsed().as_secs_f64());
        let others = trials.split_off(count_known);
        let mutants = trials.split_off(count_unchanged);
        Pass { mutants, others, unchanged: trials }
    })
}

fn how(fate: &Fate) -> &str {
    match fate {
        Fate::Caught { how, .. } => how.name(),
        Fate::Survived => "survives",
        Fate::DoesNotCompile(error) => error,
    }
}

#[test]
fn every_mistake_is_noticed_or_none() {
    let trials = &pass().mutants;
    let table: String = trials.iter().map(Trial::line).collect();
    let text = mutation::head() + &table + &mutation::explanation(trials);
    println!("{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80));
    let wrong: Vec<_> = trials.iter().filter(|trial| !trial.is_explained()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");

    let named = |name: &str| trials.iter().filter(|trial| trial.mutant.operator == name).collect::<Vec<_>>();
    let made = operators::ALL.map(|operator| (operator.name, named(operator.name).len()));
    let expected = [
        (DROP_LOCK, 5),
        (WEAKEN, 2),
        (SPLIT, 6),
        ("ignore a comparison", 2),
        ("try once", 2),
        ("delete a statement", 14),
        ("change a number", 18),
        ("forget a part", 2),
    ];
    assert_eq!(made, expected);

    let mut ways = BTreeMap::new();
    trials.iter().for_each(|trial| *ways.entry(how(&trial.fate)).or_insert(0) += 1);
    let expected = [
        ("can end wrong", 11),
        ("can lose updates", 19),
        ("data race", 6),
        ("panics", 2),
        ("survives", 10),
        ("waits for ever", 3),
    ];
    assert_eq!(ways, expected.into());

    // The three mistakes of which none may pass, and the two counters in which the third is none.
    let found = |name| named(name).iter().map(|t| (t.mutant.counter.variant, how(&t.fate))).collect::<Vec<_>>();
    assert_eq!(
        found(DROP_LOCK),
        [
            ("std-mutex", "can lose updates"),
            ("parking-lot", "can lose updates"),
            ("spin", "data race"),
            ("spin", "can lose updates"),
            ("spin", "waits for ever"),
        ]
    );
    assert_eq!(found(WEAKEN), [("spin", "data race"); 2]);
    assert_eq!(
        found(SPLIT),
        [
            ("spin", "data race"),
            ("fetch-add", "can lose updates"),
            ("compare-exchange", "can lose updates"),
            ("padded", "survives"),
            ("adjacent", "survives"),
            ("local-then-add", "can lose updates"),
        ]
    );
}

/// Every one of them, in the order of the pass.
#[test]
fn these_survive_and_no_others() {
    let trials = &pass().mutants;
    let survivors = trials.iter().filter(|trial| trial.fate == Fate::Survived).map(|trial| &trial.mutant);
    let survivors: Vec<_> = survivors.map(|mutant| (mutant.counter.variant, &*mutant.before, &*mutant.after)).collect();
    let add = "self.0[thread].fetch_add(1, Relaxed);";
    let split = "({ let found = self.0[thread].load(Relaxed); self.0[thread].store(found + 1, Relaxed); found });";
    assert_eq!(
        survivors,
        [
            ("spin", "tries += 1;", ""),
            ("spin", "hint::spin_loop();", ""),
            ("spin", "thread::yield_now();", ""),
            ("spin", "const PATIENCE: u32 = 100;", "const PATIENCE: u32 = 0;"),
            ("spin", "let mut tries = 0;", "let mut tries = 1;"),
            ("spin", "tries += 1;", "tries += 2;"),
            ("padded", add, split),
            ("adjacent", add, split),
            ("local-then-add", "self.add_many(thread, 1);", ""),
            ("local-then-add", "self.add_many(thread, 1);", "self.add_many(thread, 2);"),
        ]
    );
}

/// Of a counter that no line of the tables knows, some mistake is noticed. Which of its mutants are none, only a reader can say.
#[test]
fn mistakes_in_a_new_counter_are_noticed() {
    let others = &pass().others;
    for variant in correct().iter().map(|counter| counter.variant).filter(|variant| !is_known(variant)) {
        let trials: Vec<_> = others.iter().filter(|trial| trial.mutant.counter.variant == variant).collect();
        let is_noticed = |trial: &&&Trial| matches!(trial.fate, Fate::Caught { .. });
        assert!(trials.is_empty() || trials.iter().any(|trial| is_noticed(&trial)), "{variant}: {trials:#?}");
    }
    println!("{}", others.iter().map(Trial::line).collect::<String>());
}

/// The twin: what notices mistakes finds none where there is none, and needs none of its own making to find one.
#[test]
fn a_counter_as_it_stands_is_judged_as_before() {
    let trials = &pass().unchanged;
    let known: Vec<Counter> = correct().into_iter().filter(|counter| is_known(counter.variant)).collect();
    let found: Vec<_> = trials.iter().map(|trial| (trial.mutant.counter.variant, how(&trial.fate))).collect();
    let mut expected: Vec<_> = known.iter().map(|counter| (counter.variant, "survives")).collect();
    expected.push(("locked-twice", "can lose updates"));
    assert_eq!(found, expected);
    // Had an operator changed nothing, its mutants would have been reported.
    assert!(trials[..known.len()].iter().all(|trial| !trial.is_explained()));
}

#[test]
fn every_line_of_a_counter_is_mutated() {
    for counter in correct() {
        let lines = mutation::mutants(std::slice::from_ref(&counter), &[NOTHING]);
        assert!(lines.iter().any(|mutant| mutant.before.starts_with("fn value(")), "{}: {lines:?}", counter.variant);
        for mutant in lines {
            let source = mutant.source();
            assert_eq!(source.lines().count(), counter.source.lines().count());
            let pairs = source.lines().zip(counter.source.lines()).zip(1..).filter(|((one, other), _)| one != other);
            let changed: Vec<_> = pairs.map(|((new, old), line)| (new, old.contains(new), line)).collect();
            assert_eq!(changed, [(&*mutant.after, true, mutant.line)]); // without its indentation
        }
    }
}

/// One mutant takes no other down, whatever it does.
#[test]
fn a_mutant_may_do_what_it_likes() {
    let add = mutation::mutants(&[Counter::of("fetch-add")], &[NOTHING])
        .into_iter()
        .find(|line| line.before.contains("fetch_add"));
    let add = add.unwrap();
    let with = |after: &str| Mutant { after: after.to_string(), ..add.clone() };
    let mutants = [
        "let wrong: bool = 1;",
        "missing();",
        "std::process::abort();",
        "std::process::exit(0);",
        "panic!();",
        "self.0.fetch_add(1, Relaxed);",
    ];
    let mut told = 0;
    let trials = mutation::run(mutants.map(with).into(), DEADLINE, |_| told += 1).unwrap();
    let found: Vec<_> = trials.iter().map(|trial| how(&trial.fate)).collect();
    let line = add.line;
    assert!(found[0].starts_with(&format!("m0.rs:{line}:")) && found[0].contains("error[E0308]"), "{found:?}");
    assert!(found[1].starts_with(&format!("m1.rs:{line}:")) && found[1].contains("error[E0425]"), "{found:?}");
    assert_eq!((&found[2..], told), (&["ends its process", "ends its process", "panics", "survives"][..], 6));
    let text = mutation::explanation(&trials);
    let error = format!("missing(); does not compile: m1.rs:{line}:");
    assert!(text.contains("NO REASON IS KNOWN") && text.contains(&error), "{text}");

    let trials = mutation::run(vec![with("loop {}")], Duration::from_secs(1), |_| {}).unwrap();
    assert_eq!(how(&trials[0].fate), "does not end");
    assert!(mutation::run(Vec::new(), DEADLINE, |_| {}).unwrap().is_empty());
}

#[test]
fn programs_can_read_it() {
    let trials = &pass().mutants;
    let document = mutation::document(trials);
    assert_eq!((&document["schema"], trials.len()), (&"labs/mutants/1".into(), 51));
    let mutants = document["mutants"].as_array().unwrap();
    let count = |key: &str, value: Value| mutants.iter().filter(|mutant| mutant[key] == value).count();
    assert_eq!((count("fate", "caught".into()), count("fate", "survived".into())), (41, 10));
    assert!(mutants.iter().all(|mutant| mutant["reason"].is_string() == (mutant["fate"] == "survived")));
    let expected = json!({
        "variant": "std-mutex",
        "operator": "change a number",
        "line": trials[2].mutant.line,
        "before": "*self.0.lock().expect(\"no holder panics\") += 1;",
        "after": "*self.0.lock().expect(\"no holder panics\") += 2;",
        "fate": "caught",
        "how": "can end wrong",
        "size": "2x1",
        "claim": "2 threads x 1 increment can end at 4, not only at 2.",
    });
    assert_eq!(mutants[2], expected);
}

/// The rewrites, word for word, also of what no counter of the labs has.
#[test]
fn a_mistake_is_the_one_that_was_meant() {
    let all = |code: &str| -> Vec<(&str, String)> {
        let of =
            |operator: operators::Operator| (operator.rewrite)(code).into_iter().map(move |to| (operator.name, to));
        operators::ALL.into_iter().flat_map(of).collect()
    };
    let is = |code: &str, expected: &[(&str, &str)]| {
        let found = all(code);
        assert_eq!(found.iter().map(|(name, to)| (*name, &**to)).collect::<Vec<_>>(), expected, "{code}");
    };
    is(
        "if self.a.swap(x, AcqRel) < self.b.load(SeqCst) {",
        &[
            (WEAKEN, "if self.a.swap(x, Relaxed) < self.b.load(SeqCst) {"),
            (WEAKEN, "if self.a.swap(x, AcqRel) < self.b.load(Relaxed) {"),
        ],
    );
    let halves =
        [("Acquire", "Acquire", "Relaxed"), ("Release", "Relaxed", "Release"), ("AcqRel", "Acquire", "Release")];
    for (both, read, write) in halves.into_iter().chain([("SeqCst", "SeqCst", "SeqCst")]) {
        is(
            &format!("let old = self.0[n].fetch_add(f(n, m), {both});"),
            &[
                (WEAKEN, "let old = self.0[n].fetch_add(f(n, m), Relaxed);"),
                (
                    SPLIT,
                    &format!(
                        "let old = ({{ let found = self.0[n].load({read}); \
                         self.0[n].store(found + f(n, m), {write}); found }});"
                    ),
                ),
            ],
        );
    }
    is(
        "x.compare_exchange(false, true, Relaxed, Relaxed)",
        &[
            (
                SPLIT,
                "(match x.load(Relaxed) { found if found == false => { x.store(true, Relaxed); Ok(found) }, \
                 found => Err(found) })",
            ),
            ("ignore a comparison", "Some(x.swap(true, Relaxed)).ok_or(false)"),
        ],
    );
    is("self.lock();", &[(DROP_LOCK, "")]);
    is("let n = self.n.read();", &[(DROP_LOCK, "let n = self.n.read(); self.unlock(); self.lock();")]);
    is("*n.lock() += m;", &[(DROP_LOCK, "let seen = *n.lock(); *n.lock() = seen + m;"), ("delete a statement", "")]);
    is("for u8 in 0..10 {", &[("change a number", "for u8 in 1..10 {"), ("change a number", "for u8 in 0..0 {")]);
    for untouched in ["let x = y;", "self.0.load(Relaxed)", "fn value(&self) -> u64 {", "}"] {
        is(untouched, &[]);
    }
}
