//! The table for people and for programs.

use super::axioms::{self, Model};
use super::program::{Outcome, Program};
use super::sources::{Limitation, Source};
use super::strength::Strength;
use super::{Gap, Row};
use serde_json::{Value, json};

/// The longest line.
const WIDTH: usize = 80;

/// Plain text, line by line, at most 80 columns wide.
pub fn to_text(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut say = |indent: usize, words: &str| wrap(&mut text, indent, words);
    let gaps: usize = rows.iter().map(|row| row.gaps().len()).sum();
    say(0, &format!("Litmus tests: {} programs, {gaps} gaps between loom and C++20.", rows.len()));
    for (index, row) in rows.iter().enumerate() {
        if index == 0 || rows[index - 1].test.name != row.test.name {
            introduce(row, &mut say);
        }
        judge(row, &mut say);
    }
    say(0, "");
    say(0, "What the model cannot see:");
    for limitation in Limitation::ALL {
        say(2, &format!("{}: {} ({})", limitation.name(), limitation.claim(), limitation.citation()));
    }
    say(0, "");
    say(0, "Sources:");
    for source in Source::ALL {
        say(2, &format!("{}: {}", source.key(), source.citation()));
    }
    text
}

fn introduce(row: &Row, say: &mut impl FnMut(usize, &str)) {
    let (test, program) = (row.test, row.test.program(Strength::Relaxed));
    say(0, "");
    say(0, &format!("{}: {}", test.name, test.title));
    for line in program.to_string().lines() {
        say(2, line);
    }
    let keys: Vec<_> = test.sources.iter().map(|source| source.key()).collect();
    say(2, &format!("outcome: {}; the test is about {}", program.columns().join(", "), numbers(test.weak)));
    say(2, &format!("sources: {}", keys.join("; ")));
}

fn judge(row: &Row, say: &mut impl FnMut(usize, &str)) {
    let weak = if row.verdict { "allowed" } else { "forbidden" };
    if !row.is_complete() {
        say(2, &format!("{}: inconclusive, {:?}", row.strength, row.exploration.end));
        return;
    }
    let gaps = row.gaps();
    let agreement = if gaps.is_empty() { "agreement" } else { "GAP" };
    say(2, &format!("{}: {} is {weak}; {agreement}", row.strength, numbers(row.test.weak)));
    let both: Vec<_> = row.shown.intersection(&row.allowed).map(|outcome| numbers(outcome)).collect();
    say(4, &format!("both: {}", both.join(" ")));
    for gap in gaps {
        let why = row.limitation(&gap).map_or("not known", Limitation::name);
        match gap {
            Gap::FalseAlarm(outcome) => say(4, &format!("false alarm, loom alone: {} (why: {why})", numbers(&outcome))),
            Gap::Missed(outcome) => say(4, &format!("missed, C++20 alone: {} (why: {why})", numbers(&outcome))),
        }
    }
}

fn numbers(outcome: &[u64]) -> String {
    outcome.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// Adds a paragraph; its further lines stand two columns to the right.
fn wrap(text: &mut String, indent: usize, words: &str) {
    let mut line = " ".repeat(indent);
    for word in words.split(' ') {
        if line.len() + 1 + word.len() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = " ".repeat(indent + 2);
        } else if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// The same as JSON.
pub fn to_json(rows: &[Row]) -> Value {
    let tests: Vec<_> = rows.iter().map(row_to_json).collect();
    let limitations: Vec<_> = Limitation::ALL
        .map(|limitation| {
            json!({ "name": limitation.name(), "claim": limitation.claim(), "citation": limitation.citation() })
        })
        .into();
    let sources: Vec<_> =
        Source::ALL.map(|source| json!({ "key": source.key(), "citation": source.citation() })).into();
    json!({ "tests": tests, "limitations": limitations, "sources": sources })
}

fn row_to_json(row: &Row) -> Value {
    let program: Program = row.test.program(row.strength);
    let gap = |gap: &Gap| {
        let (kind, outcome): (_, &Outcome) = match gap {
            Gap::FalseAlarm(outcome) => ("false-alarm", outcome),
            Gap::Missed(outcome) => ("missed", outcome),
        };
        json!({ "kind": kind, "outcome": outcome, "limitation": row.limitation(gap).map(Limitation::name) })
    };
    json!({
        "test": row.test.name,
        "title": row.test.title,
        "strength": row.strength.name(),
        "program": program.to_string().lines().collect::<Vec<_>>(),
        "columns": program.columns(),
        "weak": { "outcome": row.test.weak, "allowed": row.verdict },
        "shown": row.shown,
        "allowed": row.allowed,
        "allowed_rc11": axioms::allowed(&program, Model::Rc11),
        "gaps": row.gaps().iter().map(gap).collect::<Vec<_>>(),
        "complete": row.is_complete(),
        "executions": row.exploration.executions,
        "sources": row.test.sources.iter().map(|source| source.key()).collect::<Vec<_>>(),
    })
}
