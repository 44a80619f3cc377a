#[path = "../../tests/support/schema.rs"]
mod schema;

use super::*;

/// Returns a grade for each verdict. The first one passes one check and fails another, with a schedule.
fn grades() -> Vec<(&'static str, Value)> {
    let item = |id: &str, status: &str, score: f64, most: f64| json!({ "id": id, "title": format!("<{id}> & \"all\""), "status": status, "score": score, "max_score": most, "message": format!("why {id}\nmore"), "rerun": format!("cargo grade shm --only {id}") });
    let grade = |verdict: &str, items: Vec<Value>| {
        let total = |name: &str| items.iter().filter_map(|item| item[name].as_f64()).sum::<f64>();
        json!({ "schema": "labs/grade/1", "exercise": "shm", "submission": "x.rs", "key": "0", "verdict": verdict, "score": total("score"),
                "max_score": total("max_score"), "items": items, "isolation": "full", "toolchain": "rustc", "limits": {}, "seconds": 1.5 })
    };
    let mut failing = item("model", "fail", 0.0, 7.0);
    failing["witness"] = json!({ "threads": 2, "replayable": true, "steps": [{ "thread": 1, "op": "load", "value": 0, "line": 18 }, { "thread": 2, "op": "store", "value": 1, "line": 19 }] });
    let failed = || vec![item("counts", "fail", 0.0, 3.0), item("model", "fail", 0.0, 7.0)];
    vec![
        ("graded", grade("graded", vec![item("counts", "pass", 3.0, 3.0), failing])),
        ("passed", grade("graded", vec![item("counts", "pass", 3.0, 3.0), item("model", "pass", 7.0, 7.0)])),
        (
            "inconclusive",
            grade("graded", vec![item("counts", "pass", 3.0, 3.0), item("model", "inconclusive", 0.0, 7.0)]),
        ),
        ("does-not-compile", grade("does-not-compile", failed())),
        ("rejected", grade("rejected", failed())),
        ("limit", grade("limit", failed())),
        ("error", grade("error", Vec::new())),
    ]
}

fn as_json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Returns the environment variables that Classroom 50's runner sets.
fn runner(name: &str) -> Option<String> {
    let value = match name {
        "CLASSROOM" => "cs101",
        "ASSIGNMENT" => "race",
        "OWNER" => "ada",
        "ASSIGNMENT_TYPE" => "individual",
        "SUBMISSION_TAG" => "submit/2026-11-27T10-00-00Z-0123abc",
        "COMMIT_URL" => "https://git.example/ada/commit/0123abc",
        "RELEASE_URL" => "https://git.example/ada/releases/1",
        _ => return None,
    };
    Some(value.to_string())
}

fn written(format: &str, grade: &Value) -> Result<String> {
    write(format, std::slice::from_ref(grade), &runner)
}

/// Returns how a document violates our schema of the platform, which cites the platform's documentation.
fn problem(platform: &str, document: &Value) -> Option<String> {
    schema::problem(&workspace::root().join(format!("tests/grader/platforms/{platform}.json")), document)
}

/// Checks the document of every verdict, or the reason why there is none.
#[test]
fn every_verdict_is_as_each_platform_wants_it() {
    for platform in ["gradescope", "classroom50", "prairielearn", "autolab", "exercism"] {
        for (verdict, grade) in grades() {
            match written(platform, &grade) {
                Ok(text) => {
                    let json = if platform == "autolab" { text.lines().last().unwrap() } else { &text };
                    assert_eq!(problem(platform, &as_json(json)), None, "{platform}: {verdict}: {text}");
                }
                Err(error) => {
                    let says = format!("x.rs could not be graded, and {platform} would record zero points");
                    assert!(
                        verdict == "error" && error.to_string().starts_with(&says),
                        "{platform}: {verdict}: {error}"
                    );
                }
            }
        }
    }
}

/// The documents are shaped like the platforms' own examples.
#[test]
fn the_schemas_take_the_platforms_examples_and_refuse_what_is_near_them() {
    let one =
        json!({ "name": "A", "status": "fail", "message": "no", "output": "x", "test_code": "f()", "task_id": 1 });
    let test = json!({ "test-name": "A", "passed": true, "score": 2, "max-score": 2 });
    let result = json!({ "schema": "classroom50/result/v1", "classroom": "c", "assignment": "a", "submission": "submit/1", "commit": "u",
        "release": "u", "review": "u", "datetime": "2026-11-27T10:00:00Z", "score": 2, "max-score": 2, "tests": [test] });
    let good = [
        (
            "gradescope",
            json!({ "score": 44.0, "execution_time": 136, "output": "all", "visibility": "after_due_date",
            "stdout_visibility": "visible", "extra_data": {}, "leaderboard": [{ "name": "Time", "value": 15.1, "order": "asc" }],
            "tests": [{ "score": 2.0, "max_score": 2.0, "name": "A", "number": "1.1", "output": "x", "tags": ["t"], "visibility": "visible" }] }),
        ),
        ("classroom50", result.clone()),
        (
            "prairielearn",
            json!({ "gradable": true, "score": 0.25, "message": "done", "output": "x",
            "tests": [{ "name": "A", "description": "d", "points": 0, "max_points": 3, "message": "m", "output": "x" }] }),
        ),
        ("prairielearn", json!({ "gradable": false, "format_errors": "what?" })),
        ("autolab", json!({ "scores": { "Prob1": 10, "Prob2": 5 }, "scoreboard": [10, 5, 15] })),
        ("exercism", json!({ "version": 3, "status": "fail", "message": null, "tests": [one] })),
    ];
    for (platform, document) in &good {
        assert_eq!(problem(platform, document), None, "{platform}");
    }
    let without = |name: &str| {
        let mut result = result.clone();
        result.as_object_mut().unwrap().remove(name);
        result
    };
    let with = |name: &str, value: Value| {
        let mut result = result.clone();
        result[name] = value;
        result
    };
    for (platform, document) in [
        ("gradescope", json!({ "output": "neither a score nor tests" })),
        ("gradescope", json!({ "score": 1, "visibility": "sometimes" })),
        ("gradescope", json!({ "score": 1, "tests": [{ "status": "pass" }] })),
        ("classroom50", without("commit")),
        ("classroom50", with("submission", "1".into())),
        ("classroom50", with("score", 1.5.into())),
        ("classroom50", with("datetime", "2026-11-27 10:00".into())),
        ("prairielearn", json!({ "gradable": true })),
        ("prairielearn", json!({ "gradable": false })),
        ("prairielearn", json!({ "score": 7 })),
        ("autolab", json!({ "scores": { "Prob1": "ten" } })),
        ("exercism", json!({ "version": 3, "status": "error", "message": null, "tests": [] })),
        ("exercism", json!({ "version": 3, "status": "pass", "message": "all is well", "tests": [] })),
    ] {
        assert!(problem(platform, &document).is_some(), "{platform}: {document}");
    }
}

#[test]
fn gradescope_shows_the_schedule_and_no_word_of_the_programs() {
    let document = as_json(&written("gradescope", &grades()[0].1).unwrap());
    assert_eq!((&document["score"], &document["stdout_visibility"]), (&3.0.into(), &"hidden".into()));
    let shown = document["tests"][1]["output"].as_str().unwrap();
    assert!(shown.contains("T1 load 0") && shown.contains("T2 store 1"), "{shown}");
}

#[test]
fn classroom50_adds_up_and_needs_its_runner() {
    for (_, grade) in grades().into_iter().filter(|(verdict, _)| *verdict != "error") {
        let document = as_json(&written("classroom50", &grade).unwrap());
        let tests = document["tests"].as_array().unwrap();
        let sum = |name: &str| tests.iter().map(|test| test[name].as_i64().unwrap()).sum::<i64>();
        assert_eq!((&document["score"], &document["max-score"]), (&sum("score").into(), &sum("max-score").into()));
        assert!(tests.iter().all(|test| test["score"].as_i64() <= test["max-score"].as_i64()));
        assert_eq!((&document["review"], &document["owner"]), (&document["commit"], &"ada".into()));
    }
    let error = write("classroom50", &[grades()[0].1.clone()], &|_| None).unwrap_err();
    assert_eq!(error.to_string(), "CLASSROOM is not set: Classroom 50's runner sets it");
}

/// Returns where a document violates Jenkins' schema (junit-10.xsd of its xunit plugin), for elements, attributes and contents.
fn junit_problems(text: &str) -> Vec<String> {
    type Names = &'static [&'static str];
    const ELEMENTS: [(&str, Names, Names, Names); 5] = [
        ("testsuites", &[], &["name", "time", "tests", "failures", "errors"], &["testsuite"]),
        ("testsuite", &["name", "tests", "failures", "errors"], &["time", "skipped", "timestamp", "id"], &["testcase"]),
        ("testcase", &["name"], &["time", "classname"], &["failure", "error"]),
        ("failure", &[], &["type", "message"], &[]),
        ("error", &[], &["type", "message"], &[]),
    ];
    let document = match roxmltree::Document::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems = Vec::new();
    if document.root_element().tag_name().name() != "testsuites" {
        problems.push("it does not begin with testsuites".to_string());
    }
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        let Some((_, required, more, inside)) = ELEMENTS.iter().find(|(other, ..)| *other == name) else {
            problems.push(format!("an element {name}"));
            continue;
        };
        let has = |wanted: &&&str| node.attribute(**wanted).is_some();
        problems
            .extend(required.iter().filter(|wanted| !has(wanted)).map(|missing| format!("{name} without {missing}")));
        let attributes = node.attributes().map(|attribute| attribute.name());
        let strange = attributes.filter(|one| !required.contains(one) && !more.contains(one));
        problems.extend(strange.map(|strange| format!("{name} with {strange}")));
        let children = node.children().filter(roxmltree::Node::is_element).map(|child| child.tag_name().name());
        problems.extend(children.filter(|child| !inside.contains(child)).map(|child| format!("{child} in {name}")));
        let time = node.attribute("time").unwrap_or("0");
        if time.parse::<f64>().is_err() || time.contains(['e', '-']) {
            problems.push(format!("the time {time}"));
        }
    }
    problems
}

#[test]
fn junit_is_what_jenkins_reads_with_a_failure_for_each_check_that_fails() {
    for (verdict, grade) in grades() {
        let text = written("junit", &grade).unwrap();
        assert_eq!(junit_problems(&text), [""; 0], "{verdict}: {text}");
        let failing = grade["items"].as_array().unwrap().iter().filter(|item| item["status"] != "pass").count();
        assert_eq!(text.matches("<failure ").count(), failing, "{verdict}");
        assert_eq!(
            text.matches("<error ").count(),
            usize::from(verdict == "error"),
            "a failure of the grader is not a success"
        );
    }
    for bad in [
        "<testsuite/>",
        "<testsuites><testcase name=\"x\"/></testsuites>",
        "<testsuites><testsuite name=\"x\"/></testsuites>",
        "<testsuites time=\"soon\"/>",
        "<testsuites>",
    ] {
        assert!(!junit_problems(bad).is_empty(), "{bad}");
    }
}

#[test]
fn csv_has_a_row_for_each_check_and_one_for_what_was_not_graded() {
    for (verdict, grade) in grades() {
        let text = written("csv", &grade).unwrap();
        let rows = grade["items"].as_array().unwrap().len().max(1);
        assert_eq!(text.lines().count(), 1 + rows, "{verdict}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("x.rs,shm,") && line.split(',').count() >= 8));
    }
}

#[test]
fn prairielearn_is_told_what_could_not_be_graded_and_why() {
    for (verdict, grade) in grades() {
        let document = as_json(&written("prairielearn", &grade).unwrap());
        let can = !["does-not-compile", "rejected", "error"].contains(&verdict);
        assert_eq!((&document["gradable"], document["format_errors"].is_array()), (&can.into(), !can), "{verdict}");
    }
    assert_eq!(as_json(&written("prairielearn", &grades()[0].1).unwrap())["score"], 0.3);
}

#[test]
fn autolab_reads_the_points_from_the_last_line() {
    let text = written("autolab", &grades()[0].1).unwrap();
    assert_eq!(text.lines().last().unwrap(), "{\"scores\":{\"shm\":3.0}}");
    assert!(text.contains("T1 load 0") && text.lines().filter(|line| line.contains("scores")).count() == 1);
}

#[test]
fn exercism_gets_its_three_words() {
    for (verdict, grade) in grades() {
        let document = as_json(&written("exercism", &grade).unwrap());
        let expected = match verdict {
            "passed" => "pass",
            "graded" | "inconclusive" => "fail",
            _ => "error",
        };
        assert_eq!(document["status"], expected, "{verdict}");
    }
}

#[test]
fn several_grades_are_put_together_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..2).map(|index| folder.path().join(format!("{index}.json"))).collect();
    paths.iter().for_each(|path| fs::write(path, grades()[0].1.to_string()).unwrap());
    assert_eq!(as_json(&export("gradescope", &paths).unwrap())["score"], 6.0);
    assert!(export("moodle", &paths).unwrap_err().to_string().contains("gradescope, classroom50"));
    assert!(export("csv", &[]).is_err());
    fs::write(&paths[0], "{}").unwrap();
    assert!(format!("{:#}", export("csv", &paths).unwrap_err()).contains("0.json is not a grade"));
}

/// A submission decides what its message and its lines say. A reader's program must not obey them.
#[test]
fn no_format_passes_on_what_a_terminal_a_spreadsheet_or_a_parser_obeys() {
    let hostile: String =
        ('\0'..'\u{20}').chain("\u{7f}\u{9b}\u{202e}\u{fffe}\u{ffff}\u{d7ff}<&\"]]>".chars()).collect();
    let mut grade = grades()[0].1.clone();
    grade["submission"] = "=cmd|'x'!A0\r=2".into();
    grade["items"][1]["message"] = format!("-1\r{hostile}").into();
    grade["items"][1]["witness"]["steps"][0]["op"] = "\u{1b}[31m".into();
    for format in FORMATS {
        let text = written(format, &grade).unwrap();
        let obeyed =
            |one: &char| one.is_control() && *one != '\n' && *one != '\t' || "\u{202e}\u{fffe}\u{ffff}".contains(*one);
        assert_eq!(text.chars().find(obeyed), None, "{format}");
        if !["junit", "csv", "autolab"].contains(&format) {
            let shown = as_json(&text).to_string();
            assert!(!shown.contains("\\u001b") && shown.contains("u{1b}"), "{format}: {shown}");
        }
    }
    assert_eq!(junit_problems(&written("junit", &grade).unwrap()), [""; 0]);
    let csv = written("csv", &grade).unwrap();
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains("'=cmd|") && csv.contains(",\"'-1") && !csv.contains(",=") && !csv.contains(",-"), "{csv}");
}
