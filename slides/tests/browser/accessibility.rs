//! For those who hear the page, and for those who sit at the back.

use crate::chromium::Chromium;
use crate::pages::deck_url;
use serde_json::Value;

/// `faint()`: texts whose contrast with what is behind them is less than 4.5 to 1 (WCAG 2.2, 1.4.3).
const CONTRAST: &str = "
window.faint = () => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return text.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]; };
  const over = (front, back) => front.slice(0, 3).map((value, index) => value * front[3] + back[index] * (1 - front[3]));
  const light = (colour) => colour.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4).reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const ratio = (one, other) => { const [x, y] = [light(one), light(other)]; return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05); };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
    return layers.reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  const found = [];
  for (const element of slides[current].querySelectorAll('.canvas *')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || element.closest('.for-screen-readers, button:disabled, script')) continue;
    const style = getComputedStyle(element), isSvg = element instanceof SVGElement;
    let back = behind(isSvg ? element.ownerSVGElement : element);
    const phase = isSvg && /on-(phase-\\d)/.exec(element.getAttribute('class'))?.[1];
    if (phase) back = parse(getComputedStyle(element.ownerSVGElement.querySelector(`.${phase}`)).fill).slice(0, 3);
    const front = over(parse(isSvg ? style.fill : style.color), back), contrast = ratio(front, back);
    if (contrast < 4.5) found.push(`${contrast.toFixed(2)}: ${element.tagName}.${element.getAttribute('class') ?? ''} ${element.textContent.trim().slice(0, 30)}`);
  }
  return found;
};";

#[test]
fn every_text_stands_out_in_both_themes() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    browser.evaluate(CONTRAST);
    let mut problems = Vec::new();
    for (theme, step) in [("light", 3), ("dark", 8)] {
        let step = crate::sampled(&format!("slides is looked at in the {theme} theme"), step);
        browser.evaluate(&format!("root.dataset.theme = '{theme}'"));
        for slide in (0..browser.evaluate("slides.length").as_u64().unwrap()).step_by(step) {
            browser.evaluate(&format!("show({slide}); stepper()?.toEnd()"));
            let found = browser.evaluate("faint()");
            problems.extend(
                found.as_array().unwrap().iter().map(|problem| format!("{theme}, slide {}: {problem}", slide + 1)),
            );
        }
    }
    assert_eq!(problems, [""; 0]);
    browser.evaluate("show(0); slides[0].querySelector('h2').style.color = '#999'; root.dataset.theme = 'light'");
    assert_eq!(
        browser.evaluate("faint()").as_array().unwrap().len(),
        2,
        "the twin: its title, and the emphasis within"
    );
}

fn of_role<'a>(nodes: &'a [Value], role: &str) -> Vec<&'a str> {
    let nodes = nodes.iter().filter(|node| node["role"]["value"] == role);
    nodes.map(|node| node["name"]["value"].as_str().unwrap_or_default()).collect()
}

#[test]
fn a_screen_reader_can_name_everything_that_can_be_operated() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    let slides = browser.evaluate("slides.length").as_u64().unwrap();
    let (mut pictures, mut plots) = (0, 0);
    for slide in (0..slides).step_by(crate::sampled("slides is read as a screen reader does", 6)) {
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
