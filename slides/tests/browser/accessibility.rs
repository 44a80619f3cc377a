//! For those who hear the page, and for those who sit at the back.

use crate::pages::deck_url;
use browser::CONTRAST;
use browser::chromium::Chromium;
use serde_json::Value;

#[test]
fn every_text_stands_out_in_both_themes() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    browser.evaluate(CONTRAST);
    let mut problems = Vec::new();
    for (theme, step) in [("light", 3), ("dark", 8)] {
        let step = browser::sampled(&format!("slides is looked at in the {theme} theme"), step);
        browser.evaluate(&format!("root.dataset.theme = '{theme}'"));
        for slide in (0..browser.evaluate("slides.length").as_u64().unwrap()).step_by(step) {
            browser.evaluate(&format!("show({slide}); stepper()?.toEnd()"));
            let found = browser.evaluate(FAINT);
            problems.extend(
                found.as_array().unwrap().iter().map(|problem| format!("{theme}, slide {}: {problem}", slide + 1)),
            );
        }
    }
    assert_eq!(problems, [""; 0]);
    browser.evaluate("show(0); slides[0].querySelector('h2').style.color = '#999'; root.dataset.theme = 'light'");
    assert_eq!(browser.evaluate(FAINT).as_array().unwrap().len(), 2, "the twin: its title, and the emphasis within");
}

const FAINT: &str = "faint(slides[current].querySelector('.canvas'))";

fn of_role<'a>(nodes: &'a [Value], role: &str) -> Vec<&'a str> {
    let nodes = nodes.iter().filter(|node| node["role"]["value"] == role);
    nodes.map(|node| node["name"]["value"].as_str().unwrap_or_default()).collect()
}

#[test]
fn a_screen_reader_can_name_everything_that_can_be_operated() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    let slides = browser.evaluate("slides.length").as_u64().unwrap();
    let (mut pictures, mut plots) = (0, 0);
    for slide in (0..slides).step_by(browser::sampled("slides is read as a screen reader does", 6)) {
        browser.evaluate(&format!("show({slide}); stepper()?.toEnd()"));
        let nodes = browser.accessibility();
        for role in ["button", "link", "image", "figure", "table"] {
            let names = of_role(&nodes, role);
            // A figure has its caption.
            assert!(
                role == "figure" || role == "table" || names.iter().all(|name| !name.is_empty()),
                "slide {}: {role} {names:?}",
                slide + 1
            );
            pictures += usize::from(role == "image") * names.len();
        }
        plots += browser.evaluate("slides[current].querySelectorAll('figure.plot').length").as_u64().unwrap() as usize;
        assert_eq!(of_role(&nodes, "heading").len(), 1, "slide {}: the others are hidden", slide + 1);
        let is_stepper = browser.evaluate("Boolean(stepper())") == true;
        assert_eq!(of_role(&nodes, "status").len(), 1 + usize::from(is_stepper), "slide {}", slide + 1);
    }
    assert!(plots >= 3 && pictures == plots, "{pictures} pictures of {plots} plots");
    browser.evaluate("show(3)");
    let live = browser.text("live.textContent");
    assert!(live.starts_with("Slide 4 of ") && browser.text("live.getAttribute('aria-live')") == "polite", "{live}");
    browser.evaluate("document.querySelector('#turn').append(document.createElement('button'))");
    assert!(of_role(&browser.accessibility(), "button").contains(&""), "the twin: a button without a name");
}

#[test]
fn every_plot_has_its_figures_as_a_table() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    let (plots, tables) = (
        browser.evaluate("document.querySelectorAll('figure.plot').length"),
        browser.evaluate("document.querySelectorAll('figure.plot table tr td').length"),
    );
    assert!(plots.as_u64().unwrap() >= 10 && tables.as_u64().unwrap() > 100, "{plots} plots, {tables} figures");
    let without = browser.evaluate("[...document.querySelectorAll('figure.plot')].filter((plot) => !plot.querySelector('table td') || !plot.querySelector('caption').textContent).length");
    assert_eq!(without, 0);
    let claims = browser.evaluate("[...document.querySelectorAll('figure.plot figcaption')].every((caption) => caption.textContent.includes('Reference, not this machine'))");
    assert_eq!(claims, true);
}
