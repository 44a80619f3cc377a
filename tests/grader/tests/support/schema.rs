//! Documents and their schemas.

use serde_json::Value;
use std::path::Path;

/// What is wrong with a document, by the schema in a file.
pub fn problem(schema: &Path, document: &Value) -> Option<String> {
    let mut schemas = boon::Schemas::new();
    let index = boon::Compiler::new().compile(&schema.display().to_string(), &mut schemas).unwrap();
    schemas.validate(document, index).err().map(|error| format!("{error:#}\n{document:#}"))
}
