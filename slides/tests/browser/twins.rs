//! What a page must not do, done: the checks of all other tests see it.

use crate::chromium::Chromium;
use crate::firefox::Firefox;
use crate::pages::page_url;

const BAD: [(&str, &str, &str); 3] = [
    ("throws.html", "<script>setTimeout(() => { throw new Error('boom') }, 0)</script>", "exception"),
    ("complains.html", "<script>console.error('boom')</script>", "console"),
    ("asks.html", "<img src=\"http://127.0.0.1:9/x.png\">", "network"),
];

#[test]
fn an_exception_an_error_and_a_request_are_noticed() {
    let Some(mut browser) = Chromium::open("about:blank", 1280, 720) else { return };
    assert_eq!(browser.problems(), [""; 0]);
    for (name, page, what) in BAD {
        browser.navigate(&page_url(name, &format!("<!doctype html><title>x</title>{page}")));
        std::thread::sleep(std::time::Duration::from_millis(100));
        let problems = browser.problems();
        assert!(problems.iter().any(|problem| problem.starts_with(what)), "{name}: {problems:?}");
    }
}

#[test]
fn firefox_notices_an_exception_too() {
    let page = page_url(
        "throws-in-firefox.html",
        "<!doctype html><title>x</title><script>setTimeout(() => { throw new Error('boom') }, 0)</script>",
    );
    let Some(mut browser) = Firefox::open(&page, 1280, 720) else { return };
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!browser.problems().is_empty());
}
