//! Splits a lab's handout into paragraphs, code and claims.

use crate::claims::{self, Claim};
use crate::labs::LabUnderTest;

/// A handout, split into pieces.
#[derive(Debug, Default)]
pub struct Handout {
    /// The pieces, in their order.
    pub blocks: Vec<Block>,
}

/// A piece of a handout.
#[derive(Debug, PartialEq)]
pub enum Block {
    /// A heading, without its `#`.
    Heading(String),
    /// A block of code between fences.
    Code {
        /// The text after the opening fence, such as `text` or `compile_fail,E0373`.
        language: String,
        /// The lines of code, each with its line end.
        text: String,
    },
    /// A paragraph, an item of a list or a row of a table, with its comments.
    Prose(String),
}

impl Handout {
    /// Reads the handout of a lab.
    pub fn of(lab: &LabUnderTest) -> Self {
        Self::parse(&crate::read(format!("labs/{}/README.md", lab.folder)))
    }

    /// Splits Markdown into pieces.
    pub fn parse(markdown: &str) -> Self {
        let mut handout = Self::default();
        let mut lines = markdown.lines();
        let mut prose = String::new();
        while let Some(line) = lines.next() {
            let content = line.trim_start();
            let starts_a_block = content.is_empty()
                || ["#", "```", "- ", "* ", "|"].iter().any(|mark| content.starts_with(mark))
                || without_list_number(content) != content;
            if starts_a_block {
                handout.push_prose(&mut prose);
            }
            if let Some(language) = content.strip_prefix("```") {
                let code = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```"));
                let text = code.map(|line| format!("{line}\n")).collect();
                handout.blocks.push(Block::Code { language: language.trim().to_string(), text });
            } else if content.starts_with('#') {
                handout.blocks.push(Block::Heading(content.trim_start_matches('#').trim().to_string()));
            } else {
                prose += &format!("{line}\n");
            }
        }
        handout.push_prose(&mut prose);
        handout
    }

    fn push_prose(&mut self, prose: &mut String) {
        let text = std::mem::take(prose);
        if !text.trim().is_empty() {
            self.blocks.push(Block::Prose(text.trim().to_string()));
        }
    }

    fn prose(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter_map(|block| if let Block::Prose(text) = block { Some(text.as_str()) } else { None })
    }

    /// Returns the headings, in their order.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter_map(|block| if let Block::Heading(text) = block { Some(text.as_str()) } else { None })
    }

    /// Returns the code blocks: the text after the opening fence, and the code.
    pub fn code(&self) -> impl Iterator<Item = (&str, &str)> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Code { language, text } => Some((language.as_str(), text.as_str())),
            _ => None,
        })
    }

    /// Returns the sample of a lab's output.
    pub fn sample(&self) -> Option<&str> {
        self.code_under("What you should see")
    }

    /// Returns the first output under a heading, which is a code block without a language.
    pub fn code_under(&self, heading: &str) -> Option<&str> {
        let is_it = |block: &Block| matches!(block, Block::Heading(text) if text == heading);
        let mut blocks = self.blocks.iter().skip_while(|block| !is_it(block)).skip(1);
        blocks.find_map(|block| match block {
            Block::Code { language, text } if language == "text" => Some(text.as_str()),
            _ => None,
        })
    }

    /// Returns the claims. Every comment of a handout must be one.
    ///
    /// # Errors
    ///
    /// The comments that are not claims, each with the reason.
    pub fn claims(&self) -> Result<Vec<Claim>, Vec<String>> {
        let comments = self.prose().flat_map(comments);
        let (claims, errors): (Vec<_>, Vec<_>) = comments.map(claims::parse).partition(Result::is_ok);
        if errors.is_empty() {
            Ok(claims.into_iter().filter_map(Result::ok).collect())
        } else {
            Err(errors.into_iter().filter_map(Result::err).collect())
        }
    }

    /// Returns the pieces that contain a number or a comparison, but neither attribute it to the lecture nor say how to
    /// check it. Headings and code do not count, and neither does code in a sentence.
    pub fn unsupported(&self) -> Vec<String> {
        let is_supported = |text: &str| comments(text).next().is_some() || text.to_lowercase().contains("lecture");
        let states_a_result = |text: &str| has_number(&spoken(text)) || compares(&spoken(text));
        self.prose().filter(|text| states_a_result(text) && !is_supported(text)).map(str::to_string).collect()
    }
}

/// Returns the texts of the comments.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.split("<!--").skip(1).map(|rest| rest.split("-->").next().unwrap_or(rest).trim())
}

/// Returns the text that a reader hears: without comments, code, addresses of links and numbers of list items.
fn spoken(text: &str) -> String {
    let without = |text: &str, open: &str, close: &str| {
        let mut pieces = text.split(open);
        let mut kept = pieces.next().unwrap_or_default().to_string();
        for piece in pieces {
            kept += " ";
            kept += piece.split_once(close).map_or("", |(_, rest)| rest);
        }
        kept
    };
    let text = without(without_list_number(text), "<!--", "-->");
    // Code in a sentence is every second piece between backticks.
    let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    without(&text, "](", ")")
}

fn without_list_number(line: &str) -> &str {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 { line[digits..].strip_prefix(". ").unwrap_or(line) } else { line }
}

/// Returns whether the text contains a separate number: `400`, `0.03x`, `2 %`. `x86-64` and `i64` are names.
fn has_number(text: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || "-_.,".contains(character);
    let words = text.split(|character| !is_part(character)).map(|word| word.trim_matches(['-', '_', '.', ',']));
    words.into_iter().any(|word| word.starts_with(|character: char| character.is_ascii_digit()))
}

fn compares(text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    ["faster", "slower", "most of", "times as"].iter().any(|words| text.contains(words))
}

/// Returns where a sample of output differs from real output. Each heading (a line after an empty one) and each variant
/// at the start of a sample line must appear in the real output too, in the same order. Numbers may differ.
pub fn sample_problems(sample: &str, real: &str, lab: &LabUnderTest) -> Vec<String> {
    let mut remaining = landmarks(real, lab).into_iter();
    let missing = landmarks(sample, lab).into_iter().find(|landmark| !remaining.any(|real| real == *landmark));
    missing.into_iter().map(|landmark| format!("lab-{}: the output lacks {landmark:?}", lab.name)).collect()
}

fn landmarks(text: &str, lab: &LabUnderTest) -> Vec<String> {
    let mut behind_empty = true;
    let mut landmarks = Vec::new();
    for line in text.lines() {
        // A variant is followed by two spaces; a name in a wrapped sentence is followed by one.
        let begins = |variant: &str| line.trim_start().strip_prefix(variant).is_some_and(|rest| rest.starts_with("  "));
        if let Some((variant, _)) = lab.variants.iter().find(|(variant, _)| begins(variant)) {
            landmarks.push(variant.to_string());
        } else if behind_empty && !["", "..."].contains(&line.trim()) && !line.starts_with("warning") {
            landmarks.push(normalized(line)); // which warnings appear depends on the machine
        }
        behind_empty = line.trim().is_empty();
    }
    landmarks
}

/// Normalises a line: every number becomes `#`, several spaces become one.
fn normalized(line: &str) -> String {
    let is_number = |word: &str| word.starts_with(|character: char| character.is_ascii_digit());
    let word = |word: &str| {
        let bare = word.trim_matches(['(', ')', ',', ':', '.']);
        if is_number(bare) { word.replace(bare, "#") } else { word.to_string() }
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
