//! On paper: every slide, and as a handout every slide with its notes.

use crate::pages::deck_url;
use browser::chromium::Chromium;

fn count(pdf: &[u8], what: &str) -> usize {
    pdf.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
}

/// Pages of a PDF: objects of the type Page, and not the list of them.
fn pages(pdf: &[u8]) -> usize {
    count(pdf, "/Type /Page\n") + count(pdf, "/Type /Page/") + count(pdf, "/Type /Page ")
}

#[test]
fn every_slide_is_a_page_and_a_handout_has_the_notes() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    let slides = browser.evaluate("slides.length").as_u64().unwrap() as usize;
    let pdf = browser.pdf();
    assert!(pdf.starts_with(b"%PDF"));
    assert_eq!((pages(&pdf), count(&pdf, "/MediaBox [0 0 960 540]")), (slides, slides), "13.333 x 7.5 inches");

    browser.press("n");
    let handout = browser.pdf();
    assert_eq!(pages(&handout), slides);
    assert_eq!(count(&handout, "/MediaBox [0 0 594.95") + count(&handout, "/MediaBox [0 0 595"), slides, "A4");
    assert!(handout.len() > pdf.len(), "with the notes it says more");
    assert!(
        browser.evaluate("slides.every((slide) => !stepper(slide) || stepper(slide).state.asks)") == true,
        "as it was before"
    );
    assert_eq!(browser.problems(), [""; 0]);
}
