//! The feedback for one student: the total, what is missing, and each exercise. The page also plays each schedule that
//! fails, step by step, in the stepper of the slides.

use crate::exercises::Exercise;
use crate::page;
use crate::summary::{Cell, Row, words};
use crate::text::{counted, plain, sentence};
use common::witness::lanes;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The lines that are shown before and after each line of a schedule.
const AROUND: usize = 3;
const STEPPER_STYLE: &str = include_str!("../../../slides/assets/stepper.css");
const STEPPER: &str =
    concat!(include_str!("../../../slides/assets/stepper.js"), include_str!("../../../slides/assets/alone.js"));

/// Returns the first lines: the total, and what has no grade.
fn head(exercises: &[&'static Exercise], row: &Row) -> Vec<String> {
    let most = exercises.iter().map(|exercise| exercise.points()).sum::<f64>() + 0.0;
    let named = |is: &dyn Fn(&Cell) -> bool| {
        let all = exercises.iter().zip(&row.cells).filter(|(_, cell)| is(cell));
        all.map(|(exercise, _)| format!("{}.rs", exercise.name)).collect::<Vec<_>>().join(", ")
    };
    let mut lines = vec![match row.total() {
        Some(total) => format!("Total: {total} of {most}"),
        None => format!("Total: not final, of {most}"),
    }];
    for (what, is) in [
        ("Not handed in", &(|cell: &Cell| matches!(cell, Cell::Missing)) as &dyn Fn(&Cell) -> bool),
        ("Not graded yet", &|cell| matches!(cell, Cell::Waiting)),
        ("Could not be graded, which is not your fault", &|cell| matches!(cell, Cell::Failed(_))),
    ] {
        let names = named(is);
        lines.extend((!names.is_empty()).then(|| format!("{what}: {names}")));
    }
    lines
}

/// Formats the feedback as text.
pub fn text(exercises: &[&'static Exercise], row: &Row) -> String {
    let mut text = head(exercises, row).join("\n") + "\n";
    for cell in &row.cells {
        if let Cell::Graded { feedback, .. } = cell {
            text += &format!("\n{feedback}");
        }
    }
    plain(&text)
}

/// Builds the feedback as a page.
pub fn page(exercises: &[&'static Exercise], row: &Row) -> String {
    let content = html! {
        h1 { "Feedback for " (row.student.name) }
        @for line in head(exercises, row) { p { (line) } }
        @for (exercise, cell) in exercises.iter().zip(&row.cells) {
            @if let Cell::Graded { grade, source, feedback } = cell {
                h2 { (exercise.name) ": " (grade["score"].as_f64().unwrap_or(0.0)) " of " (grade["max_score"].as_f64().unwrap_or(0.0)) }
                pre tabindex="0" { (plain(feedback).trim_end()) }
                @for item in cell.failed_items() {
                    @if let Some(stepper) = stepper(item, source.as_deref()) {
                        section.schedule #{ (exercise.name) "-" (item["id"].as_str().unwrap_or_default()) } tabindex="-1" aria-label={ "Schedule of " (exercise.name) ", " (item["id"].as_str().unwrap_or_default()) } {
                            h3 { (exercise.name) ", " (item["id"].as_str().unwrap_or_default()) ": step through the schedule" }
                            (stepper)
                        }
                    }
                }
            }
        }
        @if row.cells.iter().flat_map(Cell::failed_items).any(|item| stepper(item, None).is_some()) {
            p { "To step through a schedule, click it, or go to it with Tab: → and ← step, and R resets. D changes the theme." }
        }
    };
    let styles = format!("{}{STEPPER_STYLE}", page::DECK);
    page::page(&format!("Feedback for {}", row.student.name), "grades", &styles, &content, STEPPER)
}

/// Builds the slides' stepper for a schedule, with one place after each step. Returns `None` without a schedule, or with
/// more threads than the stepper has keys for.
fn stepper(item: &Value, source: Option<&str>) -> Option<Markup> {
    let witness = &item["witness"];
    let steps = witness["steps"].as_array().filter(|steps| !steps.is_empty())?;
    let thread = |step: &Value| step["thread"].as_u64().unwrap_or(1).max(1) as usize - 1;
    let threads = steps.iter().map(thread).max()? + 1;
    let threads = threads.max(witness["threads"].as_u64().unwrap_or(0) as usize);
    if threads > 9 {
        return None;
    }
    let reads = |step: &Value| ["load", "read", "lock"].iter().any(|one| step["op"] == *one);
    let pick = |step: &Value| (thread(step) + 1).to_string();
    let (words, memory) = (words(witness), memory(witness, steps));
    let has_memory = memory.iter().any(Option::is_some);
    let place = |number: usize| {
        let stand = |index: usize| {
            let next = steps[number..].iter().position(|step| thread(step) == index).map(|at| number + at);
            let seen = steps[..number].iter().rev().find(|step| thread(step) == index && reads(step));
            json!({
                "is": if next.is_some() { "ready" } else { "done" },
                "next": next.map_or("", |at| words[at].as_str()),
                "line": next.map_or(&Value::Null, |at| &steps[at]["line"]),
                "why": null, "buffer": [],
                "seen": seen.map_or(&Value::Null, |step| &step["value"]),
            })
        };
        let from = |step: &Value| match step["from"].as_u64() {
            Some(0) => json!("the start"),
            Some(from) => json!(format!("step {from}")),
            None => Value::Null,
        };
        let moves: Vec<Value> = (steps.get(number).into_iter())
            .map(|step| json!({ "pick": pick(step), "thread": thread(step), "to": number + 1, "line": step["line"], "cell": words[number], "lost": null, "from": from(step) }))
            .collect();
        let is_end = moves.is_empty();
        let shown = number.checked_sub(1).and_then(|last| memory[last].clone());
        let unknown = if number == 0 { "as it began" } else { "no single value" };
        json!({
            "memory": shown.unwrap_or_else(|| unknown.to_string()), "note": null,
            "threads": (0..threads).map(stand).collect::<Vec<_>>(),
            "moves": moves, "ends": if is_end { json!([["the end", 1]]) } else { json!([]) },
        })
    };
    let message = sentence(item["message"].as_str().unwrap_or_default());
    let data = json!({
        "threads": threads, "goal": null, "question": null, "mode": "witness", "memory": "memory", "hasBuffers": false,
        "values": ["the end"], "possible": ["the end"], "says": [{ "bad": message }],
        "reveal": format!("The schedule has {}. Press → for the first one.", counted(steps.len(), "step")),
        "exhibit": {
            "label": "the schedule", "start": 0, "picks": steps.iter().map(pick).collect::<String>(),
            "column": if has_memory { "memory" } else { "reads from" },
        },
        "places": (0..=steps.len()).map(place).collect::<Vec<_>>(),
    });
    // The data is part of a page: no character of it may look like markup.
    let data = plain(&data.to_string()).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let lines = lines(steps, source);
    let columns = lines.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0).clamp(24, 90);
    Some(html! {
        lane-stepper style=(format!("--threads:{threads}")) {
            figure.code style=(format!("--columns:{columns};--rows:{}", lines.len().clamp(1, 14))) {
                figcaption { "the lines of the schedule" }
                ol tabindex="0" aria-label="Source code" {
                    @for (number, text) in &lines { li data-line=(number) value=(number) { code { (text) } } }
                }
            }
            script type="application/json" { (PreEscaped(data)) }
        }
    })
}

/// Returns what memory holds after each step, if the schedule says so: one value, or each object's.
fn memory(witness: &Value, steps: &[Value]) -> Vec<Option<String>> {
    let objects: BTreeSet<u64> =
        steps.iter().filter(|step| lanes::after(step).is_some()).filter_map(|step| step["object"].as_u64()).collect();
    let mut held: BTreeMap<u64, u64> = BTreeMap::new();
    let name = |object: u64| match witness["names"][object as usize].as_str() {
        Some(name) => name.to_string(),
        None => format!("#{object}"),
    };
    let step =
        |step: &Value| {
            // A step without a value, such as a lock that guards none, leaves memory as it is.
            if let Some(after) = lanes::after(step) {
                held.insert(step["object"].as_u64().unwrap_or(0), after);
            }
            let all = held.iter().map(|(object, value)| {
                if objects.len() > 1 { format!("{}: {value}", name(*object)) } else { value.to_string() }
            });
            let all: Vec<String> = all.collect();
            (!all.is_empty()).then(|| all.join(", "))
        };
    steps.iter().map(step).collect()
}

/// Returns the lines of a schedule, with those around them, without the indentation that they share.
fn lines(steps: &[Value], source: Option<&str>) -> Vec<(usize, String)> {
    let wanted: BTreeSet<usize> =
        steps.iter().filter_map(|step| step["line"].as_u64()).map(|line| line as usize).collect();
    let is_near = |number: usize| wanted.iter().any(|line| *line > 0 && line.abs_diff(number) <= AROUND);
    let all = source.unwrap_or_default().lines().enumerate().map(|(index, line)| (index + 1, plain(line)));
    let mut lines: Vec<(usize, String)> = all.filter(|(number, _)| is_near(*number)).collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let least =
        lines.iter().filter(|(_, line)| !line.trim().is_empty()).map(|(_, line)| indent(line)).min().unwrap_or(0);
    lines.iter_mut().for_each(|(_, line)| drop(line.drain(..least.min(line.len()))));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_near_a_step_lose_the_indentation_that_they_share() {
        let source = "impl X {\n\n\n\n    fn f() {\n        load();\n\n    }\n\n    fn g() {}\n}\n";
        let shown = lines(&[json!({ "line": 6 }), json!({ "line": 0 }), json!({})], Some(source));
        let expected = [(3, ""), (4, ""), (5, "fn f() {"), (6, "    load();"), (7, ""), (8, "}"), (9, "")];
        assert_eq!(shown, expected.map(|(number, line)| (number, line.to_string())));
        assert_eq!(lines(&[json!({ "line": 1 })], Some("é\n  x\n"))[1], (2, "  x".to_string()), "nothing is shared");
        assert_eq!(lines(&[json!({ "line": 1 })], None), []);
    }
}
