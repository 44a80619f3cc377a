//! Parses the chapters: Markdown in which a slide begins with `## Title (2 min)` and ends with the speaker's notes.
//!
//! - `Note:`, `Ask:` and `Demo:` begin a paragraph for the speaker alone; every slide has one at least.
//! - A fence with `code ADDRESS`, `plot NAME`, `stepper NAME` or `verdicts THREADS INCREMENTS` stands for what it names. In `code`,
//!   lines `from: TEXT`, `to: TEXT`, `omit: TEXT` and `mark: TEXT` choose lines by what they contain.
//! - `{{LAB PATH FORMAT}}` is a figure of a report, `{{schedules STEPPER END}}` a count of schedules.
//! - A line `|||` begins the next column, `### ` a line in large letters, `{title}` after the minutes a slide without a body.
//! - A comment is a claim about a report, for the tests; nothing of it is shown.

mod figures;

use crate::reports::Reports;
use anyhow::{Context as _, Result, bail, ensure};
use figures::Figures;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::fs;
use std::path::Path;

/// One slide of the deck.
#[derive(Debug)]
pub struct Slide {
    /// The title of the chapter.
    pub chapter: String,
    /// The title of the slide.
    pub title: String,
    /// The planned time, in minutes.
    pub minutes: f64,
    /// Whether it opens a chapter, and has a title but no body.
    pub is_title: bool,
    /// The body, as HTML.
    pub body: Markup,
    /// The speaker's notes, each with its kind: `Note`, `Ask` or `Demo`.
    pub notes: Vec<(&'static str, Markup)>,
    /// Where the figures in its text were measured.
    pub sources: Vec<String>,
}

const KINDS: [&str; 3] = ["Note", "Ask", "Demo"];

/// Parses all slides, in the order of the chapters' file names.
///
/// # Errors
///
/// Something that a slide names is missing, stale, or malformed. The message names the chapter's file, the slide and
/// the missing file.
pub fn slides(root: &Path, reports: &Reports) -> Result<Vec<Slide>> {
    let folder = root.join("slides/deck");
    let files = fs::read_dir(&folder).context("cannot read slides/deck")?;
    let mut files: Vec<_> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    ensure!(!files.is_empty(), "slides/deck has no chapter");
    let mut slides = Vec::new();
    for file in files {
        let name = format!("slides/deck/{}", file.file_name().unwrap_or_default().display());
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
        slides.extend(chapter(&text, root, reports).with_context(|| name)?);
    }
    Ok(slides)
}

/// Formats a schedule of the lecture: each chapter with its minutes, and its slides.
pub fn schedule(slides: &[Slide]) -> String {
    let (mut text, mut elapsed) = (String::new(), 0.0);
    let clock = |minutes: f64| format!("{:>2}:{:02}", minutes as u64, (minutes.fract() * 60.0).round() as u64);
    let mut number = 0;
    for chapter in slides.chunk_by(|one, other| one.chapter == other.chapter) {
        let minutes: f64 = chapter.iter().map(|slide| slide.minutes).sum();
        text += &format!("{} ({minutes} min)\n", chapter[0].chapter);
        for slide in chapter {
            number += 1;
            text += &format!("  {}  {number:>2}  {}\n", clock(elapsed), slide.title.replace(['*', '`'], ""));
            elapsed += slide.minutes;
        }
    }
    text + &format!("  {}      the end\n", clock(elapsed))
}

fn chapter(text: &str, root: &Path, reports: &Reports) -> Result<Vec<Slide>> {
    let (head, sections) = sections(text);
    let chapter = head.trim().strip_prefix("# ").context("a chapter must begin with its name: \"# Name\"")?;
    let name = chapter.lines().next().unwrap_or_default().trim();
    sections
        .into_iter()
        .map(|(title, text)| slide(name, title, &text, root, reports).with_context(|| format!("slide {title:?}")))
        .collect()
}

/// Splits a chapter at each `## `: the text before the first heading, and each heading with the text after it.
fn sections(text: &str) -> (String, Vec<(&str, String)>) {
    let (mut head, mut sections, mut is_code) = (String::new(), Vec::<(&str, String)>::new(), false);
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        if let Some(title) = line.strip_prefix("## ").filter(|_| !is_code) {
            sections.push((title.trim(), String::new()));
        } else {
            let body = sections.last_mut().map_or(&mut head, |(_, body)| body);
            *body += line;
            body.push('\n');
        }
    }
    (head, sections)
}

fn slide(chapter: &str, heading: &str, text: &str, root: &Path, reports: &Reports) -> Result<Slide> {
    let (heading, is_title) =
        heading.strip_suffix("{title}").map_or((heading, false), |heading| (heading.trim(), true));
    let (title, minutes) = heading.rsplit_once(" (").context("a slide's heading must end with its minutes: (2 min)")?;
    let minutes = minutes.strip_suffix(" min)").and_then(|minutes| minutes.parse().ok());
    let minutes: f64 = minutes.context("a slide's heading must end with its minutes: (2 min)")?;
    ensure!(minutes > 0.0, "a slide needs more than 0 minutes");
    let mut figures = Figures::new(root, reports);
    let (mut shown, mut notes) = (String::new(), Vec::new());
    for paragraph in paragraphs(text) {
        let kind = KINDS.into_iter().find(|kind| paragraph.starts_with(&format!("{kind}: ")));
        if let Some(kind) = kind {
            notes.push((kind, markdown(&paragraph[kind.len() + 2..], &mut Figures::new(root, reports))?));
        } else {
            shown += &paragraph;
            shown.push('\n');
        }
    }
    ensure!(!notes.is_empty(), "a slide needs a paragraph for the speaker: Note, Ask or Demo");
    let columns: Vec<String> = shown.split("\n|||\n").map(str::to_string).collect();
    let bodies: Vec<Markup> = columns.iter().map(|column| markdown(column, &mut figures)).collect::<Result<_>>()?;
    let body = match &bodies[..] {
        [body] => body.clone(),
        columns => html! { div.columns { @for column in columns { div.column { (column) } } } },
    };
    let sources = figures.sources();
    Ok(Slide { chapter: chapter.to_string(), title: title.to_string(), minutes, is_title, body, notes, sources })
}

/// Splits at empty lines, but never within a fence.
fn paragraphs(text: &str) -> Vec<String> {
    let (mut all, mut is_code) = (vec![String::new()], false);
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let last = all.last_mut().expect("there is one");
        *last += line;
        last.push('\n');
        if line.trim().is_empty() && !is_code {
            all.push(String::new());
        }
    }
    all
}

/// Converts Markdown with our fences and figures to HTML.
fn markdown(text: &str, figures: &mut Figures<'_>) -> Result<Markup> {
    let mut events = Vec::new();
    let mut fence: Option<(String, String)> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if Figures::knows(&info) => {
                fence = Some((info.to_string(), String::new()));
            }
            Event::Text(text) if fence.is_some() => fence.iter_mut().for_each(|(_, body)| *body += &text),
            Event::End(TagEnd::CodeBlock) if fence.is_some() => {
                let (info, body) = fence.take().unwrap_or_default();
                events.push(raw(figures.fence(&info, &body)?));
            }
            Event::Start(Tag::Heading { level: HeadingLevel::H3, .. }) => events.push(raw_text("<p class=\"big\">")),
            Event::End(TagEnd::Heading(HeadingLevel::H3)) => events.push(raw_text("</p>")),
            Event::Html(text) | Event::InlineHtml(text) => {
                let is_comment = text.trim_start().starts_with("<!--") || text.trim_end().ends_with("-->");
                ensure!(is_comment || text.trim().is_empty(), "a chapter must not contain HTML: {}", text.trim());
            }
            Event::Text(text) if text.contains("{{") => events.push(raw(figures.inline(&text)?)),
            Event::Code(text) if text.contains("{{") => bail!("a figure must not be inside code: `{text}`"),
            event => events.push(event),
        }
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    Ok(PreEscaped(html))
}

fn raw(markup: Markup) -> Event<'static> {
    Event::Html(CowStr::from(markup.into_string()))
}

fn raw_text(text: &'static str) -> Event<'static> {
    Event::Html(CowStr::from(text))
}

#[cfg(test)]
mod tests;
