use super::*;

fn reports() -> Reports {
    Reports::reference(workspace::root()).unwrap()
}

fn make(text: &str) -> Result<Vec<Slide>> {
    chapter(text, workspace::root(), &reports())
}

fn error(body: &str) -> String {
    format!("{:#}", make(&format!("# C\n\n## T (1 min)\n\n{body}\n\nNote: N.\n")).unwrap_err())
}

#[test]
fn a_slide_has_a_title_minutes_a_body_and_notes() {
    let slides = make("# Sums\n\n## One *core* (1.5 min)\n\nText.\n\n- a\n\nNote: Say it\ntwice.\n\nAsk: Why?\n\n## Next (1 min) {title}\n\nDemo: `x`\n").unwrap();
    assert_eq!((slides.len(), slides[0].chapter.as_str(), slides[0].minutes), (2, "Sums", 1.5));
    assert_eq!(slides[0].title, "One *core*");
    assert!(slides[0].body.0.contains("<p>Text.</p>") && !slides[0].body.0.contains("Say it"));
    assert_eq!(slides[0].notes.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["Note", "Ask"]);
    assert!(slides[0].notes[0].1.0.contains("Say it\ntwice."));
    assert!(slides[1].is_title && !slides[0].is_title);
}

#[test]
fn the_schedule_says_when_each_slide_is_due() {
    let slides = make("# Sums\n\n## One (1.5 min)\n\nNote: N.\n\n## Two (2 min)\n\nNote: N.\n").unwrap();
    assert_eq!(schedule(&slides), "Sums (3.5 min)\n   0:00   1  One\n   1:30   2  Two\n   3:30      the end\n");
}

#[test]
fn what_is_missing_on_a_slide_is_an_error() {
    assert!(format!("{:#}", make("## T (1 min)\n").unwrap_err()).contains("a chapter must begin"));
    assert!(format!("{:#}", make("# C\n\n## T\n\nNote: N.\n").unwrap_err()).contains("minutes"));
    assert!(format!("{:#}", make("# C\n\n## T (0 min)\n\nNote: N.\n").unwrap_err()).contains("more than 0 minutes"));
    assert!(format!("{:#}", make("# C\n\n## T (1 min)\n\nText.\n").unwrap_err()).contains("for the speaker"));
}

#[test]
fn a_missing_piece_is_an_error_that_names_slide_and_file() {
    for (body, names) in [
        ("```code labs/nowhere.rs#x\n```", "labs/nowhere.rs"),
        ("```code labs/data-race/src/counters.rs#nothing\n```", "counters.rs"),
        ("```code labs/data-race/src/counters.rs#load-store.increment()\nmark: unseen\n```", "unseen"),
        ("```code labs/data-race/src/counters.rs#load-store.increment()\nunseen\n```", "mark: TEXT"),
        ("```stepper nothing\n```", "lose-an-update"),
        ("{{naive nothing.speedup.median ratio}}", "naive.json"),
        ("{{naive process-pool.speedup.nothing ratio}}", "naive.json"),
        ("{{nothing process-pool.speedup.median ratio}}", "nothing"),
        ("{{naive process-pool.speedup.median pounds}}", "pounds"),
        ("{{naive process-pool.speedup.median ratio", "without }}"),
        ("{{schedules lose-an-update 7}}", "no schedule"),
        ("<b>bold</b>", "HTML"),
    ] {
        let error = error(body);
        assert!(error.contains(names) && error.contains("slide \"T (1 min)\""), "{body}: {error}");
    }
}

#[test]
fn figures_come_from_the_reports_and_say_from_which() {
    let slides = make("# C\n\n## T (1 min)\n\nIt is {{naive process-pool.speedup.median ratio}}, and {{naive lecture.speedup exact}}x; {{schedules lose-an-update 1}}.\n\nNote: N.\n").unwrap();
    let expected = common::format::ratio(reports().of("naive").unwrap().number("process-pool.speedup.median").unwrap());
    let body = &slides[0].body.0;
    assert!(body.contains(&format!("<span class=\"figure\">{expected}</span>")), "{body}");
    assert!(body.contains("0.03</span>x") && body.contains("4 of 6"), "{body}");
    assert!(slides[0].sources.len() == 1 && slides[0].sources[0].starts_with("Reference, not this machine: lab-naive"));
}

#[test]
fn columns_large_letters_and_claims() {
    let slides = make("# C\n\n## T (1 min)\n\n### 170066\n\n|||\n\nRight.\n<!-- check naive: process-pool.correct == true -->\n\nNote: N.\n").unwrap();
    let body = &slides[0].body.0;
    assert_eq!(body.matches("class=\"column\"").count(), 2);
    assert!(body.contains("<p class=\"big\">170066</p>") && !body.contains("check"), "{body}");
}

/// Creates a copy of the deck's sources, which a test may change.
fn copy_of_everything() -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target)
            } else {
                fs::copy(entry.path(), target).map(|_| ()).unwrap()
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    fs::copy(workspace::root().join("README.md"), folder.path().join("README.md")).unwrap();
    for part in ["labs", "slides/deck", "slides/assets", "slides/reference", "common/src"] {
        copy(&workspace::root().join(part), &folder.path().join(part));
    }
    folder
}

fn build(root: &Path) -> Result<String> {
    let reports = Reports::reference(root)?;
    crate::page::deck(root, &slides(root, &reports)?)
}

#[test]
fn the_deck_covers_the_lecture_in_its_time() {
    let slides = slides(workspace::root(), &reports()).unwrap();
    let minutes: f64 = slides.iter().map(|slide| slide.minutes).sum();
    assert!((40..=60).contains(&slides.len()) && minutes == 80.0, "{} slides, {minutes} minutes", slides.len());
    assert!(slides.iter().all(|slide| slide.notes.iter().any(|(kind, _)| *kind == "Note")), "each has a note");
    assert!(
        slides.iter().filter(|slide| slide.notes.iter().any(|(kind, _)| *kind == "Ask")).count() > slides.len() / 2
    );
    let all: String =
        slides.iter().map(|slide| format!("{} {} {}\n", slide.chapter, slide.title, slide.body.0)).collect();
    for subject in [
        "0.03x",
        "0.6x",
        "2.7x",
        "170066",
        "Amdahl",
        "memory wall",
        "GIL",
        "Locked twice",
        "False sharing",
        "Rust",
        "relaxed",
        "In practice",
    ] {
        assert!(all.contains(subject), "{subject}");
    }
    for stepper in crate::stepper::STEPPERS {
        assert_eq!(all.matches(&format!("data-name=\"{}\"", stepper.name)).count(), 1, "{}", stepper.name);
    }
    for plot in crate::plots::names() {
        assert!(all.contains(&crate::plots::plot(plot, &reports()).unwrap().title), "{plot} is on no slide");
    }
}

#[test]
fn a_source_that_changes_by_a_line_fails_the_build_and_names_the_file() {
    let folder = copy_of_everything();
    let root = folder.path();
    build(root).unwrap();
    for (file, from, to) in [
        (
            "labs/data-race/src/counters.rs",
            "        self.0.store(seen + 1, Relaxed);\n",
            "        self.0.store(1 + seen, Relaxed);\n",
        ),
        ("labs/data-race/src/counters.rs", "//! Counters that lose", "\n//! Counters that lose"),
        ("labs/mutex-fix/src/counters.rs", "self.unlock();\n", "self.taken.store(false, Release);\n"),
        ("labs/atomic-fix/src/counters.rs", "pub struct Padded", "pub struct PaddedCells"),
        ("labs/naive-chunks/src/sums.rs", "pub fn thread_borrow", "pub fn thread_lend"),
        ("labs/naive-chunks/src/sums.rs", "workers.send(index", "workers.write(index"),
        ("labs/data-race/threadP.py", "x += 1", "x = x + 1"),
        ("labs/data-race/README.md", "compile_fail,E0499", "compile_fail,E0500"),
        ("labs/mutex-fix/witnesses.json", "\"locked-twice\"", "\"locked-thrice\""),
        ("slides/reference/heavy.json", "\"vectorized\"", "\"vector\""),
        ("slides/assets/plots.css", "", ""),
    ] {
        let path = root.join(file);
        let whole = fs::read_to_string(&path).unwrap();
        if from.is_empty() {
            fs::remove_file(&path).unwrap();
        } else {
            assert!(whole.contains(from), "{file} has no {from:?}");
            fs::write(&path, whole.replace(from, to)).unwrap();
        }
        let error = format!("{:#}", build(root).err().unwrap_or_else(|| panic!("{file}: {to:?} was not noticed")));
        assert!(error.contains(file.rsplit('/').next().unwrap()), "{file}: {error}");
        fs::write(&path, whole).unwrap();
    }
    build(root).unwrap();
}

#[test]
fn a_lab_that_the_deck_does_not_know_changes_nothing_until_a_chapter_speaks_of_it() {
    let folder = copy_of_everything();
    let root = folder.path();
    let before = build(root).unwrap();
    let lab = root.join("labs/spinning-top");
    fs::create_dir_all(lab.join("src")).unwrap();
    fs::write(lab.join("Cargo.toml"), "[package]\nname = \"lab-toy\"\n").unwrap();
    let counters = fs::read_to_string(root.join("labs/atomic-fix/src/counters.rs")).unwrap();
    fs::write(lab.join("src/counters.rs"), &counters).unwrap();
    assert!(build(root).unwrap() == before, "neither a report nor witnesses of it are missed");

    // With witnesses it has rows in the table of verdicts, under its own counters' names.
    let witnesses = fs::read_to_string(root.join("labs/atomic-fix/witnesses.json")).unwrap();
    let renamed = witnesses.replace("\"variant\": \"fetch-add\"", "\"variant\": \"top-add\"");
    assert_ne!(renamed, witnesses);
    fs::write(lab.join("witnesses.json"), renamed).unwrap();
    let after = build(root).unwrap();
    assert!(after.contains("<code>top-add</code>") && !before.contains("<code>top-add</code>"));

    let chapter = root.join("slides/deck/99-toy.md");
    fs::write(&chapter, "# Toy\n\n## It turns (1 min)\n\n{{toy top.turns integer}}\n\nNote: N.\n").unwrap();
    let error = format!("{:#}", build(root).unwrap_err());
    assert!(error.contains("99-toy.md") && error.contains("toy.json"), "{error}");
    let report = r#"{ "schema": "labs/report/1", "lab": "toy", "rows": [{ "variant": "top", "turns": 1234 }] }"#;
    fs::write(root.join("slides/reference/toy.json"), report).unwrap();
    assert!(build(root).unwrap().contains("1,234"));
}

#[test]
fn what_the_readme_says_of_slides_is_so() {
    let readme = fs::read_to_string(workspace::root().join("slides/README.md")).unwrap();
    let (_, example) = readme.split_once("````text\n").unwrap();
    let example = example.split("````").next().unwrap();
    let slides = make(&format!("# C\n\n{example}")).unwrap();
    assert!(slides[0].body.0.contains("self.0.store(") || slides[0].body.0.contains("class=\"call\">store"));
    // The address that it gives is one of the puzzle, and wins it.
    let (_, number) = readme.split_once("slides.html#").unwrap();
    let number: usize = number.split('?').next().unwrap().parse().unwrap();
    let all = super::slides(workspace::root(), &reports()).unwrap();
    assert!(all[number - 1].body.0.contains("data-name=\"lose-an-update\""), "slide {number}");
}
