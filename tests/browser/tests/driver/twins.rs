//! What a page must not do, done: the checks of all other tests see it.

use browser::chromium::Chromium;
use browser::firefox::Firefox;
use std::thread;
use std::time::{Duration, Instant};

const BAD: [(&str, &str, &str); 3] = [
    ("throws", "<script>setTimeout(() => { throw new Error('boom') }, 0)</script>", "exception: "),
    ("complains", "<script>console.error('boom')</script>", "console: "),
    // This name never resolves (RFC 6761). A loopback port would not do: Firefox refuses to request one that it
    // considers unsafe.
    ("asks", "<img src=\"http://example.invalid/x.png\">", "network: "),
];

fn bad_url(browser: &str, name: &str, page: &str) -> String {
    browser::page_url(
        crate::FOLDER,
        &format!("{name}-in-{browser}.html"),
        &format!("<!doctype html><title>x</title>{page}"),
    )
}

/// A page does it a while after it has loaded.
fn until_noticed(name: &str, what: &str, mut problems: impl FnMut() -> Vec<String>) {
    let start = Instant::now();
    loop {
        let found = problems();
        if found.iter().any(|problem| problem.starts_with(what)) {
            return;
        }
        assert!(start.elapsed() < browser::process::HANGS, "{name}: {found:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Requests something from a window that it opens, before a test can switch to that window.
const OPENS: &str =
    "<button onclick=\"window.open(location.href + '?window', '', 'width=300,height=200')\">Open</button>
    <script>if (location.search) document.write('<img src=\"http://example.invalid/window.png\">')</script>";
const FROM_THE_WINDOW: &str = "network: http://example.invalid/window.png";

#[test]
fn an_exception_an_error_and_a_request_are_noticed() {
    let Some(mut browser) = Chromium::open("about:blank", 1280, 720) else { return };
    assert_eq!(browser.problems(), [""; 0]);
    for (name, page, what) in BAD {
        browser.navigate(&bad_url("chromium", name, page));
        until_noticed(name, what, || browser.problems());
    }
    browser.navigate(&bad_url("chromium", "opens", OPENS));
    browser.click("button");
    until_noticed("opens", FROM_THE_WINDOW, || browser.problems());
}

#[test]
fn firefox_notices_them_too() {
    if browser::sampled("browsers is shown the broken pages", 2) > 1 {
        return;
    }
    let Some(mut browser) = Firefox::open("about:blank", 1280, 720) else { return };
    assert_eq!(browser.problems(), [""; 0]);
    for (name, page, what) in BAD {
        browser.navigate(&bad_url("firefox", name, page));
        until_noticed(name, what, || browser.problems());
    }
    browser.navigate(&bad_url("firefox", "opens", OPENS));
    browser.click("button");
    until_noticed("opens", FROM_THE_WINDOW, || browser.problems());
}
