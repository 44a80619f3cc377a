use super::*;
use crate::exercises::EXERCISES;
use crate::feedback;
use serde_json::json;
use std::collections::BTreeSet;

fn student(name: &str) -> Student {
    Student { name: name.into(), folder: name.into(), path: name.into() }
}

fn graded(score: f64, isolation: Isolation) -> Cell {
    let step = |thread: u64, op: &str, value: u64, line: u64| json!({ "thread": thread, "op": op, "value": value, "line": line, "object": 0, "after": value });
    let witness = json!({ "threads": 2, "increments": 1, "expected": 2, "final": 1, "replayable": true,
        "steps": [step(1, "load", 0, 2), step(2, "load", 0, 2), step(1, "store", 1, 3), step(2, "store", 1, 3)] });
    let item = json!({ "id": EXERCISES[0].about.items[0].id, "title": "t", "status": if score == 10.0 { "pass" } else { "fail" },
        "message": "bad </script><b> & 12", "witness": witness });
    let grade = json!({ "isolation": isolation.name(), "items": [item], "score": score, "max_score": 10.0, "verdict": "graded" });
    Cell::Graded { grade, source: Some("fn f() {\n  load();\n  store();\n}\n".into()), feedback: "x: 3\n".into() }
}

/// Returns a class with each kind of cell. Its names are markup, a formula and a path.
fn class() -> Summary {
    let full = Isolation::Full;
    let cells = [
        ("ada", graded(10.0, full)),
        ("<b>&\"", graded(3.5, full)),
        ("=1", graded(0.0, full)),
        ("a/%0A", Cell::Missing),
        ("eve", Cell::Failed("no <room>".into())),
        ("fay", Cell::Waiting),
    ];
    let rows = cells.into_iter().map(|(name, cell)| Row { student: student(name), cells: vec![cell] }).collect();
    Summary { exercises: vec![&EXERCISES[0]], rows }
}

/// Returns the part of a page that is well-formed XML: its `<main>`.
fn main_of(page: &str) -> String {
    let (start, end) = (page.find("<main").unwrap(), page.find("</main>").unwrap());
    page[start..end].to_string() + "</main>"
}

#[test]
fn what_was_not_graded_in_the_full_sandbox_is_said_on_the_page() {
    let shown = |isolation| {
        let rows = vec![Row { student: student("ada"), cells: vec![graded(1.0, isolation)] }];
        page(&Summary { exercises: vec![&EXERCISES[0]], rows })
    };
    assert!(shown(Isolation::Reduced).contains("Not graded in the full sandbox: 1 of 1, reduced: Landlock"));
    assert!(!shown(Isolation::Full).contains("Not graded in the full sandbox"));
}

#[test]
fn the_csv_has_a_row_for_each_student_and_no_number_for_what_is_not_graded() {
    let name = EXERCISES[0].name;
    let expected = format!(
        "student,{name},total\nada,10,10\n\"<b>&\"\"\",3.5,3.5\n'=1,0,0\na/%0A,,0\neve,could not be graded,\nfay,not graded yet,\n"
    );
    assert_eq!(csv(&class()), expected);
}

/// A parser refuses two attributes of the same name; a browser ignores the second.
#[test]
fn each_score_has_the_class_of_its_points_and_a_rule_with_contrast() {
    let page = page(&class());
    let main = main_of(&page);
    let document = roxmltree::Document::parse(&main).unwrap_or_else(|error| panic!("{error}\n{main}"));
    let table = document.descendants().find(|node| node.attribute("id") == Some("students")).unwrap();
    let cell = |row: roxmltree::Node<'_, '_>, column: usize| {
        row.children().nth(column).unwrap().attribute("class").unwrap().to_string()
    };
    let rows: Vec<_> = table.descendants().filter(|node| node.has_attribute("data-fails")).collect();
    let classes: Vec<String> = rows.iter().map(|row| cell(*row, 1)).collect();
    assert_eq!(classes, ["full", "some", "none", "missing", "failed", "failed"]);
    let totals: Vec<String> = rows.iter().map(|row| cell(*row, 2)).collect();
    assert_eq!(totals, ["number", "number", "number", "number", "failed", "failed"]);
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let used: BTreeSet<&str> =
        document.descendants().filter_map(|node| node.attribute("class")).flat_map(str::split_whitespace).collect();
    for class in used {
        assert!(style.contains(&format!(".{class} ")) || style.contains(&format!(".{class},")), "no rule for {class}");
    }
    let themes = [
        style.split("@media").next().unwrap().to_string()
            + style.rsplit(":root { color-scheme").next().unwrap().split('}').next().unwrap(),
        style
            .split("@media (prefers-color-scheme: dark)")
            .skip(1)
            .filter_map(|part| part.split('}').next())
            .collect::<String>(),
    ];
    for theme in themes {
        let text = colour(&theme, "text");
        for background in ["full", "some", "none", "missing", "failed", "panel", "background"] {
            for ink in [text, colour(&theme, "link")] {
                let ratio = contrast(ink, colour(&theme, background));
                assert!(ratio >= 4.5, "{background}: {ratio}");
            }
        }
    }
    assert!(contrast([0x76; 3], [0x80; 3]) < 4.5, "a poor contrast is noticed");
}

fn colour(theme: &str, name: &str) -> [u8; 3] {
    let value = theme.split(&format!("--{name}: #")).nth(1).unwrap_or_else(|| panic!("--{name} in {theme}"));
    let hex: String = value.chars().take_while(char::is_ascii_hexdigit).collect();
    let hex = if hex.len() == 3 { hex.chars().flat_map(|one| [one, one]).collect() } else { hex };
    [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
}

/// Computes the contrast of two colours as WCAG 2 defines it.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let linear = |channel: u8| match f64::from(channel) / 255.0 {
        small if small <= 0.04045 => small / 12.92,
        large => ((large + 0.055) / 1.055).powf(2.4),
    };
    let light = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05
    };
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

#[test]
fn the_page_has_the_median_the_shares_and_safe_links() {
    let page = page(&class());
    assert!(page.contains("The median is 1.75 of 10 points"), "two of six have no final total");
    assert!(page.contains("6 students, 5 submissions. 1 student handed in nothing."));
    assert!(page.contains("1 submission could not be graded: run the command again."));
    assert!(page.contains("1 of 3") && page.contains("33 %"), "the share of those that were graded");
    assert!(page.contains("href=\"%3Cb%3E%26%22/feedback.html\"") && !page.contains("<b>"));
    for outside in ["http://", "https://", "src=\"", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!((median(&[]), median(&[1.0, 2.0, 9.0]), median(&[1.0, 2.0])), (None, Some(2.0), Some(1.5)));
}

#[test]
fn counts_agree_with_their_nouns() {
    for (count, line) in
        [(0, "0 students, 0 submissions."), (1, "1 student, 1 submission."), (2, "2 students, 2 submissions.")]
    {
        let row = || Row { student: student("ada"), cells: vec![graded(3.0, Isolation::Full)] };
        let page = page(&Summary { exercises: vec![&EXERCISES[0]], rows: (0..count).map(|_| row()).collect() });
        assert!(page.contains(line) && page.contains(&format!("<span>{}</span>", counted(count, "student"))), "{line}");
        assert_eq!(page.contains(&format!("<h3>{}: ", counted(count, "submission"))), count > 0);
        let Cell::Graded { mut grade, source, feedback } = graded(3.0, Isolation::Full) else { panic!("it is graded") };
        let steps = grade["items"][0]["witness"]["steps"].as_array_mut().unwrap();
        steps.truncate(count);
        let row = Row { student: student("ada"), cells: vec![Cell::Graded { grade, source, feedback }] };
        let page = feedback::page(&[&EXERCISES[0]], &row);
        assert_eq!(
            page.contains(&format!("The schedule has {}.", counted(count, "step"))),
            count > 0,
            "no steps, no stepper"
        );
    }
}

#[test]
fn schedules_are_grouped_by_their_shape() {
    let class = class();
    let failures = failures(&class);
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].students.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["<b>&\"", "=1"]);
    assert!(failures[0].example.1.contains("T1 load 0") && failures[0].example.1.contains("load();"));
    let witness = |steps: &[(u64, &str, u64, u64)]| {
        let steps = steps
            .iter()
            .map(|(thread, op, object, value)| json!({ "thread": thread, "op": op, "object": object, "value": value }));
        json!({ "steps": steps.collect::<Vec<_>>() })
    };
    let one = shape(&witness(&[(1, "load", 0, 0), (2, "store", 1, 7)]));
    assert_eq!(one, shape(&witness(&[(2, "load", 3, 9), (1, "store", 0, 1)])), "other names, values and objects");
    assert_ne!(one, shape(&witness(&[(1, "load", 0, 0), (2, "store", 0, 7)])), "the same object");
    assert_ne!(one, shape(&witness(&[(1, "load", 0, 0), (1, "store", 1, 7)])), "the same thread");
    assert_eq!(shape(&Value::Null), None);
    assert_eq!(without_numbers("sold() returned 12, not 3"), "sold() returned #, not #");
}

#[test]
fn feedback_begins_with_the_total_and_what_has_no_grade() {
    let ada = Row { student: student("ada"), cells: vec![graded(3.5, Isolation::Full), Cell::Missing] };
    let exercises = [&EXERCISES[0], &EXERCISES[1]];
    let most = EXERCISES[0].points() + EXERCISES[1].points();
    let missing = EXERCISES[1].name;
    let text = feedback::text(&exercises, &ada);
    assert_eq!(text, format!("Total: 3.5 of {most}\nNot handed in: {missing}.rs\n\nx: 3\n"));
    let failed = Row { student: student("eve"), cells: vec![Cell::Failed("x".into()), Cell::Waiting] };
    let text = feedback::text(&exercises, &failed);
    assert!(
        text.starts_with(&format!("Total: not final, of {most}\nNot graded yet: {missing}.rs\nCould not be")),
        "{text}"
    );
}

#[test]
fn the_page_of_a_student_plays_the_schedule_in_the_slides_stepper() {
    let row = Row { student: student("ada"), cells: vec![graded(3.5, Isolation::Full)] };
    let page = feedback::page(&[&EXERCISES[0]], &row);
    let main = main_of(&page);
    let document = roxmltree::Document::parse(&main).unwrap_or_else(|error| panic!("{error}\n{main}"));
    let script = document.descendants().find(|node| node.has_tag_name("script")).unwrap().text().unwrap();
    let data: Value = serde_json::from_str(script).unwrap();
    assert_eq!((&data["exhibit"]["picks"], &data["threads"]), (&json!("1212"), &json!(2)));
    let memory: Vec<&str> =
        data["places"].as_array().unwrap().iter().filter_map(|place| place["memory"].as_str()).collect();
    assert_eq!(memory, ["as it began", "0", "0", "1", "1"]);
    assert_eq!(
        data["places"][2]["moves"][0],
        json!({ "pick": "1", "thread": 0, "to": 3, "line": 3, "cell": "store 1", "lost": null, "from": null })
    );
    assert_eq!(data["says"][0]["bad"], "bad </script><b> & 12.", "the message is data, and not markup");
    let lines: Vec<&str> = document.descendants().filter_map(|node| node.attribute("data-line")).collect();
    assert_eq!(lines, ["1", "2", "3", "4"]);
    for outside in ["http://", "https://", "src=\"", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    // Without a schedule there is no stepper.
    let row = Row { student: student("bob"), cells: vec![Cell::Missing] };
    assert!(!feedback::page(&[&EXERCISES[0]], &row).contains("<lane-stepper"));
}
