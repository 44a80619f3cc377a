use super::*;

/// A grade of each verdict; the first has passed one check and failed another, with a schedule.
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

#[test]
fn gradescope_gets_what_its_specification_names() {
    for (verdict, grade) in grades() {
        let document = as_json(&gradescope(std::slice::from_ref(&grade)));
        assert_eq!(
            (&document["score"], &document["stdout_visibility"]),
            (&grade["score"], &"hidden".into()),
            "{verdict}"
        );
        for test in document["tests"].as_array().unwrap() {
            assert!(["passed", "failed"].contains(&test["status"].as_str().unwrap()) && test["number"].is_string());
            assert!(test["score"].as_f64().unwrap() <= test["max_score"].as_f64().unwrap());
        }
        assert!(document["output"].as_str().unwrap().starts_with("shm: "), "{verdict}");
    }
    let shown = gradescope(&[grades()[0].1.clone()]);
    assert!(shown.contains("T1 load 0") && shown.contains("T2 store 1"), "the schedule is there: {shown}");
}

#[test]
fn classroom50_gets_whole_points() {
    for (verdict, grade) in grades() {
        let document = as_json(&classroom50(&[grade]));
        assert_eq!(document["schema"], "classroom50/result/v1", "{verdict}");
        assert!(
            document["score"].is_i64()
                && document["max-score"].is_i64()
                && document["datetime"].as_str().unwrap().ends_with('Z')
        );
        assert!(
            document["tests"]
                .as_array()
                .unwrap()
                .iter()
                .all(|test| test["passed"].is_boolean() && test["test-name"].is_string())
        );
    }
}

#[test]
fn junit_is_xml_with_a_failure_for_each_check_that_fails() {
    for (verdict, grade) in grades() {
        let text = junit(std::slice::from_ref(&grade));
        let items = grade["items"].as_array().unwrap();
        let failing = items.iter().filter(|item| item["status"] != "pass").count();
        assert_eq!(
            (text.matches("<testcase ").count(), text.matches("<failure ").count()),
            (items.len(), failing),
            "{verdict}"
        );
        assert!(
            text.starts_with("<?xml") && !text.contains("<model>") && text.contains(&format!("failures=\"{failing}\""))
        );
    }
}

#[test]
fn csv_has_a_row_for_each_check() {
    for (_, grade) in grades() {
        let text = csv(std::slice::from_ref(&grade));
        assert_eq!(text.lines().count(), 1 + grade["items"].as_array().unwrap().len());
        assert!(text.lines().all(|line| line.split(',').count() >= 7));
    }
}

#[test]
fn prairielearn_gets_a_share_and_whether_it_could_be_graded() {
    for (verdict, grade) in grades() {
        let document = as_json(&prairielearn(&[grade]));
        let can = !["does-not-compile", "rejected", "error"].contains(&verdict);
        assert_eq!(document["gradable"], can, "{verdict}");
        assert!((0.0..=1.0).contains(&document["score"].as_f64().unwrap()));
    }
}

#[test]
fn autolab_gets_one_line() {
    assert_eq!(autolab(&[grades()[0].1.clone()]), "{\"scores\":{\"shm\":3.0}}\n");
    assert!(grades().iter().all(|(_, grade)| autolab(std::slice::from_ref(grade)).lines().count() == 1));
}

#[test]
fn exercism_gets_its_three_words() {
    for (verdict, grade) in grades() {
        let document = as_json(&exercism(&[grade]));
        let expected = match verdict {
            "passed" => "pass",
            "graded" | "inconclusive" => "fail",
            _ => "error",
        };
        assert_eq!((&document["version"], &document["status"]), (&3.into(), &expected.into()), "{verdict}");
        assert_eq!(document["message"].is_null(), expected != "error");
        assert!(
            document["tests"]
                .as_array()
                .unwrap()
                .iter()
                .all(|test| test["output"].as_str().unwrap().chars().count() <= 500)
        );
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
    assert!(format!("{:#}", export("csv", &paths).unwrap_err()).contains("0.json is no grade"));
}
