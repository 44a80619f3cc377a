//! Builds the page: slides, styles and scripts in one file without external resources.

use crate::deck::Slide;
use crate::stepper::steppers_of;
use anyhow::{Context as _, Result, ensure};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The title of the deck.
pub const TITLE: &str = "Concurrency, measured";

const KEYS: [(&str, &str); 15] = [
    ("→, PageDown, Space", "next step, then the next slide (a clicker works)"),
    ("←, PageUp", "back"),
    ("1, 2", "run thread 1 or 2"),
    ("A, B", "the oldest store of thread 1 or 2 reaches memory"),
    ("W, Y", "play the stored schedule, or schedule yourself"),
    ("U, H, R, P", "undo, hint, reset, predict"),
    ("S", "speaker window: notes, clock, next slide"),
    ("N", "print with notes, as a handout (then Ctrl-P)"),
    ("Ctrl-P", "print, or write a PDF"),
    ("O", "overview"),
    ("D", "dark, light"),
    ("F", "full screen"),
    ("Home, End", "first, last slide"),
    ("swipe", "next, back"),
    ("?", "this list"),
];

/// Reads a style sheet or a script.
///
/// # Errors
///
/// The file is missing.
pub fn asset(root: &Path, name: &str) -> Result<String> {
    let path = format!("slides/assets/{name}");
    fs::read_to_string(root.join(&path)).with_context(|| format!("cannot read {path}"))
}

/// Returns the colours of the light theme: the variables at the beginning of deck.css.
///
/// # Errors
///
/// deck.css is missing.
pub fn light_colours(root: &Path) -> Result<BTreeMap<String, String>> {
    let sheet = asset(root, "deck.css")?;
    let block =
        sheet.split_once(":root {").and_then(|(_, rest)| rest.split_once('}')).context("deck.css has no :root")?.0;
    let colour = |variable: &str| {
        let (name, value) = variable.trim().strip_prefix("--")?.split_once(": ")?;
        Some((name.to_string(), value.to_string()))
    };
    Ok(block.split(';').filter_map(colour).collect())
}

fn style(root: &Path) -> Result<Markup> {
    let sheets = ["deck.css", "plots.css", "stepper.css"].map(|name| asset(root, name));
    let sheets: String = sheets.into_iter().collect::<Result<_>>()?;
    ensure!(!sheets.contains("</"), "a style sheet contains markup");
    Ok(html! { style { (PreEscaped(sheets)) } })
}

fn script(root: &Path, names: &[&str]) -> Result<Markup> {
    let scripts: String = names.iter().map(|name| asset(root, name)).collect::<Result<_>>()?;
    ensure!(!scripts.contains("</"), "a script contains markup");
    Ok(html! { script { (PreEscaped(scripts)) } })
}

fn page(title: &str, style: &Markup, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" data-theme="light" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Without an icon, a browser requests one.
                link rel="icon" href="data:,";
                title { (title) }
                (style)
            }
            (body)
        }
    }
    .into_string()
}

/// Builds the page of the whole deck.
///
/// # Errors
///
/// A style sheet or a script is missing.
pub fn deck(root: &Path, slides: &[Slide]) -> Result<String> {
    let (style, script) = (style(root)?, script(root, &["stepper.js", "deck.js", "speaker.js"])?);
    let body = html! {
        body data-title=(TITLE) {
            main {
                @for (index, slide) in slides.iter().enumerate() { (section(slide, index + 1, slides.len())) }
            }
            p #live.for-screen-readers role="status" aria-live="polite" {}
            nav #turn aria-label="Pages" {
                button type="button" data-key="PageUp" aria-label="back" { "‹" }
                button type="button" data-key="PageDown" aria-label="next" { "›" }
                button type="button" data-key="?" aria-label="keys" { "?" }
            }
            dialog #help aria-labelledby="keys" {
                h2 #keys { "Keys" }
                table { @for (key, what) in KEYS { tr { th scope="row" { (key) } td { (what) } } } }
                form method="dialog" { button { "close" } }
            }
            (script)
        }
    };
    Ok(page(TITLE, &style, &body))
}

fn section(slide: &Slide, number: usize, count: usize) -> Markup {
    let plain = slide.title.replace(['*', '`'], "");
    html! {
        section.slide.title[slide.is_title] data-number=(number) data-minutes=(slide.minutes) data-title=(plain)
            aria-roledescription="slide" aria-label={ (number) " of " (count) ": " (plain) } {
            div.canvas {
                h2 { (title(&slide.title)) }
                div.content { (slide.body) }
                div.foot {
                    span { (slide.chapter) @for source in &slide.sources { " · " (source) } }
                    span { (number) " / " (count) }
                }
            }
            aside.notes aria-label="Notes" {
                @for (kind, note) in &slide.notes { p { span.kind { (kind) ": " } (inline(note)) } }
            }
        }
    }
}

/// Formats a title: `*x*` as emphasis and `` `x` `` as code.
fn title(text: &str) -> Markup {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(text));
    inline(&PreEscaped(html))
}

/// Formats a paragraph without its `<p>`.
fn inline(markup: &Markup) -> Markup {
    let text = markup.0.trim();
    let within = text.strip_prefix("<p>").and_then(|text| text.strip_suffix("</p>"));
    PreEscaped(within.unwrap_or(text).replace("</p>\n<p>", "<br>"))
}

/// Builds a separate page with the steppers of one lab, for a handout or a course's site.
///
/// # Errors
///
/// The lab has no stepper, or one of them cannot be built.
pub fn steppers(root: &Path, package: &str) -> Result<String> {
    let found = steppers_of(package)?;
    let (style, script) = (style(root)?, script(root, &["stepper.js", "alone.js"])?);
    let elements = found.iter().map(|stepper| Ok((*stepper, stepper.element(root)?))).collect::<Result<Vec<_>>>()?;
    let body = html! {
        body.alone {
            main {
                @for (stepper, element) in &elements {
                    section #(stepper.name) tabindex="-1" aria-label=(stepper.title) {
                        h2 { (stepper.title) }
                        (element)
                    }
                }
                p.dim { "Click a stepper or move to it with Tab. Then keys work too: → and ← step, 1 and 2 run a thread, A and B flush its store, U undoes, H gives a hint, R resets, D changes the theme." }
            }
            (script)
        }
    };
    Ok(page(&format!("{package}: you are the scheduler"), &style, &body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stepper::packages;

    #[test]
    fn a_page_asks_for_nothing_beyond_itself() {
        for package in packages() {
            let page = steppers(workspace::root(), &package).unwrap();
            for outside in ["http://", "https://", "src=\"", "@import", "url("] {
                assert!(!page.contains(outside), "{package}: {outside}");
            }
            assert_eq!(page.matches("<lane-stepper ").count(), steppers_of(&package).unwrap().len(), "{package}");
        }
        let error = steppers(workspace::root(), "lab-nothing").unwrap_err().to_string();
        assert!(error.contains(&packages().join(", ")), "{error}");
    }
}
