//! How a text is laid out on 80 columns: headings, sections, paragraphs.

use crate::format::wrap;

/// Columns of a paragraph.
pub const WIDTH: usize = 78;

/// Formats a heading in bold type.
pub fn bold(text: &str) -> String {
    format!("\x1b[1m{text}\x1b[0m")
}

/// A heading and what stands below it; nothing if there is nothing.
pub fn section(title: &str, body: String) -> String {
    if body.is_empty() { body } else { format!("{}\n{body}\n", bold(title)) }
}

/// A paragraph, whose later lines are indented.
pub fn paragraph(text: &str) -> String {
    wrap(text, WIDTH, "  ") + "\n"
}
