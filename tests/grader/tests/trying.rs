//! Tests `cargo try`, which runs an exercise on real threads: with the solutions, with the untouched file, and with a wrong name. No
//! other command builds an exercise, so a broken one breaks no other command.

use crate::support::skipped::sampled;
use crate::support::solution;
use grader::exercises::{EXERCISES, Exercise};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

fn cargo(arguments: &[&str]) -> Output {
    let mut command = Command::new(workspace::cargo());
    command.args(arguments).current_dir(workspace::root()).env("CARGO_NET_OFFLINE", "true");
    command.output().expect("cargo starts")
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

/// Returns the folders of the exercises that a command would compile.
fn built_by(arguments: &[&str]) -> Vec<PathBuf> {
    let mut command = Command::new(workspace::cargo());
    command.args(arguments).args(["--unit-graph", "-Zunstable-options", "--offline"]).current_dir(workspace::root());
    let output = command.env("RUSTC_BOOTSTRAP", "1").output().expect("cargo starts");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    let graph: Value = serde_json::from_slice(&output.stdout).expect("a unit graph is JSON");
    let units = graph["units"].as_array().expect("it has units");
    assert!(units.len() > 5, "{arguments:?}: {} units", units.len());
    let source = |unit: &Value| PathBuf::from(unit["target"]["src_path"].as_str().unwrap_or_default());
    let mut folders: Vec<PathBuf> = units
        .iter()
        .map(source)
        .filter(|path| path.ends_with("try.rs") || path.ends_with("exercise.rs"))
        .filter_map(|path| Some(path.parent()?.file_name()?.into()))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

#[test]
fn only_cargo_try_and_editors_compile_an_exercise() {
    let none = [""; 0].map(PathBuf::from);
    for command in [
        &["build", "--workspace", "--all-targets"][..],
        &["test", "--workspace", "--no-run"],
        &["check", "--workspace", "--all-targets"], // clippy compiles the same
        &["build", "--package", "lab-mutex", "--all-targets"],
        &["build", "--package", "grader"],
    ] {
        assert_eq!(built_by(command), none, "{command:?}");
    }
    let mut all: Vec<PathBuf> =
        EXERCISES.iter().map(|exercise| Path::new(exercise.folder).file_name().unwrap().into()).collect();
    all.sort();
    // What rust-analyzer runs with the settings of `.vscode` and `.zed`.
    assert_eq!(built_by(&["check", "--workspace", "--all-targets", "--features", "exercise"]), all);
    for exercise in EXERCISES {
        let folder = PathBuf::from(Path::new(exercise.folder).file_name().unwrap());
        assert_eq!(built_by(&["build", "--features", "exercise", "--example", exercise.name]), [folder]);
    }
    for settings in [".vscode/settings.json", ".zed/settings.json"] {
        let settings = fs::read_to_string(workspace::root().join(settings)).unwrap();
        let json: Value = serde_json::from_str(&settings).unwrap();
        assert!(json.to_string().contains("features\":[\"exercise\"]"), "{json}");
    }
}

#[test]
fn the_untouched_files_compile_and_say_what_is_to_be_done() {
    let output = cargo(&["build", "--quiet", "--workspace", "--examples", "--features", "exercise"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "no warning distracts from the exercise");
    for exercise in EXERCISES {
        let output = cargo(&["try", exercise.name]);
        let source = fs::read_to_string(workspace::root().join(exercise.file)).unwrap();
        let Some(task) = source.split(concat!("to", "do!(\"")).nth(1).and_then(|rest| rest.split('"').next()) else {
            assert!(output.status.success() && !output.stdout.is_empty(), "{}", exercise.name);
            continue;
        };
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(&format!("not yet implemented: {task}")), "{said}");
        let place = format!("panicked at {}:", exercise.file);
        assert_eq!(said.replace('\\', "/").matches(&place).count(), 1, "one thread says it once: {said}");
    }
}

#[test]
fn a_wrong_name_and_none_list_the_exercises() {
    for arguments in [&["try"][..], &["try", "nonesuch"]] {
        let output = cargo(arguments);
        let said = text(&output.stderr);
        assert!(!output.status.success() && EXERCISES.iter().all(|exercise| said.contains(exercise.name)), "{said}");
        assert!(!said.contains("try.rs"), "{said}");
    }
    let said = text(&cargo(&["try", "mutx"]).stderr);
    assert!(said.contains("`mutx`") && said.contains("`mutex`"), "a typo is answered with the nearest name: {said}");
}

/// Builds `common` as labs do, and returns its library.
fn common() -> PathBuf {
    let output = cargo(&["build", "--package", "lab-race", "--message-format", "json"]);
    let output = text(&output.stdout);
    let mut messages = output.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let built = messages.find(|message| message["target"]["name"] == "common" && message["filenames"].is_array());
    let files = built.expect("a lab is built with it")["filenames"].clone();
    let library = files.as_array().unwrap().iter().filter_map(Value::as_str).find(|file| file.ends_with(".rlib"));
    PathBuf::from(library.unwrap())
}

/// Compiles the `try.rs` of an exercise together with another file, and returns the program.
fn compiled(common: &Path, exercise: &Exercise, file: &Path, folder: &Path) -> Result<PathBuf, String> {
    let program = folder.join(format!("try{}", env::consts::EXE_SUFFIX));
    fs::copy(workspace::root().join(exercise.folder).join("try.rs"), folder.join("try.rs")).unwrap();
    fs::copy(file, folder.join("exercise.rs")).unwrap();
    let mut rustc = Command::new(workspace::rustc());
    rustc.args(["--edition=2024", "-Cdebuginfo=0", "-Copt-level=1", "-o"]).arg(&program).arg(folder.join("try.rs"));
    rustc.arg("-L").arg(format!("dependency={}", common.parent().unwrap().display()));
    let output = rustc.arg("--extern").arg(format!("common={}", common.display())).output().unwrap();
    if output.status.success() { Ok(program) } else { Err(text(&output.stderr)) }
}

#[test]
fn solutions_run_on_real_threads_and_print() {
    let common = common();
    let (mut tried, mut all) = (0, 0);
    for exercise in EXERCISES {
        let mut files: Vec<PathBuf> =
            fs::read_dir(exercise.solutions()).unwrap().map(|file| file.unwrap().path()).collect();
        files.retain(|file| !file.file_name().unwrap().to_string_lossy().starts_with("wrong"));
        all += files.len();
        files.retain(|file| workspace::thorough() || file.ends_with("reference.rs"));
        tried += files.len();
        for file in &files {
            let folder = tempfile::tempdir().unwrap();
            let program = compiled(&common, exercise, file, folder.path()).unwrap_or_else(|said| panic!("{said}"));
            let output = Command::new(program).output().unwrap();
            let (printed, name) = (text(&output.stdout), file.display());
            assert!(output.status.success(), "{name}: {}", text(&output.stderr));
            assert!(printed.lines().count() > 1, "{name}: {printed}");
            // What is printed is what is expected, where the line says it.
            for line in printed.lines() {
                let number = |part: &str| {
                    part.split(|c: char| !c.is_ascii_digit()).rfind(|part| !part.is_empty()).map(str::to_string)
                };
                let Some((before, expected)) = line.split_once(", expected ") else { continue };
                if exercise.name != "race" {
                    let got =
                        before.split(" values").next().unwrap_or(before).split(" tickets").next().unwrap_or(before);
                    assert_eq!(number(got), number(expected), "{name}: {line}");
                }
            }
        }
    }
    sampled(tried, all, "right solutions were run on real threads");

    // The twins: a file that does not compile, and one that names what the grader does not have.
    let folder = tempfile::tempdir().unwrap();
    let atomic = grader::exercises::exercise("atomic").unwrap();
    let refused = |content: &str| {
        let file = folder.path().join("broken.rs");
        fs::write(&file, content).unwrap();
        compiled(&common, atomic, &file, folder.path()).unwrap_err()
    };
    assert!(refused("this is not Rust").contains("exercise.rs"));
    let right = fs::read_to_string(solution("atomic", "reference")).unwrap();
    for (more, missing) in [
        ("use std::sync::Mutex as Other;", "std"),
        ("fn more() { let _: HashMap<u8, u8>; }", "HashMap"),
        ("fn more() { eprintln!(\"x\") }", "eprintln"),
        ("fn more() { unsafe {} }", "unsafe"),
    ] {
        assert!(refused(&format!("{right}\n{more}\n")).contains(missing), "{more}");
    }
}
