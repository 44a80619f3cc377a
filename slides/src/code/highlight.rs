//! Colours code, and splits lines that are too long for a slide.

use maud::{Markup, Render as _, html};
use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while",
];

/// A row of a slide: a line of the file, or a part of it.
#[derive(Debug, Default)]
pub struct Row {
    /// The text as HTML, with colours.
    pub html: String,
    /// The width, in characters.
    pub columns: usize,
}

/// Splits a line of code into rows of at most this many columns. Further rows are indented like the first and by four
/// more, as in an editor.
pub fn rows(line: &str, most_columns: usize, is_python: bool) -> Vec<Row> {
    let tokens = if is_python { vec![(line, "")] } else { classes(line) };
    let indent = line.len() - line.trim_start().len() + 4;
    let mut rows = vec![Row::default()];
    let mut cells: Vec<(char, &str)> =
        tokens.iter().flat_map(|(text, class)| text.chars().map(move |character| (character, *class))).collect();
    while !cells.is_empty() {
        let room = most_columns - rows.last().map_or(0, |row| row.columns);
        let taken = if cells.len() <= room { cells.len() } else { place_to_break(&cells, room) };
        let rest = cells.split_off(taken);
        let row = rows.last_mut().expect("there is a first row");
        row.columns += cells.len();
        row.html += &spans(&cells).into_string();
        cells = rest;
        let skipped = cells.iter().take_while(|(character, _)| *character == ' ').count();
        cells.drain(..skipped);
        if !cells.is_empty() {
            rows.push(Row { html: " ".repeat(indent), columns: indent });
        }
    }
    rows
}

/// Returns how many characters stay on the row: up to the last space, or to a dot that begins a call, but never within
/// a string.
fn place_to_break(cells: &[(char, &str)], room: usize) -> usize {
    let indent = cells.iter().take_while(|(character, _)| *character == ' ').count();
    let last = |is_place: fn(char, char) -> bool| {
        let is_within_a_string = |at: usize| cells[at - 1].1 == "string" && cells[at].1 == "string";
        let mut places = (indent + 12..=room).rev().filter(|&at| !is_within_a_string(at));
        places.find(|&at| is_place(cells[at - 1].0, cells[at].0))
    };
    last(|before, here| before == ' ' || here == ' ' || here == '.' && (before == ')' || before.is_alphanumeric()))
        .or_else(|| last(|before, _| "(|[{".contains(before)))
        .unwrap_or(room)
}

fn spans(cells: &[(char, &str)]) -> Markup {
    let runs = cells.chunk_by(|(_, left), (_, right)| left == right);
    html! {
        @for run in runs {
            @let text: String = run.iter().map(|(character, _)| character).collect();
            @if run[0].1.is_empty() { (text.render()) } @else { span class=(run[0].1) { (text) } }
        }
    }
}

/// Returns the tokens of a line, each with the class of its colour.
fn classes(line: &str) -> Vec<(&str, &'static str)> {
    let mut at = 0;
    let tokens: Vec<(TokenKind, &str)> = tokenize(line, FrontmatterAllowed::No)
        .map(|token| {
            let start = at;
            at += token.len as usize;
            (token.kind, &line[start..at])
        })
        .collect();
    let class = |(index, (kind, text)): (usize, &(TokenKind, &str))| {
        let next = tokens.get(index + 1).map(|(kind, _)| kind);
        match kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => "comment",
            TokenKind::Literal { kind: LiteralKind::Int { .. } | LiteralKind::Float { .. }, .. } => "number",
            TokenKind::Literal { .. } => "string",
            TokenKind::Lifetime { .. } => "type",
            TokenKind::Ident if KEYWORDS.contains(text) => "keyword",
            TokenKind::Ident if matches!(next, Some(TokenKind::Bang)) => "call",
            TokenKind::Ident if matches!(next, Some(TokenKind::OpenParen)) => "call",
            TokenKind::Ident if text.starts_with(char::is_uppercase) => "type",
            _ => "",
        }
    };
    tokens.iter().enumerate().map(|token| (token.1.1, class(token))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        let mut text = String::new();
        let mut rest = html;
        while let Some((before, tag)) = rest.split_once('<') {
            text += before;
            rest = tag.split_once('>').unwrap().1;
        }
        (text + rest).replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }

    #[test]
    fn a_row_is_never_wider_than_it_may_be_and_no_text_is_lost() {
        let line = "    let handles: Vec<_> = handles.into_iter().map(|handle| handle.join().expect(\"a sum never panics\")).collect();";
        for columns in 40..=130 {
            let rows = rows(line, columns, false);
            assert!(rows.iter().all(|row| row.columns <= columns && text(&row.html).len() == row.columns), "{columns}");
            let without_spaces = |text: &str| text.replace(' ', "");
            let all: String = rows.iter().map(|row| text(&row.html)).collect();
            assert_eq!(without_spaces(&all), without_spaces(line));
            assert!(rows.iter().any(|row| row.html.contains("a sum never panics")), "a string stays whole");
        }
        assert_eq!(rows(line, 130, false).len(), 1);
    }

    #[test]
    fn words_have_the_colour_of_what_they_are() {
        let html = &rows("let seen = Vec::new(1, \"x\"); // y", 72, false)[0].html;
        for (class, word) in [
            ("keyword", "let"),
            ("type", "Vec"),
            ("call", "new"),
            ("number", "1"),
            ("string", "&quot;x&quot;"),
            ("comment", "// y"),
        ] {
            assert!(html.contains(&format!("<span class=\"{class}\">{word}</span>")), "{class} {word} in {html}");
        }
        assert_eq!(rows("def f(x): # don't", 72, true)[0].html, "def f(x): # don't");
    }
}
