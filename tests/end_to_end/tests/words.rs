//! Checks that texts, messages and comments use plain words: none from a list, and no doc comment that is too short to
//! help.
//!
//! Words in backticks, in quotes (the Unix user `nobody`) or in italics are skipped, since they name a word instead of
//! using it.

use end_to_end::{assert_none, workspace};
use std::fs;
use std::path::{Path, PathBuf};

const BANNED: [&str; 15] = [
    "all the same",
    "anybody",
    "as a rule",
    "beside that",
    "dearer",
    "dearest",
    "everybody",
    "for oneself",
    "in vain",
    "nobody",
    "somebody",
    "told from top to bottom",
    "whoever",
    "whosoever",
    "without a word",
];

/// More words that must not be in a file with messages for students.
const IN_MESSAGES: [&str; 7] = ["for ever", "go on", "goes on", "it is no", "it panics", "it says", "nothing is shown"];

/// Returns whether students or instructors read messages from this file.
fn has_messages(path: &Path) -> bool {
    let is_grading = path.starts_with("labs") && path.parent().is_some_and(|folder| folder.ends_with("grading"));
    let is_grader = path.starts_with("tests/grader/src") && !path.starts_with("tests/grader/src/sandbox");
    is_grading || is_grader || path.starts_with("tests/checks/src")
}

/// The most words of a doc comment that is too short: it cannot say what the item is or does.
const TOO_SHORT: usize = 3;

/// What a person may read, by the ends of the files' names.
const TEXTS: [&str; 11] = ["c", "css", "html", "js", "md", "py", "rs", "run", "sh", "toml", "yml"];

/// Returns the texts and sources below `folder`, without build outputs, submissions of the corpus, and this file.
fn texts(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if name != "target" && name != ".git" && !path.ends_with("tests/grader/corpus") {
                files.extend(texts(&path));
            }
        } else if name != "words.rs" {
            let name = name.to_string_lossy();
            let end = name.rsplit_once('.').map_or(&*name, |(_, end)| end);
            files.extend(TEXTS.contains(&end).then_some(path));
        }
    }
    files
}

/// Returns those of the words that a text uses. A phrase may be broken across lines.
fn used<'a>(words: &[&'a str], text: &str) -> Vec<&'a str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_used = |word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
            let is_in = |end: Option<char>| end.is_some_and(char::is_alphanumeric);
            let is_quoted = before == after && matches!(before, Some('`' | '*' | '"'));
            !is_in(before) && !is_in(after) && !is_quoted
        })
    };
    words.iter().copied().filter(|word| is_used(word)).collect()
}

/// Returns the doc comments of a Rust file that are too short.
fn short_docs(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mark in ["///", "//!"] {
        let lines: Vec<_> = text.lines().map(|line| line.trim_start().strip_prefix(mark)).collect();
        for doc in lines.split(Option::is_none).filter(|doc| !doc.is_empty()) {
            let words: Vec<&str> = doc.iter().flatten().flat_map(|line| line.split_whitespace()).collect();
            if words.len() <= TOO_SHORT {
                found.push(words.join(" "));
            }
        }
    }
    found
}

/// Returns what is wrong with the words of one file.
fn problems(path: &Path, text: &str) -> Vec<String> {
    let path = path.strip_prefix(workspace()).unwrap_or(path);
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let words =
        if has_messages(path) { used(&[&BANNED[..], &IN_MESSAGES].concat(), text) } else { used(&BANNED, text) };
    let mut problems: Vec<String> = words.iter().map(|word| format!("{}: says {word:?}", path.display())).collect();
    if is_rust {
        let short = short_docs(text);
        problems.extend(short.iter().map(|doc| format!("{}: {doc:?} does not say what it is or does", path.display())));
    }
    problems
}

#[test]
fn texts_messages_and_comments_use_plain_words() {
    let texts = texts(workspace());
    assert!(texts.len() > 200, "only {} files", texts.len());
    assert_none(texts.iter().flat_map(|path| problems(path, &fs::read_to_string(path).unwrap())).collect());
}

#[test]
fn a_word_of_the_list_is_noticed() {
    for (path, text, count) in [
        ("labs/x/README.md", "Whoever comes first, waits for nobody.", 2),
        ("labs/x/README.md", "This loses updates all\nthe same.", 1),
        ("labs/x/README.md", "```\nprinted\n```\nThis is dearer.", 1),
        ("common/src/x.rs", "// An exchange is dearer\nlet x = \"told to somebody\";\n", 2),
        ("labs/x/grading/checks.rs", "\"whoever stores last has read something\"", 1),
        ("labs/x/grading/checks.rs", "\"3 terms: it says 4\"", 1),
        (".ci/run", "# As a rule, this is green.", 1),
        ("common/src/x.rs", "/// These.\npub struct Numbers;", 1),
        ("common/src/x.rs", "    //! What it\n    //! is.\n", 1),
    ] {
        assert_eq!(problems(Path::new(path), text).len(), count, "{text}");
    }
}

#[test]
fn other_words_pass() {
    for (path, text) in [
        ("labs/x/README.md", "The program runs as `nobody`. Avoid *whoever*."),
        ("common/src/x.rs", "let user = \"nobody\"; // a user without rights"),
        ("common/src/x.rs", "/// Wraps the given `numbers`.\npub struct Numbers;"),
    ] {
        assert_none(problems(Path::new(path), text));
    }
}
