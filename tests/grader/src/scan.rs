//! Rejects forbidden names before a submission is compiled, with a clear message. The sandbox does not rely on it.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The most bytes that a submission may have.
pub const MOST_BYTES: u64 = 64 * 1024;

/// Returns the text of a submission, without a byte order mark and with Unix line ends.
///
/// # Errors
///
/// The reason why the file is not accepted, as one line for the student.
pub fn read(path: &Path) -> Result<String, String> {
    let about = fs::symlink_metadata(path).map_err(|error| format!("cannot read the file: {error}"))?;
    if !about.is_file() {
        return Err("it is not a regular file: hand in the file itself, not a folder or a link".to_string());
    }
    if about.len() > MOST_BYTES {
        return Err(format!("it has {} bytes: at most {MOST_BYTES} are allowed", about.len()));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot read the file: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8: save it as UTF-8 text".to_string())?;
    if text.trim().is_empty() {
        return Err("it is empty".to_string());
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n"))
}

/// Returns a message for each forbidden name in a submission, with its place. For a text that is not made of Rust's tokens
/// it returns none, because the compiler's message is better.
pub fn forbidden(text: &str) -> Vec<String> {
    let Ok(stream) = text.parse() else { return Vec::new() };
    let tokens = flat(stream);
    // proc_macro2 stores the text of all that it has read until this call.
    proc_macro2::extra::invalidate_current_thread_spans();
    let names = Names::of(&tokens);
    let found = (0..tokens.len()).filter_map(|at| {
        let (token, what) = (&tokens[at], names.problem(&tokens, at)?);
        Some(format!("exercise.rs:{}:{}: {what}", token.line, token.column))
    });
    found.take(MOST_MESSAGES).collect()
}

/// The most messages about one submission.
const MOST_MESSAGES: usize = 20;

/// A token, or one end of a pair of brackets, with its place in the text.
#[derive(Debug)]
struct Token {
    text: String,
    is_name: bool,
    /// Whether another sign follows without a space, as in `::`.
    is_joint: bool,
    line: usize,
    column: usize,
}

/// Returns all tokens in the order of the text. It does not recurse, so no depth of nesting overflows the stack.
fn flat(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut open = vec![(stream.into_iter(), None)];
    while let Some((inner, end)) = open.last_mut() {
        let Some(tree) = inner.next() else {
            tokens.extend(end.take());
            open.pop();
            continue;
        };
        let token = |text: String, span: Span, is_name, is_joint| {
            let start = span.start();
            Token { text, is_name, is_joint, line: start.line, column: start.column + 1 }
        };
        match tree {
            TokenTree::Group(group) => {
                let (from, to) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(token(from.into(), group.span_open(), false, false));
                let end = token(to.into(), group.span_close(), false, false);
                open.push((group.stream().into_iter(), Some(end)));
            }
            TokenTree::Ident(name) => tokens.push(token(name.to_string(), name.span(), true, false)),
            TokenTree::Punct(sign) => {
                tokens.push(token(sign.as_char().into(), sign.span(), false, sign.spacing() == Spacing::Joint));
            }
            TokenTree::Literal(literal) => tokens.push(token(literal.to_string(), literal.span(), false, false)),
        }
    }
    tokens
}

const MACROS: [&str; 9] =
    ["include", "include_str", "include_bytes", "env", "option_env", "asm", "global_asm", "naked_asm", "compile_error"];
const ATTRIBUTES: [&str; 10] = [
    "path",
    "no_mangle",
    "link",
    "link_section",
    "link_name",
    "export_name",
    "feature",
    "global_allocator",
    "panic_handler",
    "unsafe",
];
const CRATES: [&str; 5] = ["std", "alloc", "checks", "explorer", "kit"];
/// The modules of core that the checks cannot see, or that need unsafe code.
const MODULES: [&str; 3] = ["sync", "arch", "intrinsics"];

/// The names that a submission declares itself.
struct Names<'a> {
    /// Its modules. They may have the name of a crate.
    modules: BTreeSet<&'a str>,
    /// Its macros. A crate's name that is passed to one of them can be part of a path.
    macros: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(tokens: &'a [Token]) -> Self {
        let after = |words: &[&str]| {
            let named =
                tokens.windows(words.len() + 1).filter(|part| part.iter().zip(words).all(|(a, b)| a.text == *b));
            named.map(|part| plain(&part[words.len()].text)).collect()
        };
        Self { modules: after(&["mod"]), macros: after(&["macro_rules", "!"]) }
    }

    /// Returns the reason why the token is forbidden here; `None` if it is allowed.
    fn problem(&self, tokens: &[Token], at: usize) -> Option<String> {
        let token = &tokens[at];
        let text = |at: usize| tokens.get(at).map_or("", |token| plain(&token.text));
        let is =
            |from: usize, words: &[&str]| words.iter().enumerate().all(|(index, word)| text(from + index) == *word);
        let name = plain(&token.text);
        if token.text == "#" {
            let first = if text(at + 1) == "!" { at + 2 } else { at + 1 };
            return attribute(tokens, first).map(|name| format!("the attribute {name} is not allowed in an exercise"));
        }
        if token.text == "$" && is(at + 2, &[":", ":"]) && MODULES.contains(&text(at + 4)) && text(at + 1) != "crate" {
            return Some(outside("core", text(at + 4)));
        }
        if !token.is_name {
            return None;
        }
        let is_keyword = token.text == name;
        match name {
            "unsafe" if is_keyword && !is_in_attribute(tokens, at) => {
                return Some("unsafe is not allowed in an exercise, and not needed".to_string());
            }
            "extern" if is_keyword && text(at + 1) == "crate" => {
                return Some("extern crate is not allowed in an exercise".to_string());
            }
            "extern" if is_keyword && (text(at + 1) == "{" || text(at + 2) == "{" && text(at + 1).ends_with('"')) => {
                return Some("an extern block is not allowed in an exercise".to_string());
            }
            "mod" if is_keyword && text(at + 2) == ";" => {
                return Some("you hand in one file, so a module must have its text in that file".to_string());
            }
            // `env != 1` compares.
            _ if MACROS.contains(&name) && text(at + 1) == "!" && !(tokens[at + 1].is_joint && text(at + 2) == "=") => {
                return Some(format!("{name}! is not allowed in an exercise"));
            }
            _ => {}
        }
        let is_path = is(at + 1, &[":", ":"]);
        let is_renamed = text(at + 1) == "as";
        // In `a::core`, `core` is a part of `a`. In `use {core}` and `::core` it is the crate.
        let is_crate = !(self.modules.contains(name) || at >= 3 && is(at - 2, &[":", ":"]) && is_part(&tokens[at - 3]));
        if !is_crate || at > 0 && text(at - 1) == "." {
            return None;
        }
        let is_used = is_path || is_renamed && is_in_use(tokens, at);
        if CRATES.contains(&name) && is_used {
            return Some(format!("{name} is not available: use common::exercise"));
        }
        if name != "core" {
            return None;
        }
        if is_renamed && is_in_use(tokens, at) || self.is_passed(tokens, at) {
            return Some("core may not get another name: write its paths out, such as core::cmp::min".to_string());
        }
        is_path.then(|| next_names(tokens, at + 3)).and_then(|next| {
            match next.into_iter().find(|next| is_hidden(next))? {
                "self" => {
                    Some("core may not get another name: write its paths out, such as core::cmp::min".to_string())
                }
                "*" | "$" => Some("name the module of core that you need, such as core::cmp".to_string()),
                module => Some(outside("core", module)),
            }
        })
    }

    /// Returns whether the token is an argument of one of the submission's own macros.
    fn is_passed(&self, tokens: &[Token], at: usize) -> bool {
        let (mut depth, from) = (0, if self.macros.is_empty() { at } else { 2 });
        for index in (from..at).rev() {
            match tokens[index].text.as_str() {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                "(" | "[" | "{"
                    if tokens[index - 1].text == "!" && self.macros.contains(plain(&tokens[index - 2].text)) =>
                {
                    return tokens.get(at + 1).is_none_or(|next| next.text != ":");
                }
                _ => {}
            }
        }
        false
    }
}

fn outside(krate: &str, module: &str) -> String {
    format!("{krate}::{module} is not allowed, because the checks cannot see it: use common::exercise")
}

/// Removes the `r#` of a raw name.
fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn is_hidden(name: &str) -> bool {
    MODULES.contains(&name) || ["self", "*", "$"].contains(&name)
}

/// Returns whether the token can be followed by `::` and a part of it.
fn is_part(token: &Token) -> bool {
    token.is_name && token.text != "use" || [">", "}"].contains(&token.text.as_str())
}

/// Returns whether the token is in a `use` declaration, which has no brackets but braces, and no `=`.
fn is_in_use(tokens: &[Token], at: usize) -> bool {
    let before = tokens[..at].iter().rev();
    let mut path = before.take_while(|token| token.is_name || ["{", ",", ":", "*", "}"].contains(&token.text.as_str()));
    path.any(|token| token.text == "use")
}

/// Returns the names that may follow `core::`: one, or all that a pair of braces lists directly.
fn next_names(tokens: &[Token], at: usize) -> Vec<&str> {
    let Some(first) = tokens.get(at) else { return Vec::new() };
    if first.text != "{" {
        return vec![plain(&first.text)];
    }
    let (mut names, mut depth) = (Vec::new(), 0);
    for (index, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && ["{", ","].contains(&tokens[index].text.as_str()) && index + 1 < tokens.len() {
            names.push(plain(&tokens[index + 1].text));
        }
    }
    names
}

/// Returns the forbidden name in an attribute whose brackets open at `at`.
fn attribute(tokens: &[Token], at: usize) -> Option<&str> {
    if tokens.get(at)?.text != "[" {
        return None;
    }
    let name = plain(&tokens.get(at + 1)?.text);
    if name != "cfg_attr" {
        return ATTRIBUTES.contains(&name).then_some(name);
    }
    let inside = tokens[at..].iter().take_while(|token| token.text != "]");
    inside.filter(|token| token.is_name).map(|token| plain(&token.text)).find(|name| ATTRIBUTES.contains(name))
}

/// Returns whether the token is the first of an attribute, as in `#[unsafe(no_mangle)]`.
fn is_in_attribute(tokens: &[Token], at: usize) -> bool {
    at >= 2 && tokens[at - 1].text == "[" && ["#", "!"].contains(&tokens[at - 2].text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_forbidden_name_is_reported_with_its_place() {
        for (text, names) in [
            ("\nuse std::sync::Mutex;", "exercise.rs:2:5: std is not available"),
            ("fn f() { core::sync::atomic::AtomicU64::new(0); }", "exercise.rs:1:10: core::sync"),
            ("const X: &str = include_str!(\"/etc/passwd\");", "include_str!"),
            ("#[path = \"x.rs\"] mod x {}", "exercise.rs:1:1: the attribute path"),
            ("#[cfg_attr(all(), path = \"x.rs\")] mod x {}", "the attribute path"),
            ("mod x;", "one file"),
            ("extern \"C\" { fn exit(code: i32); }", "extern block"),
            ("unsafe extern { fn exit(code: i32); }", "extern block"),
            ("#[no_mangle] pub fn malloc() {}", "no_mangle"),
            ("#[unsafe(no_mangle)] pub fn malloc() {}", "the attribute unsafe"),
            ("#![feature(core_intrinsics)]", "feature"),
            ("fn f() { unsafe { } }", "unsafe"),
            ("fn f() { asm!(\"\"); }", "asm!"),
            ("extern crate alloc;", "extern crate"),
            ("extern crate core as c;", "extern crate"),
            ("fn f() { explorer::explore(); }", "explorer is not available"),
            ("const _: () = panic!(\"{}\", include_str!(\"x\"));", "include_str!"),
            ("fn f() { assert!(std::process::id() > 0); }", "std is not available"),
            // Other ways to write the same.
            ("use core as c;", "another name"),
            ("use {core as c, common::exercise::*};", "another name"),
            ("use ::core as c;", "another name"),
            ("use core::{self as c};", "another name"),
            ("use core::{cmp, self as c};", "another name"),
            ("use core::{self};", "another name"),
            ("use core::*;", "name the module"),
            ("use core::sync as s;", "core::sync"),
            ("use core::{cmp::{self, Ordering}, sync::atomic};", "core::sync"),
            ("use r#core::r#sync::atomic;", "core::sync"),
            ("use ::core::sync::atomic;", "core::sync"),
            ("fn f() { ::std::process::exit(0) }", "std is not available"),
            ("use std as s;", "std is not available"),
            ("use {std::sync};", "std is not available"),
            ("macro_rules! m { ($c:ident) => { $c::sync::atomic::AtomicU64::new(0) } }", "core::sync"),
            (
                "macro_rules! m { ($c:ident $s:ident) => { $c::$s::atomic::f() } } fn f() { m!(core sync) }",
                "another name",
            ),
            ("macro_rules! m { ($s:ident) => { core::$s::atomic::f() } } fn f() { m!(sync) }", "name the module"),
        ] {
            let found = forbidden(text);
            assert!(found.iter().any(|found| found.contains(names)), "{text}: {found:?}");
        }
    }

    #[test]
    fn what_is_harmless_is_allowed() {
        for text in [
            "use common::exercise::*;\nuse core::ops::Range;\npub fn f(range: Range<usize>) -> usize { range.len() }",
            "fn f() -> usize { core::mem::size_of::<u64>() + size_of_val(&1) }",
            "use core::cell::Cell; use core::{cmp::{self, Ordering}, mem}; fn f(a: &u8, b: &u8) -> bool { core::ptr::eq(a, b) }",
            "fn f(cores: usize) { for core in 0..cores { g(core as u64, core); println!(\"{}\", core); } }",
            "fn f(env: u8, path: u8) -> bool { env != 1 && path != 2 }",
            "mod model { pub fn f() {} } fn f() { model::f(); crate::model::f(); self::model::f() }",
            "struct S { std: u8, alloc: u8 } fn f(s: S) -> u8 { s.std + s.alloc }",
            "// std::process::exit\nconst S: &str = \"std::process::exit and unsafe\";",
            "#[allow(unused)] #[derive(Debug)] struct S; macro_rules! m { ($t:ty) => { <$t>::new() } }",
            "macro_rules! m { ($a:expr) => { $crate::sync($a) } }",
            "this is not Rust \u{201c}",
        ] {
            assert_eq!(forbidden(text), [""; 0], "{text}");
        }
        let comparisons = "fn f(a: u8) -> bool { ".to_string() + &"a < 1 && ".repeat(300) + "true }";
        assert_eq!(forbidden(&"unsafe ".repeat(9_000)).len(), MOST_MESSAGES);
        assert_eq!(forbidden(&comparisons), [""; 0], "a comparison is not a bracket");
    }

    /// The stack of a thread of the grader is small, and no text may overflow it.
    #[test]
    fn no_depth_of_nesting_overflows_the_stack() {
        let nested = |open: &str, close: &str| {
            let count = MOST_BYTES as usize / (open.len() + close.len()) - 50;
            format!("fn f() {{ {} std::f() {} }}", open.repeat(count), close.repeat(count))
        };
        for (open, close) in [
            ("(", ")"),
            ("-", ""),
            ("|| ", ""),
            ("Vec<", ">"),
            ("[", "]"),
            ("{", "}"),
            ("!", ""),
            ("&", ""),
            ("a::", ""),
        ] {
            let text = nested(open, close);
            let scan = thread::Builder::new().stack_size(256 << 10).spawn(move || forbidden(&text)).unwrap();
            let found = scan.join().unwrap();
            assert_eq!(found.len(), usize::from(open != "a::"), "{open}");
        }
        assert!(forbidden(&"(".repeat(60_000)).is_empty(), "the compiler's message is better");
    }

    #[test]
    fn a_file_that_is_not_text_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("exercise.rs");
        let refused = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            read(&path).unwrap_err()
        };
        assert!(refused(b"").contains("empty") && refused(b"\xff\xfe").contains("UTF-8"));
        assert!(refused(&vec![b' '; 70_000]).contains("bytes"));
        assert!(read(folder.path()).unwrap_err().contains("not a regular file"));
        assert!(read(&folder.path().join("none")).unwrap_err().contains("cannot read"));
        fs::write(&path, b"\xef\xbb\xbfpub fn f() {}\r\n").unwrap();
        assert_eq!(read(&path).unwrap(), "pub fn f() {}\n", "a byte order mark and Windows' line ends are accepted");
        #[cfg(unix)]
        {
            let link = folder.path().join("link.rs");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            assert!(read(&link).unwrap_err().contains("or a link"));
        }
    }
}
