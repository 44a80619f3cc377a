//! Checks the conventions of this project that a program can check.

use end_to_end::labs::labs;
use end_to_end::{assert_none, workspace};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages that a lab may depend on directly; `common` depends on more.
const FOR_LABS: [&str; 5] = ["common", "crossbeam", "parking_lot", "rayon", "rand"];

/// Returns the files of the workspace, without build outputs.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![workspace().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().unwrap().is_file() {
                files.push(entry.path());
            } else if name != "target" && name != ".git" {
                folders.push(entry.path());
            }
        }
    }
    files
}

/// Returns the dependencies between packages that are not allowed.
fn dependency_problems(metadata: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        for dependency in package["dependencies"].as_array().unwrap() {
            let dependency = dependency["name"].as_str().unwrap();
            let is_allowed = match dependency {
                "tests" | "slides" => false,
                dependency if name.starts_with("lab-") => FOR_LABS.contains(&dependency),
                dependency if name == "common" => !dependency.starts_with("lab-"),
                _ => true,
            };
            if !is_allowed {
                problems.push(format!("{name} depends on {dependency}"));
            }
        }
    }
    problems
}

#[test]
fn labs_know_only_common_and_nothing_knows_the_tests() {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(metadata["packages"].as_array().unwrap().len() >= 9, "seven labs, common, tests");
    assert_none(dependency_problems(&metadata));

    let package = |name: &str, dependency: &str| serde_json::json!({ "packages": [{ "name": name, "dependencies": [{ "name": dependency }] }] });
    assert_none(dependency_problems(&package("lab-race", "rand")));
    for (name, dependency) in [
        ("lab-race", "lab-mutex"),
        ("lab-race", "libc"),
        ("slides", "tests"),
        ("common", "slides"),
        ("common", "lab-race"),
    ] {
        assert_eq!(dependency_problems(&package(name, dependency)).len(), 1, "{name} on {dependency}");
    }
}

/// Returns the packages that are built for a package, including itself, without those of its tests.
pub fn tree(package: &str) -> Vec<String> {
    let arguments =
        ["tree", "--edges", "normal,build", "--prefix", "none", "--offline", "--locked", "--package", package];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace()).output().unwrap();
    assert!(output.status.success(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_string).collect()
}

/// A lab prints what the model checker found earlier, so building a lab must not build the model checker.
#[test]
fn no_lab_is_built_with_the_model_checker() {
    let has_one = |package: &str| tree(package).iter().any(|name| ["explorer", "loom"].contains(&name.as_str()));
    for lab in labs() {
        let package = format!("lab-{}", lab.name);
        assert!(tree(&package).iter().any(|name| name == "common") && !has_one(&package), "{package}");
    }
    assert!(has_one("model") && has_one("proofs"));
}

/// Returns what in a file breaks the conventions.
fn file_problems(path: &Path, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let shown = path.strip_prefix(workspace()).unwrap_or(path).display();
    let (name, extension) = (path.file_name().unwrap_or_default(), path.extension().unwrap_or_default());
    // The words are split, so that this file does not contain them.
    let mut banned = vec![["/ho", "me/"], ["/ro", "ot/"], ["/Us", "ers/"], ["C:\\Us", "ers"]];
    if extension == "rs" && name != "exercise.rs" {
        banned.extend([["to", "do!("], ["db", "g!("], ["unimple", "mented!("], ["#[ig", "nore"]]);
    }
    if name == "counters.rs" {
        problems.extend(beside_the_door(text).map(|line| {
            format!(
                "{shown}: {line} is not behind crate::sync, the door that a model can replace: it would not be explored"
            )
        }));
    }
    for words in banned.into_iter().map(|words| words.concat()).filter(|words| text.contains(words)) {
        problems.push(format!("{shown} says {words}"));
    }
    problems
}

/// Returns the lines of code that use a path other than `crate::sync`, which the model checker would not explore.
fn beside_the_door(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    code.filter(|line| {
        let without = line.replace("crate::sync::", "").replace("use crate::sync", "");
        let paths =
            ["std::", "core::", "alloc::", "crate::", "super::", "parking_lot::", "crossbeam", "libc::", "extern "];
        (line.starts_with("use ") && !line.starts_with("use crate::sync"))
            || paths.iter().any(|path| without.contains(path))
    })
}

#[test]
fn files_keep_the_habits_of_the_house() {
    let files = files();
    assert!(files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).count() > 40);
    let text = |path: &PathBuf| fs::read_to_string(path).ok(); // a picture is not text
    assert_none(
        files.iter().flat_map(|path| text(path).map_or_else(Vec::new, |text| file_problems(path, &text))).collect(),
    );
}

#[test]
fn a_bad_habit_is_noticed() {
    for (path, text) in [
        ("labs/x/src/counters.rs", "use std::".to_string() + "sync::Mutex;"),
        ("labs/x/src/counters.rs", "use crate::sums::Sum;".to_string()),
        ("labs/x/src/counters.rs", "    let lock = ::std::".to_string() + "sync::Mutex::new(0);"),
        ("labs/x/src/counters.rs", "pub use crate::{sync::Mutex, sums};".to_string()),
        ("labs/x/src/counters.rs", "static LOCK: parking_lot::Mutex<u64> = x;".to_string()),
        ("labs/x/src/main.rs", "to".to_string() + "do!()"),
        ("labs/x/notes.md", "see /ho".to_string() + "me/me"),
    ] {
        assert_ne!(file_problems(Path::new(path), &text), [""; 0], "{path}: {text}");
    }
    for (path, text) in [
        ("labs/x/src/exercise.rs", "to".to_string() + "do!()"),
        (
            "labs/x/src/counters.rs",
            "// like std::sync\nuse crate::sync::Mutex;\nuse crate::sync::{hint, thread};".to_string(),
        ),
    ] {
        assert_none(file_problems(Path::new(path), &text));
    }
}

#[test]
fn the_front_door_leads_to_every_lab() {
    let readme = end_to_end::read("README.md");
    for lab in labs() {
        assert!(readme.contains(&format!("](labs/{}", lab.folder)), "README.md does not lead to {}", lab.folder);
    }
}

#[test]
fn every_lab_is_tested() {
    let mut folders: Vec<String> = fs::read_dir(workspace().join("labs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut tested: Vec<&str> = end_to_end::labs::all().iter().map(|lab| lab.folder).collect();
    tested.sort_unstable();
    assert_eq!(folders, tested);
}

/// Counters without committed instruction counts. Worker processes run the counters of threads, so they need none.
fn uncounted(figures: &str) -> Vec<String> {
    let of = |lab: &'static end_to_end::labs::LabUnderTest| {
        lab.variants.iter().map(|(name, _)| format!("{}/{name}", lab.name))
    };
    let counters = end_to_end::labs::all().iter().filter(|lab| lab.takes("increments")).flat_map(of);
    let is_counted = |name: &String| figures.lines().any(|line| line.split(' ').next() == Some(name));
    counters.filter(|name| !name.contains("/process-") && !is_counted(name)).collect()
}

#[test]
fn the_instructions_of_every_counter_are_counted() {
    let figures = end_to_end::read("tests/speed/instructions.txt");
    assert_none(uncounted(&figures));
    assert_eq!(uncounted(&figures.replace("mutex/spin ", "mutex/spinning ")), ["mutex/spin"]);
}
