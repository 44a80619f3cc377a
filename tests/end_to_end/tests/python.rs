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
