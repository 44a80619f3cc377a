//! Checks documents against the JSON Schemas (draft 2020-12) of this project.

use boon::{CompileError, Compiler, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;
use std::fs;

/// A schema that documents are checked against.
pub struct Contract {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Contract {
    /// Loads the schema with this file name from `tests/schemas`.
    ///
    /// # Panics
    ///
    /// If the file is not a JSON Schema.
    pub fn named(file: &str) -> Self {
        let document = |file: &str| {
            let text = crate::read(format!("tests/schemas/{file}"));
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
        };
        let others = files().into_iter().filter(|other| other != file);
        let others = others.map(|other| (other.clone(), document(&other))).collect::<Vec<_>>();
        Self::of(file, document(file), &others).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Creates a schema that may refer to others by their names.
    ///
    /// # Errors
    ///
    /// Why the document is not a JSON Schema.
    pub fn of(name: &str, schema: Value, others: &[(String, Value)]) -> Result<Self, String> {
        let place = |name: &str| format!("https://labs.invalid/{name}");
        let reason = |error: CompileError| format!("{error:#}");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource(&place(name), schema).map_err(reason)?;
        for (name, other) in others {
            compiler.add_resource(&place(name), other.clone()).map_err(reason)?;
        }
        let index = compiler.compile(&place(name), &mut schemas).map_err(reason)?;
        Ok(Self { schemas, index })
    }

    /// Returns where a document violates the schema, each with the place in the document and the reason.
    pub fn problems(&self, document: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        if let Err(error) = self.schemas.validate(document, self.index) {
            collect(&error, &mut problems);
        }
        problems
    }
}

/// The causes of an error form a tree; its leaves have the useful messages.
fn collect(error: &ValidationError, problems: &mut Vec<String>) {
    if error.causes.is_empty() {
        problems.push(format!("at {:?}: {}", error.instance_location.to_string(), error.kind));
    }
    for cause in &error.causes {
        collect(cause, problems);
    }
}

/// Returns the names of all schema files.
pub fn files() -> Vec<String> {
    let folder = fs::read_dir(crate::workspace().join("tests/schemas")).expect("there is a folder of schemas");
    let mut names: Vec<String> =
        folder.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Finds what lets a misspelt field pass a schema: an object that may hold anything, a required field without a
/// description, or a number without a unit.
pub fn leniencies(schema: &Value, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        if schema["additionalProperties"] != false {
            found.push(format!("{place} allows any other field"));
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !properties.contains_key(name) {
                found.push(format!("{place} requires {name} and does not describe it"));
            }
        }
        for (name, property) in properties {
            let is_number = property["type"] == "number" || property["type"] == "integer";
            if is_number && !property["description"].is_string() {
                found.push(format!("{place}/{name} is a number without a description that tells its unit"));
            }
        }
    }
    let children: Vec<(String, &Value)> = match schema {
        Value::Object(fields) => fields.iter().map(|(name, child)| (format!("{place}/{name}"), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, child)| (format!("{place}/{at}"), child)).collect(),
        _ => Vec::new(),
    };
    for (place, child) in children {
        found.extend(leniencies(child, &place));
    }
    found
}
