//! Lays out text on 80 columns: headings, sections, paragraphs.

use crate::format::wrap;

/// The width of a paragraph, in columns.
pub const WIDTH: usize = 78;

/// Formats a heading in bold type.
pub fn bold(text: &str) -> String {
    format!("\x1b[1m{text}\x1b[0m")
}

/// Formats a heading and the text below it; returns nothing if the text is empty.
pub fn section(title: &str, body: String) -> String {
    if body.is_empty() { body } else { format!("{}\n{body}\n", bold(title)) }
}

/// Formats a paragraph, whose later lines are indented.
pub fn paragraph(text: &str) -> String {
    wrap(text, WIDTH, "  ") + "\n"
}
