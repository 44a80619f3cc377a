//! Checks `--python`: a lab runs the lecture's own programs, or says what is missing.

use end_to_end::labs::{LabUnderTest, labs};
use end_to_end::{assert_none, schema::Contract};
use serde_json::Value;
use std::env;
use std::process::Command;

/// Returns the programs that a lab declares, and whether one needs numpy.
fn programs(lab: &LabUnderTest) -> (Vec<&str>, bool) {
    let declared = lab.description["python"].as_array().into_iter().flatten();
    let programs: Vec<&str> = declared.filter_map(|program| program["file"].as_str()).collect();
    let imports = |program: &&str| {
        let text = end_to_end::read(format!("labs/{}/{program}", lab.folder));
        text.lines().map(str::trim_start).any(|line| line.starts_with("import numpy") || line.starts_with("from numpy"))
    };
    let needs_numpy = programs.iter().any(imports);
    (programs, needs_numpy)
}

#[test]
fn each_program_in_python_is_declared_by_its_lab() {
    for lab in labs() {
        let files = std::fs::read_dir(end_to_end::workspace().join("labs").join(lab.folder)).unwrap();
        let mut found: Vec<String> =
            files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
        found.retain(|name| name.ends_with(".py"));
        found.sort();
        let mut declared = programs(lab).0;
        declared.sort_unstable();
        assert_eq!(found, declared, "lab-{}", lab.name);
    }
}

fn small_with_python(lab: &LabUnderTest) -> String {
    let line = "--size 100000 --increments 1000 --threads 2 --workers 2 --repeat 2 --seed 0";
    format!("{} --python --json", lab.those_of(line))
}

fn warnings_about_python(report: &Value) -> Vec<String> {
    let warnings = report["warnings"].as_array().into_iter().flatten().filter(|warning| warning["kind"] == "python");
    warnings.map(|warning| format!("{} {}", warning["message"], warning["advice"])).collect()
}

/// Returns whether `python3` with numpy is installed. In CI both must be.
fn python_is_here(what: &str) -> bool {
    let found =
        Command::new("python3").args(["-c", "import numpy"]).output().is_ok_and(|output| output.status.success());
    assert!(found || env::var_os("CI").is_none(), "CI has no python3 with numpy, so {what} is not checked");
    if !found {
        end_to_end::skipped(what, "there is no python3 with numpy");
    }
    found
}

/// Returns what is wrong with a comparison of these programs.
fn comparison_problems(lab: &LabUnderTest, report: &Value) -> Vec<String> {
    let mut problems = Contract::named("report-1.json").problems(report);
    problems.extend(warnings_about_python(report).into_iter().filter(|_| !programs(lab).0.is_empty()));
    let comparisons: Vec<&Value> = report["python"].as_array().into_iter().flatten().collect();
    for program in programs(lab).0 {
        match comparisons.iter().find(|comparison| comparison["program"] == program) {
            None => problems.push(format!("{program} was not compared")),
            Some(comparison) => {
                if !comparison["ours"].is_object() {
                    problems.push(format!("{program} has nothing of ours beside it"));
                }
                if programs(lab).1 != comparison["numpy"].is_string() {
                    problems.push(format!("{program}: numpy is {}", comparison["numpy"]));
                }
            }
        }
    }
    if !comparisons.is_empty() && comparisons.iter().all(|comparison| !comparison["lecture"].is_number()) {
        problems.push("no comparison has the lecture's figure".into());
    }
    problems.into_iter().map(|problem| format!("lab-{}: {problem}", lab.name)).collect()
}

#[test]
fn the_lectures_programs_run_and_stand_beside_ours() {
    if !python_is_here("the lecture's Python programs") {
        return;
    }
    for lab in labs() {
        let outcome = lab.run_alone(&small_with_python(lab));
        assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
        let report = outcome.json().unwrap();
        assert_none(comparison_problems(lab, &report));
        let mut broken = report.clone();
        for comparison in broken.get_mut("python").and_then(Value::as_array_mut).into_iter().flatten() {
            comparison.as_object_mut().unwrap().remove("ours");
        }
        assert_eq!(comparison_problems(lab, &broken).len(), programs(lab).0.len());
    }
}

/// Linux forks worker processes, at least before Python 3.14. macOS and Windows start a new interpreter for each, which gets
/// what it needs as a pickle.
#[test]
fn the_lectures_programs_run_with_the_processes_of_macos_and_windows() {
    if !python_is_here("the lecture's Python programs with new interpreters as workers") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let setting = "import multiprocessing\nmultiprocessing.set_start_method('spawn', force=True)\n";
    std::fs::write(folder.path().join("sitecustomize.py"), setting).unwrap();
    let run = |path: std::path::PathBuf, flags: &str| {
        let mut command = Command::new("python3");
        command.arg(path).args(flags.split(' ')).current_dir(folder.path()).env("PYTHONPATH", folder.path());
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for lab in labs() {
        for program in programs(lab).0 {
            let flags = if lab.takes("size") { "--size 1000" } else { "--increments 10" };
            let path = end_to_end::workspace().join("labs").join(lab.folder).join(program);
            let (succeeds, errors) = run(path, &format!("{flags} --workers 2 --repeat 1 --json"));
            assert!(succeeds, "lab-{}: {program}: {errors}", lab.name);
        }
    }
    // The twin: a function that has no name in a module cannot be sent to a new interpreter.
    let twin =
        "import multiprocessing\nif __name__ == '__main__':\n    multiprocessing.Process(target=lambda: 0).start()\n";
    std::fs::write(folder.path().join("twin.py"), twin).unwrap();
    let (succeeds, errors) = run(folder.path().join("twin.py"), "-");
    assert!(!succeeds && errors.contains("pickle"), "{errors}");
}

#[test]
fn people_see_python_ours_and_the_lecture_side_by_side() {
    if !python_is_here("the text of a comparison with Python") {
        return;
    }
    for lab in labs().into_iter().filter(|lab| !programs(lab).0.is_empty()) {
        let text = lab.run_alone(small_with_python(lab).trim_end_matches("--json")).stdout;
        let heading = text.lines().position(|line| line.starts_with("Python 3") && line.contains("beside it"));
        let table: Vec<&str> =
            text.lines().skip(heading.unwrap_or_else(|| panic!("no comparison in {text}"))).collect();
        assert!(["Python here", "ours here", "lecture"].iter().all(|title| table[1].contains(title)), "{}", table[1]);
        for program in programs(lab).0 {
            assert!(table.iter().any(|line| line.starts_with(program)), "lab-{} shows no {program}", lab.name);
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn without_python_a_lab_says_how_to_get_it_and_goes_on() {
    let nowhere = tempfile::tempdir().unwrap();
    for lab in labs() {
        let mut command = lab.command(&small_with_python(lab));
        command.env("PATH", nowhere.path());
        let outcome = end_to_end::run::complete(command);
        assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
        let report = outcome.json().unwrap();
        let warnings = warnings_about_python(&report);
        assert_eq!(warnings.len(), 1, "lab-{} {warnings:?}", lab.name);
        if !programs(lab).0.is_empty() {
            assert!(
                warnings[0].contains("python3 was not found") && warnings[0].contains("install Python"),
                "{warnings:?}"
            );
            assert_ne!(comparison_problems(lab, &report), [""; 0]);
        }
    }
}

/// Runs a lab with these lines of shell as its `python3`.
#[cfg(unix)]
fn with_python(lab: &LabUnderTest, script: &str) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3");
    std::fs::write(&python, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&python, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = lab.command(&small_with_python(lab));
    command.env("PATH", folder.path());
    let outcome = end_to_end::run::complete(command);
    assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
    warnings_about_python(&outcome.json().unwrap())
}

/// The twin is an interpreter that works: the lab has no warning then.
#[test]
#[cfg(unix)]
fn a_python_that_cannot_be_used_is_named_in_one_line() {
    let Some(lab) = labs().into_iter().find(|lab| lab.name == "mutex") else { return };
    // `$1` is `-c` when the lab asks for the version, and otherwise the path of a program.
    let program = r#"echo '{"python": "3.14.0", "numpy": null, "figures": {"finals": [2000]}}'"#;
    for (script, words) in [
        ("echo 3 7 0", ["python3 is Python 3.7, which is too old", "install Python 3.8"]),
        ("echo no encodings >&2; exit 1", ["python3 does not work (no encodings)", "install Python 3.8"]),
        ("kill -STOP $$", ["python3 did not end within 10 seconds", "type python3 --version"]),
        ("[ \"$1\" = -c ] && echo 3 12 1 || exit 3", ["numpy was not found", "python3 -m venv"]),
        ("[ \"$1\" = -c ] && echo 3 12 0 || exit 3", ["numpy was not found", "python3 -m pip install numpy"]),
        ("[ \"$1\" = -c ] && echo 3 14 0 || echo { ", ["its output is not valid JSON", "run it by hand"]),
    ] {
        let warnings = with_python(lab, script);
        let is_told = warnings.len() == 1 && words.iter().all(|words| warnings[0].contains(words));
        assert!(is_told && !warnings[0].contains('\n'), "{script}: {warnings:?}");
    }
    assert_none(with_python(lab, &format!("[ \"$1\" = -c ] && echo 3 14 0 || {program}")));
}

#[test]
#[cfg(unix)]
fn without_numpy_a_lab_says_how_to_get_it_and_goes_on() {
    use std::os::unix::fs::PermissionsExt;
    let interpreter = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let Some(interpreter) = interpreter.ok().filter(|output| output.status.success()) else {
        return end_to_end::skipped("what a lab says without numpy", "there is no python3");
    };
    // An interpreter that ignores installed packages, so that numpy is missing.
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("python3");
    let interpreter = String::from_utf8(interpreter.stdout).unwrap();
    std::fs::write(&bare, format!("#!/bin/sh\nexec '{}' -I -S \"$@\"\n", interpreter.trim())).unwrap();
    std::fs::set_permissions(&bare, std::fs::Permissions::from_mode(0o755)).unwrap();
    for lab in labs().into_iter().filter(|lab| programs(lab).1) {
        let mut command = lab.command(&small_with_python(lab));
        command.env("PATH", folder.path());
        let outcome = end_to_end::run::complete(command);
        assert_eq!((outcome.status.code(), outcome.stderr.as_str()), (Some(0), ""), "lab-{}", lab.name);
        let warnings = warnings_about_python(&outcome.json().unwrap());
        let [warning] = &warnings[..] else { panic!("lab-{}: {warnings:?}", lab.name) };
        assert!(warning.contains("numpy was not found") && warning.contains("pip install numpy"), "{warning}");
    }
}
