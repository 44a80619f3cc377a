//! A grade in the forms that other systems read, each as its documentation has it.

use crate::command_line::Usage;
use crate::text;
use anyhow::{Context as _, Result, ensure};
use maud::{PreEscaped, html};
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

/// The names of all of them.
pub const FORMATS: [&str; 7] = ["gradescope", "classroom50", "junit", "csv", "prairielearn", "autolab", "exercism"];

/// Reads grades (`labs/grade/1`) and writes them in that form. Several are put together.
///
/// # Errors
///
/// [`Usage`] for a form that there is not; a file that is no grade.
pub fn export(format: &str, files: &[PathBuf]) -> Result<String> {
    let write = match format {
        "gradescope" => gradescope,
        "classroom50" => classroom50,
        "junit" => junit,
        "csv" => csv,
        "prairielearn" => prairielearn,
        "autolab" => autolab,
        "exercism" => exercism,
        _ => return Err(Usage(format!("--format {format}: give one of {}", FORMATS.join(", "))).into()),
    };
    ensure!(!files.is_empty(), Usage("export: name the grades, R.json ...".into()));
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let grade: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
        ensure!(grade["schema"] == "labs/grade/1", "{} is no grade (labs/grade/1)", path.display());
        Ok(grade)
    };
    Ok(write(&files.iter().map(read).collect::<Result<Vec<_>>>()?))
}

/// An item with the exercise that it is of.
struct One<'a> {
    exercise: &'a str,
    item: &'a Value,
}

impl One<'_> {
    fn text(&self, name: &str) -> &str {
        self.item[name].as_str().unwrap_or_default()
    }

    fn name(&self) -> String {
        format!("{}: {}", self.exercise, self.text("title"))
    }

    fn passes(&self) -> bool {
        self.item["status"] == "pass"
    }

    /// Why, with the schedule that shows it, and how to see it again.
    fn output(&self) -> String {
        if self.passes() {
            return String::new();
        }
        let lanes = self.item.get("witness").map_or(String::new(), |witness| text::lanes(witness, ""));
        format!("{} ({})\n{lanes}again: {}\n", self.text("message"), self.text("status"), self.text("rerun"))
    }
}

fn items(grades: &[Value]) -> Vec<One<'_>> {
    grades
        .iter()
        .flat_map(|grade| {
            let exercise = grade["exercise"].as_str().unwrap_or_default();
            grade["items"].as_array().into_iter().flatten().map(move |item| One { exercise, item })
        })
        .collect()
}

fn sum(grades: &[Value], name: &str) -> f64 {
    grades.iter().filter_map(|grade| grade[name].as_f64()).sum::<f64>() + 0.0
}

/// What stands above all items: why something was not graded.
fn summary(grades: &[Value]) -> String {
    let line = |grade: &Value| {
        let what = match grade["verdict"].as_str().unwrap_or_default() {
            "graded" => "graded",
            "does-not-compile" => "does not compile",
            "rejected" => "was not compiled: it says what an exercise may not say",
            "limit" => "needs too much time or memory to compile",
            _ => "could not be graded: that is the grader's fault, try again",
        };
        format!("{}: {what}\n", grade["exercise"].as_str().unwrap_or_default())
    };
    grades.iter().map(line).collect()
}

/// gradescope-autograders.readthedocs.io, "Autograder Specifications", the output format.
fn gradescope(grades: &[Value]) -> String {
    let tests: Vec<Value> = (items(grades).iter().enumerate())
        .map(|(index, one)| {
            json!({
                "name": one.name(), "number": (index + 1).to_string(), "score": one.item["score"], "max_score": one.item["max_score"],
                "status": if one.passes() { "passed" } else { "failed" }, "output": one.output(), "output_format": "text", "visibility": "visible",
            })
        })
        .collect();
    let extra: Vec<Value> = grades
        .iter()
        .map(|grade| json!({ "exercise": grade["exercise"], "verdict": grade["verdict"], "isolation": grade["isolation"], "key": grade["key"] }))
        .collect();
    pretty(&json!({
        "score": sum(grades, "score"), "execution_time": sum(grades, "seconds"), "output": summary(grades), "output_format": "text",
        "visibility": "visible", "stdout_visibility": "hidden", "extra_data": { "grades": extra }, "tests": tests,
    }))
}

/// Classroom 50's `classroom50/result/v1`. What only the workflow knows comes from its environment.
fn classroom50(grades: &[Value]) -> String {
    let points = |value: f64| value.round() as i64;
    let tests: Vec<Value> = (items(grades).iter())
        .map(|one| {
            let of = |name: &str| points(one.item[name].as_f64().unwrap_or(0.0));
            json!({ "test-name": one.name(), "passed": one.passes(), "score": of("score"), "max-score": of("max_score") })
        })
        .collect();
    let variable = |name: &str| env::var(name).ok();
    pretty(&json!({
        "schema": "classroom50/result/v1", "classroom": variable("CLASSROOM50_CLASSROOM"), "assignment": variable("CLASSROOM50_ASSIGNMENT"),
        "submission": variable("GITHUB_REPOSITORY"), "commit": variable("GITHUB_SHA"), "release": variable("CLASSROOM50_RELEASE"),
        "review": variable("CLASSROOM50_REVIEW"), "datetime": humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        "score": points(sum(grades, "score")), "max-score": points(sum(grades, "max_score")), "tests": tests,
    }))
}

/// JUnit as Jenkins reads it (jenkinsci/xunit-plugin, junit-10.xsd).
fn junit(grades: &[Value]) -> String {
    let suite = |grade: &Value| {
        let one = std::slice::from_ref(grade);
        let items = items(one);
        let failures = items.iter().filter(|one| !one.passes()).count();
        html! {
            testsuite name=(grade["exercise"].as_str().unwrap_or_default()) tests=(items.len()) failures=(failures) errors="0" skipped="0" time=(format!("{:.3}", sum(one, "seconds"))) {
                @for one in &items {
                    testcase classname=(format!("labs.{}", one.exercise)) name=(one.text("title")) {
                        @if !one.passes() { failure message=(one.text("message").lines().next().unwrap_or_default()) { (one.output()) } }
                    }
                }
            }
        }
    };
    let suites = html! { testsuites { @for grade in grades { (suite(grade)) } } };
    let all = html! { (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")) (suites) };
    // XML 1.0 knows no control characters but these.
    all.into_string()
        .chars()
        .filter(|character| !character.is_control() || "\n\t".contains(*character))
        .collect::<String>()
        + "\n"
}

/// A row for each item: for CodeGrade and for spreadsheets.
fn csv(grades: &[Value]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\"").replace(['\n', '\r'], " "));
    let mut text = "exercise,verdict,item,status,score,max_score,message\n".to_string();
    for grade in grades {
        for one in items(std::slice::from_ref(grade)) {
            let (score, most) = (&one.item["score"], &one.item["max_score"]);
            let verdict = grade["verdict"].as_str().unwrap_or_default();
            text += &format!(
                "{},{verdict},{},{},{score},{most},{}\n",
                one.exercise,
                one.text("id"),
                one.text("status"),
                quoted(one.text("message"))
            );
        }
    }
    text
}

/// prairielearn.readthedocs.io, "External grading", the grading result.
fn prairielearn(grades: &[Value]) -> String {
    let most = sum(grades, "max_score");
    let tests: Vec<Value> = (items(grades).iter())
        .map(|one| json!({ "name": one.name(), "description": one.text("id"), "points": one.item["score"], "max_points": one.item["max_score"], "message": one.text("message"), "output": one.output() }))
        .collect();
    let gradable = grades.iter().all(|grade| {
        !["does-not-compile", "rejected", "error"].contains(&grade["verdict"].as_str().unwrap_or_default())
    });
    let score = if most > 0.0 { sum(grades, "score") / most } else { 0.0 };
    pretty(&json!({ "gradable": gradable, "score": score, "message": summary(grades), "output": "", "tests": tests }))
}

/// Autolab reads the last line of the output, and nothing else of it.
fn autolab(grades: &[Value]) -> String {
    let scores: serde_json::Map<String, Value> = grades
        .iter()
        .map(|grade| (grade["exercise"].as_str().unwrap_or_default().to_string(), grade["score"].clone()))
        .collect();
    format!("{}\n", json!({ "scores": scores }))
}

/// exercism.org/docs/building/tooling/test-runners/interface, version 3.
fn exercism(grades: &[Value]) -> String {
    let short = |text: String| text.chars().take(500).collect::<String>();
    let tests: Vec<Value> = (items(grades).iter().enumerate())
        .map(|(index, one)| {
            let status = if one.passes() { "pass" } else { "fail" };
            json!({ "name": one.name(), "status": status, "message": if one.passes() { Value::Null } else { one.text("message").into() }, "output": short(one.output()), "test_code": one.text("rerun"), "task_id": index + 1 })
        })
        .collect();
    let is_graded = grades.iter().all(|grade| grade["verdict"] == "graded");
    let passes = items(grades).iter().all(One::passes);
    let status = if !is_graded {
        "error"
    } else if passes {
        "pass"
    } else {
        "fail"
    };
    let first = items(grades).first().map_or(String::new(), |one| one.text("message").to_string());
    let message = if is_graded { Value::Null } else { format!("{}{first}", summary(grades)).into() };
    pretty(
        &json!({ "version": 3, "status": status, "message": message, "tests": if is_graded { tests } else { Vec::new() } }),
    )
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests;
