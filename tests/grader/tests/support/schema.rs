//! Checks documents against their schemas.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Returns how a document violates the schema in a file; `None` if it does not. Each schema is compiled once.
pub fn problem(schema: &Path, document: &Value) -> Option<String> {
    type Compiled = Arc<(Schemas, SchemaIndex)>;
    static ALL: Mutex<BTreeMap<PathBuf, Compiled>> = Mutex::new(BTreeMap::new());
    let compile = || {
        let mut schemas = Schemas::new();
        let index = Compiler::new().compile(&schema.display().to_string(), &mut schemas).unwrap();
        Arc::new((schemas, index))
    };
    let compiled = ALL.lock().unwrap().entry(schema.to_path_buf()).or_insert_with(compile).clone();
    let (schemas, index) = &*compiled;
    schemas.validate(document, *index).err().map(|error| format!("{error:#}\n{document:#}"))
}
