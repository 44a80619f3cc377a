//! Code on a slide: an excerpt of a file that compiles, found by name, with its line numbers.
//!
//! An address is `FILE#ANCHOR`. The anchor is a name, never a line number: `load-store` is the struct `LoadStore` with
//! all its `impl` blocks, `load-store.increment()` is a function in there, and `sequential()` is a function of the
//! file, in Rust or in Python. In Markdown the anchor is the text after the opening fence: `compile_fail,E0499`.

mod highlight;

use anyhow::{Context as _, Result, bail};
use common::source::Region;
use maud::{Markup, PreEscaped, html};
use std::fs;
use std::path::Path;

/// The widest line on a slide without columns, in characters. A longer line continues on the next row.
pub const COLUMNS: usize = 72;
/// The widest line next to the lanes of a stepper, in characters.
pub const STEPPER_COLUMNS: usize = 40;

/// Lines of a file.
#[derive(Debug)]
pub struct Excerpt {
    /// The file, from the workspace's folder.
    pub file: String,
    /// The anchor of the excerpt.
    pub anchor: String,
    /// The lines of the excerpt.
    pub lines: Vec<Line>,
}

/// One line of an excerpt.
#[derive(Debug)]
pub struct Line {
    /// The line's number in the file, counted from 1.
    pub number: usize,
    /// The text, without the indentation that all lines share.
    pub text: String,
    /// Whether the slide highlights it.
    pub is_marked: bool,
}

impl Excerpt {
    /// Finds an excerpt. Empty lines, and lines with only a comment, are left out to save space.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or nothing in it has that name; the message says which.
    pub fn find(root: &Path, address: &str) -> Result<Self> {
        let (file, anchor) = address.split_once('#').with_context(|| format!("{address} is not FILE#ANCHOR"))?;
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot quote {file}"))?;
        let found =
            if file.ends_with(".md") { find_fence(&text, anchor) } else { find(&text, anchor, file.ends_with(".py")) };
        let lines = found.with_context(|| format!("cannot quote {file}: it has no item {anchor} (any more)"))?;
        let mut excerpt = Self { file: file.to_string(), anchor: anchor.to_string(), lines };
        excerpt.lines.retain(|line| {
            let text = line.text.trim_start();
            !text.is_empty() && !text.starts_with("//") && !text.starts_with('#') || text.starts_with("#[")
        });
        excerpt.dedent();
        Ok(excerpt)
    }

    /// Takes only the lines from one that contains `from` to the next that contains `to`.
    ///
    /// # Errors
    ///
    /// No line contains it.
    pub fn narrow(mut self, from: Option<&str>, to: Option<&str>) -> Result<Self> {
        if let Some(from) = from {
            let start = self.position(from)?;
            self.lines.drain(..start);
        }
        if let Some(to) = to {
            let end = self.position(to)?;
            self.lines.truncate(end + 1);
        }
        self.dedent();
        Ok(self)
    }

    /// Highlights the lines that contain `text`.
    ///
    /// # Errors
    ///
    /// No line contains it.
    pub fn mark(&mut self, text: &str) -> Result<()> {
        self.position(text)?;
        self.lines.iter_mut().filter(|line| line.text.contains(text)).for_each(|line| line.is_marked = true);
        Ok(())
    }

    /// Leaves out the lines that contain `text`. The line numbers show the gap.
    ///
    /// # Errors
    ///
    /// No line contains it.
    pub fn omit(&mut self, text: &str) -> Result<()> {
        self.position(text)?;
        self.lines.retain(|line| !line.text.contains(text));
        Ok(())
    }

    fn position(&self, text: &str) -> Result<usize> {
        let found = self.lines.iter().position(|line| line.text.contains(text));
        found.with_context(|| format!("{}#{} has no line with {text:?} (any more)", self.file, self.anchor))
    }

    fn dedent(&mut self) {
        let depth = |line: &Line| line.text.len() - line.text.trim_start().len();
        let least = self.lines.iter().map(depth).min().unwrap_or(0);
        self.lines.iter_mut().for_each(|line| line.text = line.text.split_off(least));
    }

    /// Formats the excerpt for a slide, at most this many columns wide.
    pub fn figure(&self, most_columns: usize) -> Markup {
        let lines = self.lines.iter().map(|line| (line, highlight::rows(&line.text, most_columns, self.is_python())));
        let lines: Vec<_> = lines.collect();
        let widest = lines.iter().flat_map(|(_, rows)| rows).map(|row| row.columns).max().unwrap_or(0);
        let rows = lines.iter().map(|(_, rows)| rows.len()).sum::<usize>();
        html! {
            figure.code style=(format!("--columns:{};--rows:{rows}", widest.max(24))) {
                figcaption { (self.file) }
                ol tabindex="0" aria-label={ "Source code, " (self.file) } {
                    @for (line, rows) in &lines {
                        @for (index, row) in rows.iter().enumerate() {
                            li.marked[line.is_marked].continued[index > 0] data-line=(line.number) value=(line.number) {
                                code { (PreEscaped(&row.html)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn is_python(&self) -> bool {
        self.file.ends_with(".py")
    }
}

/// Returns the lines of the one fenced block whose first line ends with this text.
fn find_fence(text: &str, anchor: &str) -> Result<Vec<Line>> {
    let starts: Vec<usize> = (text.lines().enumerate())
        .filter(|(_, line)| line.starts_with("```") && line.ends_with(anchor) && !anchor.is_empty())
        .map(|(index, _)| index)
        .collect();
    let [start] = starts[..] else { bail!("{} fences have this text, not 1", starts.len()) };
    let lines = text.lines().enumerate().skip(start + 1).take_while(|(_, line)| !line.starts_with("```"));
    Ok(lines.map(|(index, text)| Line { number: index + 1, text: text.to_string(), is_marked: false }).collect())
}

/// Returns the lines of an item, each with its number.
fn find(text: &str, anchor: &str, is_python: bool) -> Result<Vec<Line>> {
    let line = |(index, text): (usize, &str)| Line { number: index + 1, text: text.to_string(), is_marked: false };
    let Some(function) = anchor.strip_suffix("()") else {
        let region = Region::of(text, anchor).context("no such struct")?;
        return Ok((region.first_line - 1..).zip(region.text.lines()).map(line).collect());
    };
    let (first, text, name) = match function.rsplit_once('.') {
        Some((within, name)) => {
            let region = Region::of(text, within).context("no such struct")?;
            (region.first_line - 1, region.text, name)
        }
        None => (0, text, function),
    };
    let lines: Vec<(usize, &str)> = (first..).zip(text.lines()).collect();
    let (head, end) = if is_python { ("def ", None) } else { ("fn ", Some("}")) };
    let is_head = |text: &str| {
        let rest = text.find(head).map(|at| &text[at + head.len()..]);
        let is_item = ["fn ", "pub ", "unsafe ", "def "].iter().any(|start| text.trim_start().starts_with(start));
        is_item && rest.and_then(|rest| rest.strip_prefix(name)).is_some_and(|rest| rest.starts_with(['(', '<']))
    };
    let heads: Vec<usize> = (0..lines.len()).filter(|&line| is_head(lines[line].1)).collect();
    let [head] = heads[..] else { bail!("{} functions have this name, not 1", heads.len()) };
    let indent = lines[head].1.len() - lines[head].1.trim_start().len();
    let is_outside = |text: &str| !text.trim().is_empty() && text.len() - text.trim_start().len() <= indent;
    let after = (head + 1..lines.len()).find(|&line| is_outside(lines[line].1)).unwrap_or(lines.len());
    // In Rust the last line is the closing brace, unless each argument has its own line.
    let after = match end {
        Some(end) if lines.get(after).is_some_and(|(_, text)| text.trim() != end) => {
            1 + (after..lines.len())
                .find(|&line| lines[line].1.trim_end() == format!("{:indent$}{end}", ""))
                .context("it has no end")?
        }
        Some(_) => after + 1,
        None => after,
    };
    Ok(lines[head..after].iter().copied().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/// One.\npub struct LoadStore(u64);\n\nimpl Counter for LoadStore {\n    fn increment(&self) {\n        // Why.\n        self.load();\n\n        self.store();\n    }\n}\n\npub fn sum(\n    a: u64,\n) -> u64 {\n    a\n}\n\nfn summary() {}\n";

    fn numbers(anchor: &str) -> Vec<usize> {
        find(FILE, anchor, false).unwrap().iter().map(|line| line.number).collect()
    }

    #[test]
    fn an_anchor_names_an_item_and_never_a_line() {
        assert_eq!(numbers("load-store"), (1..=11).collect::<Vec<_>>());
        assert_eq!(numbers("load-store.increment()"), (5..=10).collect::<Vec<_>>());
        assert_eq!(numbers("sum()"), (13..=17).collect::<Vec<_>>());
        for missing in ["load-spin-store", "load-store.decrement()", "su()", "increment(", ""] {
            assert!(find(FILE, missing, false).is_err(), "{missing}");
        }
        let python = "x = 0\n\ndef increment(times):\n    global x\n    x += 1\n\n\ndef main():\n    pass\n";
        assert_eq!(find(python, "increment()", true).unwrap().len(), 5, "with the empty lines behind it");
    }

    #[test]
    fn an_excerpt_leaves_comments_out_and_starts_at_the_margin() {
        let excerpt =
            Excerpt::find(workspace::root(), "labs/data-race/src/counters.rs#load-store.increment()").unwrap();
        let texts: Vec<&str> = excerpt.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts[0], "fn increment(&self, _thread: usize) {");
        assert!(texts[1].starts_with("    let seen = self.0.load("), "{texts:?}");
        let narrowed = excerpt.narrow(Some("let seen"), Some(".store(")).unwrap();
        assert_eq!(narrowed.lines.len(), 2);
        assert!(narrowed.lines[0].text.starts_with("let seen"));
    }

    #[test]
    fn what_is_missing_is_named_with_its_file() {
        let error = |address: &str| format!("{:#}", Excerpt::find(workspace::root(), address).unwrap_err());
        assert!(error("labs/nowhere.rs#x").contains("labs/nowhere.rs"));
        assert!(error("labs/data-race/src/counters.rs#load-stare").contains("load-stare"));
        let excerpt =
            Excerpt::find(workspace::root(), "labs/data-race/src/counters.rs#load-store.increment()").unwrap();
        let error = format!("{:#}", excerpt.narrow(Some("let unseen"), None).unwrap_err());
        assert!(error.contains("counters.rs") && error.contains("let unseen"), "{error}");
    }
}
