//! Makes *mutants*: correct counters with one small mistake each. The model checker must notice every mistake, or there must be a reason
//! why a mutant is still correct.
//!
//! Without this, a verdict without a finding would prove little: the checker might not find anything at all.

mod fate;
pub mod operators;
mod pass;
mod survivors;
pub mod trial;

pub use fate::{Fate, How};
pub use pass::{DEADLINE, run};

use crate::size::Size;
use crate::subjects;
use common::counter::Outcome;
use common::format::wrap;
use operators::Operator;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::sync::Arc;

/// A counter to mutate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Its name in the lab's report.
    pub variant: &'static str,
    /// The text of the file in which it is.
    pub source: Arc<str>,
}

impl Counter {
    /// The counter of that name.
    ///
    /// # Panics
    ///
    /// If no lab has it, or its file cannot be read.
    pub fn of(variant: &str) -> Self {
        let subject = subjects::of(variant).unwrap_or_else(|| panic!("no lab has a counter {variant}"));
        let lab = workspace::labs().into_iter().find(|lab| lab.name == subject.lab).expect("it is a lab's");
        let path = lab.path.join("src/counters.rs");
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { variant: subject.variant, source: source.into() }
    }

    /// Returns the name of the counter's type.
    pub fn type_name(&self) -> String {
        common::source::type_name(self.variant)
    }
}

/// All counters that their labs declare to be exact.
pub fn correct() -> Vec<Counter> {
    let exact = subjects::all().iter().filter(|subject| subject.outcome == Outcome::Exact);
    exact.map(|subject| Counter::of(subject.variant)).collect()
}

/// A counter of which one line is changed.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The counter that was changed.
    pub counter: Counter,
    /// The name of the operator that changed it.
    pub operator: &'static str,
    /// The line, counted from 1.
    pub line: usize,
    /// The code of that line, without its comment.
    pub before: String,
    /// The code that took its place.
    pub after: String,
}

impl Mutant {
    /// The text of its file, with all lines where they were.
    pub fn source(&self) -> String {
        let line = |(index, line)| if index + 1 == self.line { self.after.as_str() } else { line };
        self.counter.source.lines().enumerate().flat_map(|numbered| [line(numbered), "\n"]).collect()
    }

    /// Why it survives, if it should.
    pub fn reason(&self) -> Option<&'static str> {
        survivors::reason(self)
    }
}

/// Every mutant of these counters that these operators make.
pub fn mutants(counters: &[Counter], operators: &[Operator]) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for counter in counters {
        for Operator { name: operator, rewrite, .. } in operators {
            for (line, code) in operators::code(counter) {
                let mutant =
                    |after| Mutant { counter: counter.clone(), operator, line, before: code.to_string(), after };
                mutants.extend(rewrite(code).into_iter().map(mutant));
            }
        }
    }
    mutants
}

/// A mutant and what became of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The mutant that was judged.
    pub mutant: Mutant,
    /// What became of it.
    pub fate: Fate,
}

impl Trial {
    /// Whether it is as it must be: caught, or a survivor for a reason that is known.
    pub fn is_explained(&self) -> bool {
        match self.fate {
            Fate::Caught { .. } => self.mutant.reason().is_none(),
            Fate::Survived => self.mutant.reason().is_some(),
            Fate::DoesNotCompile(_) => false,
        }
    }

    /// In one line, within 80 columns.
    pub fn line(&self) -> String {
        let Mutant { counter, operator, line, .. } = &self.mutant;
        let (size, found) = match &self.fate {
            Fate::Caught { how, size, .. } => (*size, how.name()),
            Fate::Survived => (None, "survives"),
            Fate::DoesNotCompile(_) => (None, "does not compile"),
        };
        row(counter.variant, operator, &line.to_string(), &in_short(size), found)
    }
}

/// A size such as `2x1`, or `-`.
fn in_short(size: Option<Size>) -> String {
    size.map_or("-".into(), |size| size.to_string())
}

fn row(variant: &str, operator: &str, line: &str, size: &str, found: &str) -> String {
    format!("{variant:<16} {operator:<25} {line:>4} {size:<4} {found}\n")
}

/// The head of the table of [`Trial::line`]s.
pub fn head() -> String {
    row("variant", "mistake", "line", "size", "found")
}

/// What to read below the table: how many each operator made, and the survivors with their reasons.
pub fn explanation(trials: &[Trial]) -> String {
    let mut text = String::from("\nCaught mutants, by kind of mistake:\n\n");
    for operator in operators::ALL {
        let made: Vec<_> = trials.iter().filter(|trial| trial.mutant.operator == operator.name).collect();
        let caught = made.iter().filter(|trial| matches!(trial.fate, Fate::Caught { .. })).count();
        let what = format!("{caught} of {}: {}. {}", made.len(), operator.name, operator.what);
        let _ = writeln!(text, "{}", wrap(&what, 80, "  "));
    }
    let survivors = trials.iter().filter(|trial| trial.fate == Fate::Survived).map(|trial| {
        (&trial.mutant, trial.mutant.reason().unwrap_or("NO REASON IS KNOWN: the checker missed this mistake."))
    });
    text.push_str("\nMutants that survive, and why:\n");
    text.push_str(&by_reason(survivors.collect()));
    for Trial { mutant, fate } in trials {
        if let Fate::DoesNotCompile(error) = fate {
            let what = format!("{} does not compile: {error}", mutant.after);
            let _ = writeln!(text, "\n{}", wrap(&what, 80, "  "));
        }
    }
    text
}

/// Mutants under their reasons, each of which is said once.
fn by_reason(mut mutants: Vec<(&Mutant, &str)>) -> String {
    let mut text = String::new();
    while let Some(&(_, reason)) = mutants.first() {
        let _ = writeln!(text, "\n{}", wrap(reason, 80, ""));
        for (mutant, _) in mutants.extract_if(.., |(_, other)| *other == reason) {
            let Mutant { counter, operator, line, before, after } = mutant;
            let after = if after.is_empty() { "nothing" } else { after };
            let what = format!("- {} line {line}, {operator}: {before} -> {after}", counter.variant);
            let _ = writeln!(text, "{}", wrap(&what, 80, "  "));
        }
    }
    text
}

/// The same for programs.
pub fn document(trials: &[Trial]) -> Value {
    let object = |Trial { mutant, fate }: &Trial| {
        let mut object = json!({
            "variant": mutant.counter.variant,
            "operator": mutant.operator,
            "line": mutant.line,
            "before": mutant.before,
            "after": mutant.after,
        });
        match fate {
            Fate::Caught { how, size, claim } => {
                (object["fate"], object["how"]) = ("caught".into(), how.name().into());
                (object["size"], object["claim"]) = (in_short(*size).into(), claim.as_str().into());
            }
            Fate::Survived => (object["fate"], object["reason"]) = ("survived".into(), mutant.reason().into()),
            Fate::DoesNotCompile(error) => {
                (object["fate"], object["error"]) = ("does not compile".into(), error.as_str().into());
            }
        }
        object
    };
    json!({ "schema": "labs/mutants/1", "mutants": trials.iter().map(object).collect::<Vec<_>>() })
}
