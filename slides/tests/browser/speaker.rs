//! The speaker's window: it follows the page, drives it, and keeps the time.

use crate::pages::deck_url;
use browser::chromium::Chromium;

#[test]
fn the_speakers_window_follows_and_drives() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    browser.press("s");
    browser.switch_to("?speaker");
    browser.wait_for("document.body.classList.contains('speaker') && document.getElementById('plan') !== null");
    assert!(browser.text("document.getElementById('plan').textContent").contains("Slide 1 of "));

    browser.switch_to("deck.html#");
    browser.press("PageDown");
    browser.press("PageDown");
    browser.switch_to("?speaker");
    browser.wait_for("current === 2");
    let shown = |selector: &str| {
        format!(
            "(() => {{ const box = document.querySelector('{selector}').getBoundingClientRect(); return box.width > 50 && box.height > 50 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1 }})()"
        )
    };
    for selector in [".slide.on .canvas", ".slide.next .canvas", ".slide.on .notes", "#speaker"] {
        assert_eq!(browser.evaluate(&shown(selector)), true, "{selector}");
    }
    assert!(browser.text("document.querySelector('.slide.on .notes').innerText").contains("Note:"));
    assert!(browser.text("document.getElementById('plan').textContent").contains(" of 80 minutes"));

    // Keys in the speaker's window turn the projected page, and play its steppers.
    let slide = "Number(document.querySelector('lane-stepper[data-name=\"lose-an-update\"]').closest('.slide').dataset.number) - 1";
    browser.press("PageDown");
    browser.wait_for("current === 3");
    browser.switch_to("deck.html#");
    assert_eq!(browser.evaluate("current"), 3);
    browser.evaluate(&format!("show({slide})"));
    browser.switch_to("?speaker");
    browser.wait_for(&format!("current === {slide}"));
    browser.press_all("y12");
    browser.wait_for("stepper().state.picks === '12'");
    browser.switch_to("deck.html#");
    browser.wait_for("stepper().state.picks === '12'");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn the_clock_starts_with_the_first_page_and_knows_the_plan() {
    let Some(mut browser) = Chromium::open(&format!("{}?speaker", deck_url()), 1280, 720) else { return };
    assert_eq!(browser.text("document.getElementById('elapsed').textContent"), "00:00");
    browser.press("PageDown");
    browser.evaluate("started = Date.now() - 10 * 60 * 1000; drawClock()");
    assert_eq!(browser.text("document.getElementById('elapsed').textContent"), "10:00");
    let plan = browser.text("document.getElementById('plan').textContent");
    assert!(plan.contains("behind"), "{plan}");
    browser.press("End");
    browser.evaluate("drawClock()");
    let plan = browser.text("document.getElementById('plan').textContent");
    assert!(plan.contains("ahead"), "{plan}");
    assert_eq!(browser.problems(), [""; 0]);
}
