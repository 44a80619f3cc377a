//! The pages under test, written once.

use slides::reports::Reports;
use slides::{deck, page};
use std::sync::OnceLock;

fn file(name: &str, html: &str) -> String {
    browser::page_url(env!("CARGO_TARGET_TMPDIR"), name, html)
}

/// The address of the deck, with the reference reports.
pub fn deck_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        let reports = Reports::reference(workspace::root()).unwrap();
        let slides = deck::slides(workspace::root(), &reports).unwrap();
        file("deck.html", &page::deck(workspace::root(), &slides).unwrap())
    })
}

/// The address of the steppers of lab-race alone.
pub fn stepper_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| file("stepper.html", &page::steppers(workspace::root(), "lab-race").unwrap()))
}

/// The address of a page of a test's own.
pub fn page_url(name: &str, html: &str) -> String {
    file(name, html)
}
