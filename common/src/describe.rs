//! `--describe`: the lab's declaration as JSON for programs, in the form `labs/describe/1`. Its schema is
//! `tests/schemas/describe-1.json`.

use crate::counter::Declaration;
use crate::lab::{Figure, Lab, PythonProgram};
use crate::parameter::{Parameter, Preset};
use serde_json::{Map, Value, json};
use std::path::Path;

/// The file that a student edits, in the lab's folder.
const EXERCISE: &str = "exercise.rs";

/// Builds the whole JSON document.
pub fn document(lab: &Lab) -> Value {
    let figures: Map<String, Value> =
        lab.lecture.figures.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
    let folder = Path::new(lab.folder).file_name().map(|name| format!("labs/{}", name.to_string_lossy()));
    let question = (!lab.question.text.is_empty()).then(
        || json!({ "text": lab.question.text, "figure": figure(lab.question.figure), "lecture": lab.question.lecture }),
    );
    let has_workers = lab.worker.is_some() || lab.counters.iter().any(Declaration::is_shared_by_processes);
    json!({
        "schema": "labs/describe/1",
        "lab": lab.name,
        "package": format!("lab-{}", lab.name),
        "folder": folder.as_deref(),
        "title": lab.title,
        "lecture": { "program": lab.lecture.program, "figures": figures },
        "parameters": lab.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "question": question,
        "python": lab.python.iter().map(python).collect::<Vec<_>>(),
        "always_pinned": lab.pin,
        "has_worker_processes": has_workers,
        "counters": lab.counters.iter().map(counter).collect::<Vec<_>>(),
        "has_witnesses": lab.witness.is_some(),
        "exercise": folder.filter(|_| lab.file(EXERCISE).is_file()).map(|folder| format!("{folder}/{EXERCISE}")),
    })
}

fn parameter(parameter: &Parameter) -> Value {
    let default = match parameter.preset {
        Preset::Value(value) => json!(value),
        Preset::Cpus => json!("cpus"),
        Preset::Absent => Value::Null,
    };
    let (least, most) = parameter.limits;
    json!({ "name": parameter.name, "default": default, "min": least, "max": most, "help": parameter.help })
}

fn python(program: &PythonProgram) -> Value {
    json!({ "file": program.file, "figure": program.figure, "ours": figure(program.ours), "lecture": program.lecture })
}

fn counter(counter: &Declaration) -> Value {
    json!({
        "variant": counter.name,
        "label": counter.label,
        "outcome": counter.outcome.name(),
        "in_processes": counter.is_shared_by_processes(),
    })
}

fn figure(figure: Figure) -> Value {
    let (kind, name) = match figure {
        Figure::Speedup(name) => ("speedup", name),
        Figure::Seconds(name) => ("seconds", name),
        Figure::Final(name) => ("final", name),
        Figure::IncrementTime(name) => ("increment-time", name),
        Figure::Quantity(name) => ("quantity", name),
    };
    json!({ "kind": kind, "of": name })
}
