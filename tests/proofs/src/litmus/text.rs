//! The table of litmus tests for people and for programs.

use super::limitation::Limitation;
use super::{Gap, Row};
use ::litmus::{Source, Strength};
use serde_json::{Value, json};

/// The width of the longest line, in columns.
const WIDTH: usize = 80;

/// Formats the table as plain text, at most 80 columns wide.
pub fn to_text(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut say = |indent: usize, words: &str| wrap(&mut text, indent, words);
    let exact = rows.iter().filter(|row| row.is_exact()).count();
    let gaps: usize = rows.iter().map(|row| row.gaps().len()).sum();
    let count = rows.len();
    say(
        0,
        &format!(
            "Litmus tests: {count} programs. In {exact} of them the explorer finds exactly the outcomes of RC11, which are those of C++20 without load buffering. loom differs from C++20 in {gaps} outcomes."
        ),
    );
    for (index, row) in rows.iter().enumerate() {
        if index == 0 || rows[index - 1].test.name != row.test.name {
            introduce(row, &mut say);
        }
        judge(row, &mut say);
    }
    say(0, "");
    say(0, "What loom cannot see:");
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
    let weak = numbers(row.test.weak);
    let allowed = if row.verdict { "allowed" } else { "forbidden" };
    say(2, &format!("{}: {weak} is {allowed} by C++20", row.strength));
    let found: Vec<&str> = row.explored.iter().map(|outcomes| yes(outcomes.contains(row.test.weak))).collect();
    let exact = if row.is_exact() { "as RC11" } else { "DIFFERS from RC11" };
    say(4, &format!("explorer: one memory {}, x86-TSO {}, C++20 {} ({exact})", found[0], found[1], found[2]));
    if !row.is_complete() {
        say(4, &format!("loom: not decided, {}", row.loom.end));
        return;
    }
    let gaps = row.gaps();
    let agreement = if gaps.is_empty() { "agrees with C++20" } else { "differs from C++20" };
    say(4, &format!("loom: {}; {agreement}", yes(row.loom.outcomes.contains(row.test.weak))));
    for gap in gaps {
        let why = row.limitation(&gap).map_or("not known", Limitation::name);
        match gap {
            Gap::FalseAlarm(outcome) => say(6, &format!("false alarm: {} (why: {why})", numbers(&outcome))),
            Gap::Missed(outcome) => say(6, &format!("missed: {} (why: {why})", numbers(&outcome))),
        }
    }
}

fn yes(is_found: bool) -> &'static str {
    if is_found { "yes" } else { "no" }
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

/// Builds the table's JSON document.
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
    let program = row.test.program(row.strength);
    let gap = |gap: &Gap| {
        let (kind, outcome) = match gap {
            Gap::FalseAlarm(outcome) => ("false-alarm", outcome),
            Gap::Missed(outcome) => ("missed", outcome),
        };
        json!({ "kind": kind, "outcome": outcome, "limitation": row.limitation(gap).map(Limitation::name) })
    };
    let [one_memory, x86_tso, cpp20] = &row.explored;
    json!({
        "test": row.test.name,
        "title": row.test.title,
        "strength": row.strength.name(),
        "program": program.to_string().lines().collect::<Vec<_>>(),
        "columns": program.columns(),
        "weak": { "outcome": row.test.weak, "allowed": row.verdict },
        "allowed": row.allowed,
        "allowed_rc11": row.rc11,
        "explorer": { "one_memory": one_memory, "x86_tso": x86_tso, "cpp20": cpp20 },
        "loom": {
            "outcomes": row.loom.outcomes,
            "executions": row.loom.executions,
            "complete": row.is_complete(),
            "gaps": row.gaps().iter().map(gap).collect::<Vec<_>>(),
        },
        "sources": row.test.sources.iter().map(|source| source.key()).collect::<Vec<_>>(),
    })
}
