//! Writes grades in the formats of other systems, as their documentation specifies them.

use crate::verdict::{Status, Verdict};
use crate::{render, text};
use anyhow::{Context as _, Result, bail, ensure};
use common::command_line::usage;
use maud::{PreEscaped, html};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

/// The names of all formats.
pub const FORMATS: [&str; 7] = ["gradescope", "classroom50", "junit", "csv", "prairielearn", "autolab", "exercism"];

/// The formats whose systems would record a failure of the grader as zero points.
const FINAL: [&str; 3] = ["gradescope", "classroom50", "autolab"];

/// Reads grades (`labs/grade/1`) and writes them in one format, merged into one document.
///
/// # Errors
///
/// The format is unknown, no file is named, a file is not a grade, or a submission could not be graded and the format's
/// system would record zero points.
pub fn export(format: &str, files: &[PathBuf]) -> Result<String> {
    ensure!(FORMATS.contains(&format), usage(format!("--format {format}: give one of {}", FORMATS.join(", "))));
    ensure!(!files.is_empty(), usage("export: name at least one grade, such as R.json"));
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let grade: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
        let is_grade = grade["schema"] == "labs/grade/1" && Verdict::of(&grade).is_some();
        let items = grade["items"].as_array().into_iter().flatten();
        let is_whole = is_grade && items.map(Status::of).all(|status| status.is_some());
        ensure!(is_whole, "{} is not a grade (labs/grade/1)", path.display());
        Ok(grade)
    };
    write(format, &files.iter().map(read).collect::<Result<Vec<_>>>()?, &|name| env::var(name).ok())
}

fn write(format: &str, grades: &[Value], variable: &dyn Fn(&str) -> Option<String>) -> Result<String> {
    if let Some(grade) = grades.iter().find(|grade| verdict(grade) == Verdict::Error && FINAL.contains(&format)) {
        let file = grade["submission"].as_str().unwrap_or_default();
        bail!("{file} could not be graded, and {format} would record zero points: grade it again");
    }
    let grades: Vec<Value> = grades.iter().cloned().map(text::plain_document).collect();
    let grades = &grades[..];
    Ok(match format {
        "gradescope" => gradescope(grades),
        "classroom50" => classroom50(grades, variable)?,
        "junit" => junit(grades),
        "csv" => csv(grades),
        "prairielearn" => prairielearn(grades),
        "autolab" => autolab(grades),
        _ => exercism(grades),
    })
}

/// An item together with its exercise.
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
        Status::of(self.item) == Some(Status::Pass)
    }

    /// Explains a failed item, with its schedule, and says how to reproduce it.
    fn output(&self) -> String {
        if self.passes() {
            return String::new();
        }
        let lanes = self.item.get("witness").map_or(String::new(), |witness| render::lanes(witness, ""));
        format!("{} ({})\n{lanes}run again: {}\n", self.text("message"), self.text("status"), self.text("rerun"))
    }
}

/// Returns the verdict of a grade. A document without a known verdict counts as "could not be graded".
fn verdict(grade: &Value) -> Verdict {
    Verdict::of(grade).unwrap_or(Verdict::Error)
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

/// Returns one line per exercise: whether it was graded, and if not, why.
fn summary(grades: &[Value]) -> String {
    let line = |grade: &Value| {
        let what = match verdict(grade) {
            Verdict::Graded => "graded",
            Verdict::DoesNotCompile => "does not compile",
            Verdict::Rejected => "was rejected before it was compiled",
            Verdict::Limit => "takes too much time or memory to compile",
            Verdict::Error => "could not be graded because the grader failed: try again",
        };
        format!("{}: {what}\n", grade["exercise"].as_str().unwrap_or_default())
    };
    grades.iter().map(line).collect()
}

/// Writes Gradescope's `results.json` (gradescope-autograders.readthedocs.io, "Autograder Specifications", "Output format";
/// github.com/gradescope/autograder_samples, docs/specs.md).
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

/// Writes Classroom 50's `classroom50/result/v1` (github.com/foundation50/classroom50, schemas/result-v1.schema.json). Its
/// runner passes the values that only it knows in environment variables (its wiki, "Advanced Autograding"); it
/// overwrites `owner`, `assignment_type` and `datetime`.
fn classroom50(grades: &[Value], variable: &dyn Fn(&str) -> Option<String>) -> Result<String> {
    let points = |value: &Value| value.as_f64().unwrap_or(0.0).round() as i64;
    let tests: Vec<Value> = (items(grades).iter())
        .map(|one| {
            let (score, most) = (points(&one.item["score"]), points(&one.item["max_score"]));
            json!({ "test-name": one.name(), "passed": one.passes(), "score": score, "max-score": most, "output": one.output() })
        })
        .collect();
    let sum = |name: &str| tests.iter().filter_map(|test| test[name].as_i64()).sum::<i64>();
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let needed = |name: &str| given(name).with_context(|| format!("{name} is not set: Classroom 50's runner sets it"));
    let mut result = json!({
        "schema": "classroom50/result/v1", "classroom": needed("CLASSROOM")?, "assignment": needed("ASSIGNMENT")?,
        "submission": needed("SUBMISSION_TAG")?, "commit": needed("COMMIT_URL")?, "release": needed("RELEASE_URL")?,
        "review": given("REVIEW_URL").map_or_else(|| needed("COMMIT_URL"), Ok)?,
        "datetime": humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        "score": sum("score"), "max-score": sum("max-score"), "tests": tests,
    });
    for (field, name) in [("owner", "OWNER"), ("assignment_type", "ASSIGNMENT_TYPE")] {
        if let Some(value) = given(name) {
            result[field] = value.into();
        }
    }
    Ok(pretty(&result))
}

/// Writes JUnit's XML as Jenkins reads it (github.com/jenkinsci/xunit-plugin, types/model/xsd/junit-10.xsd).
fn junit(grades: &[Value]) -> String {
    let suite = |grade: &Value| {
        let one = std::slice::from_ref(grade);
        let items = items(one);
        let failures = items.iter().filter(|one| !one.passes()).count();
        // A submission that could not be graded has no items, and must not look as if all of them had passed.
        let errors = usize::from(items.is_empty());
        let name = grade["exercise"].as_str().unwrap_or_default();
        html! {
            testsuite name=(name) tests=(items.len() + errors) failures=(failures) errors=(errors) skipped="0" time=(format!("{:.3}", sum(one, "seconds"))) {
                @if errors > 0 { testcase classname=(format!("labs.{name}")) name="grading" { error message=(summary(one).trim_end()) {} } }
                @for one in &items {
                    testcase classname=(format!("labs.{}", one.exercise)) name=(one.text("title")) {
                        @if !one.passes() { failure type=(one.text("status")) message=(one.text("message").lines().next().unwrap_or_default()) { (one.output()) } }
                    }
                }
            }
        }
    };
    let suites = html! { testsuites { @for grade in grades { (suite(grade)) } } };
    let all = html! { (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")) (suites) };
    all.into_string() + "\n"
}

/// Writes a row for each item, as in RFC 4180, for CodeGrade and for spreadsheets. A submission that could not be
/// graded has a row too.
fn csv(grades: &[Value]) -> String {
    let field = |text: &str| text::field(&text.replace('\n', " ")); // one line per check
    let mut text = "submission,exercise,verdict,item,status,score,max_score,message\n".to_string();
    for grade in grades {
        let word = |name: &str| grade[name].as_str().unwrap_or_default();
        let start = format!("{},{},{}", field(word("submission")), field(word("exercise")), word("verdict"));
        let items = items(std::slice::from_ref(grade));
        if items.is_empty() {
            text += &format!("{start},,,{},{},\n", grade["score"], grade["max_score"]);
        }
        for one in items {
            let (id, status, message) = (field(one.text("id")), one.text("status"), field(one.text("message")));
            text += &format!("{start},{id},{status},{},{},{message}\n", one.item["score"], one.item["max_score"]);
        }
    }
    text
}

/// Writes PrairieLearn's results (github.com/PrairieLearn/PrairieLearn, docs/externalGrading.md, "Grading results"). A submission that is
/// not gradable does not count as an attempt there.
fn prairielearn(grades: &[Value]) -> String {
    let most = sum(grades, "max_score");
    let tests: Vec<Value> = (items(grades).iter())
        .map(|one| json!({ "name": one.name(), "description": one.text("id"), "points": one.item["score"], "max_points": one.item["max_score"], "message": one.text("message"), "output": one.output() }))
        .collect();
    let gradable = grades.iter().all(|grade| matches!(verdict(grade), Verdict::Graded | Verdict::Limit));
    let score = if most > 0.0 { sum(grades, "score") / most } else { 0.0 };
    let mut result =
        json!({ "gradable": gradable, "score": score, "message": summary(grades), "output": "", "tests": tests });
    if !gradable {
        let reasons = items(grades).into_iter().map(|one| one.text("message").to_string()).collect::<BTreeSet<_>>();
        result["format_errors"] =
            json!([summary(grades).trim_end().to_string()].into_iter().chain(reasons).collect::<Vec<_>>());
    }
    pretty(&result)
}

/// Writes Autolab's feedback (github.com/autolab/Autolab, docs/lab.md). Autolab shows all of it to the student, and reads the points of
/// each problem from the last line.
fn autolab(grades: &[Value]) -> String {
    let scores: serde_json::Map<String, Value> = grades
        .iter()
        .map(|grade| (grade["exercise"].as_str().unwrap_or_default().to_string(), grade["score"].clone()))
        .collect();
    let failing = items(grades).into_iter().filter(|one| !one.passes());
    let feedback: String = failing.map(|one| format!("{}\n{}\n", one.name(), one.output())).collect();
    format!("{}\n{feedback}{}\n", summary(grades), json!({ "scores": scores }))
}

/// Writes Exercism's results, version 3 (github.com/exercism/docs, building/tooling/test-runners/interface.md). They have no `output`,
/// which is for what a student's program prints, because a submission cannot print.
fn exercism(grades: &[Value]) -> String {
    let tests: Vec<Value> = (items(grades).iter())
        .map(|one| {
            let (status, message) = if one.passes() { ("pass", Value::Null) } else { ("fail", one.output().into()) };
            json!({ "name": one.name(), "status": status, "message": message, "test_code": one.text("rerun") })
        })
        .collect();
    let is_graded = grades.iter().all(|grade| verdict(grade) == Verdict::Graded);
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
