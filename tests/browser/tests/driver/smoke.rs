//! The drivers themselves, on a page of a few lines.

use browser::chromium::Chromium;
use browser::firefox::Firefox;
use std::fs;
use std::path::Path;

/// Writes down which keys it heard, counts clicks and swipes, and opens a window.
const PAGE: &str = r#"<!doctype html>
<title>smoke</title>
<style>@page { size: 4in 3in } button { margin: 40px } body { touch-action: none }</style>
<input aria-label="first"><input aria-label="second">
<button id="count">Count</button>
<button id="open" onclick="window.open(location.href.split('?')[0] + '?popup', '', 'width=300,height=200')">Open</button>
<script>
  const keys = [], touched = [];
  let clicks = 0;
  addEventListener('keydown', (event) => keys.push(event.key));
  addEventListener('touchstart', (event) => touched.push(event.touches[0].clientX));
  addEventListener('touchend', (event) => touched.push(event.changedTouches[0].clientX));
  document.getElementById('count').addEventListener('click', (event) => { if (event.isTrusted) clicks++ });
</script>"#;

const KEYS: [&str; 13] =
    ["ArrowRight", "ArrowLeft", "PageDown", "PageUp", "Home", "End", " ", "Enter", "Escape", "Tab", "a", "7", "?"];

fn png_size(path: &Path) -> (u32, u32) {
    let picture = fs::read(path).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn chromium_evaluates_types_clicks_and_swipes() {
    let url = browser::page_url(crate::FOLDER, "smoke-chromium.html", PAGE);
    let Some(mut browser) = Chromium::open(&url, 800, 600) else { return };
    assert_eq!(browser.evaluate("Promise.resolve([1 + 1, innerWidth, innerHeight])"), serde_json::json!([2, 800, 600]));
    KEYS.iter().for_each(|key| browser.press(key));
    assert_eq!(browser.evaluate("keys"), serde_json::json!(KEYS));
    assert_eq!(browser.evaluate("document.activeElement.getAttribute('aria-label')"), "first", "Tab moves the focus");
    assert_eq!(browser.evaluate("document.activeElement.value"), "a7?", "characters are typed");
    browser.click("#count");
    assert_eq!(browser.evaluate("clicks"), 1);
    browser.swipe((600.0, 300.0), (200.0, 310.0));
    browser.wait_for("touched.join() === '600,200'");
    browser.set_media(&[("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")]);
    let media = "matchMedia('(prefers-color-scheme: dark) and (prefers-reduced-motion: reduce)').matches";
    assert_eq!(browser.evaluate(media), true);
    assert!(browser.accessibility().iter().any(|node| node["name"]["value"] == "Count"));
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn chromium_begins_each_test_with_nothing_stored_and_no_window() {
    let url = browser::page_url(crate::FOLDER, "smoke-chromium-begins.html", PAGE);
    let Some(mut browser) = Chromium::open(&url, 800, 600) else { return };
    browser.evaluate("localStorage.setItem('left', 'here')");
    browser.navigate(&format!("{url}?again"));
    assert_eq!(browser.text("localStorage.getItem('left')"), "here", "the twin: it would be there for the next");
    browser.click("#open");
    browser.switch_to("?popup");
    browser.evaluate("setTimeout(() => { throw new Error('boom') }, 0)");
    browser.begin();
    browser.navigate(&url);
    assert_eq!(browser.evaluate("localStorage.getItem('left')"), serde_json::Value::Null);
    let targets = browser.call("Target.getTargets", serde_json::json!({}));
    let pages = targets["targetInfos"].as_array().unwrap().iter().filter(|target| target["type"] == "page");
    assert_eq!(pages.count(), 1, "{targets}");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn chromium_takes_pictures_and_prints() {
    let url = browser::page_url(crate::FOLDER, "smoke-chromium-pictures.html", PAGE);
    let Some(mut browser) = Chromium::open(&url, 800, 600) else { return };
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page.png");
    browser.resize(640, 480);
    browser.screenshot(&picture);
    assert_eq!(png_size(&picture), (640, 480));
    let pdf = browser.pdf();
    let size = b"/MediaBox [0 0 288 216]";
    assert!(pdf.starts_with(b"%PDF") && pdf.windows(size.len()).any(|window| window == size), "4 x 3 inches");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn chromium_goes_to_a_window_that_the_page_opened_and_back() {
    let url = browser::page_url(crate::FOLDER, "smoke-chromium-window.html", PAGE);
    let Some(mut browser) = Chromium::open(&url, 800, 600) else { return };
    browser.click("#open");
    browser.switch_to("?popup");
    browser.press("x");
    assert_eq!(browser.evaluate("[location.search, keys.join()]"), serde_json::json!(["?popup", "x"]));
    assert_eq!(browser.problems(), [""; 0]);
    browser.back();
    assert_eq!(browser.evaluate("[location.search, keys.join()]"), serde_json::json!(["", ""]));
    browser.switch_to("?popup");
    browser.evaluate("setTimeout(() => { throw new Error('boom') }, 0)");
    browser.evaluate("new Promise((resolve) => setTimeout(resolve, 50))");
    browser.back();
    assert_eq!(browser.problems().len(), 1, "said once, though the window was visited twice: {:?}", browser.problems());
}

#[test]
#[should_panic(expected = "no such thing")]
fn chromium_panics_with_the_text_of_an_exception() {
    let Some(mut browser) = Chromium::open("about:blank", 800, 600) else { panic!("no such thing") };
    browser.evaluate("(() => { throw new Error('no such thing') })()");
}

#[test]
fn firefox_does_what_chromium_does() {
    // One test, because this browser takes seconds to start.
    let url = browser::page_url(crate::FOLDER, "smoke-firefox.html", PAGE);
    let Some(mut browser) = Firefox::open(&url, 800, 600) else { return };
    assert_eq!(browser.evaluate("[1 + 1, innerWidth, innerHeight]"), serde_json::json!([2, 800, 600]));
    KEYS.iter().for_each(|key| browser.press(key));
    assert_eq!(browser.evaluate("keys"), serde_json::json!(KEYS));
    browser.click("#count");
    assert_eq!(browser.evaluate("clicks"), 1);
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page.png");
    browser.resize(640, 480);
    browser.screenshot(&picture);
    assert_eq!(png_size(&picture), (640, 480));

    browser.click("#open");
    browser.switch_to("?popup");
    browser.press("x");
    assert_eq!(browser.evaluate("[location.search, keys.join()]"), serde_json::json!(["?popup", "x"]));
    browser.back();
    assert_eq!(browser.evaluate("[location.search, clicks]"), serde_json::json!(["", 1]));
    assert_eq!(browser.problems(), [""; 0]);
}
