//! Generates one module per exercise from its `grading/checks.rs`, the list of them, and a digest of all that decides a
//! grade: it is the same in every clone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use workspace::Lab;

/// The folders of the crates that decide, from the workspace's folder.
const DECIDE: [&str; 5] =
    ["tests/checks/src", "tests/explorer/src", "tests/kit/src", "tests/model/src", "common/src/exercise"];

fn main() {
    workspace::generate("exercises.rs", &workspace::modules("grading/checks.rs", list));

    let mut sources = BTreeMap::new();
    for folder in DECIDE {
        println!("cargo::rerun-if-changed={}", workspace::root().join(folder).display());
        read(folder, &mut sources);
    }
    for lab in workspace::labs() {
        let path = format!("labs/{}/grading/checks.rs", lab.folder);
        let text = fs::read(workspace::root().join(&path)).unwrap_or_default();
        sources.insert(path, text);
    }
    let mut hash = hmac_sha256::Hash::new();
    for (name, text) in sources {
        for part in [name.as_bytes(), &text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=CHECKS_DIGEST={digest}");
}

fn read(folder: &str, sources: &mut BTreeMap<String, Vec<u8>>) {
    let entries = fs::read_dir(workspace::root().join(Path::new(folder))).expect("the folder is there");
    for entry in entries.map(|entry| entry.expect("the folder can be read")) {
        let name = format!("{folder}/{}", entry.file_name().display());
        if entry.path().is_dir() {
            read(&name, sources);
        } else {
            sources.insert(name, fs::read(entry.path()).expect("the file can be read"));
        }
    }
}

fn list(labs: &[Lab]) -> String {
    let mut text =
        "/// The checks of each exercise, by its name.\npub const EXERCISES: &[(&str, Check)] = &[\n".to_string();
    let row = |Lab { name, .. }: &Lab| format!("    ({name:?}, {}::check),\n", workspace::identifier(name));
    text.extend(labs.iter().map(row));
    text + "];\n"
}
