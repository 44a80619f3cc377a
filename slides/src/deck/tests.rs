use super::*;
use crate::workspace;

fn reports() -> Reports {
    Reports::read(&workspace().join("slides/reference"), true).unwrap()
}

fn make(text: &str) -> Result<Vec<Slide>> {
    chapter(text, workspace(), &reports())
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
fn what_is_missing_on_a_slide_is_an_error() {
    assert!(format!("{:#}", make("## T (1 min)\n").unwrap_err()).contains("a chapter begins"));
    assert!(format!("{:#}", make("# C\n\n## T\n\nNote: N.\n").unwrap_err()).contains("minutes"));
    assert!(format!("{:#}", make("# C\n\n## T (0 min)\n\nNote: N.\n").unwrap_err()).contains("some time"));
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
        ("{{naive process-pool.speedup.median ratio", "without its"),
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
