//! The deck and the steppers in the other browser.

use crate::pages::{deck_url, stepper_url};
use browser::firefox::Firefox;

#[test]
fn firefox_opens_the_deck_steps_and_throws_nothing() {
    let Some(mut browser) = Firefox::open(deck_url(), 1280, 720) else { return };
    browser.evaluate(crate::layout::CHECKS);
    let count = browser.evaluate("slides.length").as_u64().unwrap();
    browser.press("PageDown");
    assert_eq!(browser.text("location.hash"), "#2");
    browser.press("End");
    assert_eq!(browser.text("location.hash"), format!("#{count}"));
    browser.evaluate("show(Number(document.querySelector('lane-stepper[data-name=\"lose-an-update\"]').closest('.slide').dataset.number) - 1)");
    browser.press("PageDown");
    for _ in 0..4 {
        browser.press("PageDown");
    }
    let says = "stepper().querySelector('.says').textContent";
    assert!(browser.text(says).contains("4 of 6 schedules end here."), "{}", browser.text(says));
    browser.press_all("y1221");
    assert!(browser.text(says).contains("You did it!"));
    assert!(browser.text("location.hash").ends_with("?s=1221"));
    // Nothing is cut off here either; another browser has other letters.
    let mut problems = Vec::new();
    let step = browser::sampled("slides is looked at in Firefox", 8);
    for slide in (0..count).step_by(step) {
        browser.evaluate(&format!("show({slide}); stepper()?.toEnd()"));
        let found = browser.evaluate("cramped()");
        problems.extend(found.as_array().unwrap().iter().map(|problem| format!("slide {}: {problem}", slide + 1)));
    }
    assert_eq!(problems, [""; 0]);
    browser.press("s");
    browser.switch_to("?speaker");
    browser.wait_for("document.getElementById('plan') !== null");
    browser.press("Home");
    browser.wait_for("current === 0");
    browser.switch_to("deck.html#");
    browser.wait_for("current === 0");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn firefox_shows_the_steppers_alone() {
    if browser::sampled("pages is opened in Firefox", 2) > 1 {
        return;
    }
    let Some(mut browser) = Firefox::open(stepper_url(), 1100, 900) else { return };
    browser.evaluate("document.getElementById('lose-an-update').focus()");
    browser.press_all("y1221");
    assert!(browser.text("steppers[0].querySelector('.says').textContent").contains("You did it!"));
    assert_eq!(browser.problems(), [""; 0]);
}
